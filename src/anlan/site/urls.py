"""All addresses; the only place where domains meet."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from anlan.domains.emergency.urls import short as taps
from anlan.domains.hazards.urls import by_link as keeper_pages
from anlan.domains.hazards.urls import open_to_all as public_reports
from anlan.site.api import open_urls
from anlan.site.pages import calendar, enterprise, home, matters, place, public, rulebook, status, wall

site = [
    path("", home.home, name="home"),
    path("wall/", wall.wall, name="wall"),
    path("search/", home.search, name="search"),
    path("my-matters/", matters.matters, name="matters"),
    path("calendar/", calendar.calendar_year, name="calendar"),
    path("calendar/<int:year>/", calendar.calendar_year, name="calendar_year"),
    path("rulebook/", rulebook.rulebook, name="rulebook"),
    path("rulebook/<slug:name>/", rulebook.rulebook_sheet, name="rulebook_sheet"),
    path("rulebook/deadlines/<slug:key>/", rulebook.rulebook_limit, name="rulebook_limit"),
    path("public/", public.public, name="public"),
    path("status/", status.status, name="status"),
    path("status/leave-demo/", status.leave_demo, name="leave_demo"),
    path("place/<str:code>/", place.place, name="place"),
    path("enterprise/<slug:code>/", enterprise.enterprise, name="enterprise"),
    path("place/<str:code>/history.json", place.history, name="place_history"),
    path("place/<str:code>/history.csv", place.history_csv, name="place_history_csv"),
]

urlpatterns = [
    path("", include((site, "site"))),
    path("i18n/language/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("anlan.domains.accounts.urls")),
    path("places/", include("anlan.domains.places.urls")),
    path("enterprises/", include("anlan.domains.enterprises.urls")),
    path("crowd/", include("anlan.domains.crowd.urls")),
    path("riskmap/", include("anlan.domains.riskmap.urls")),
    path("", include("anlan.domains.notices.urls")),
    path("hazards/", include("anlan.domains.hazards.urls")),
    path("report/", include((public_reports, "report"))),
    path("v/<str:token>/", include((keeper_pages, "keeper"))),
    path("emergency/", include("anlan.domains.emergency.urls")),
    path("field/", include("anlan.site.field.urls")),
    path("a/", include((taps, "tap"))),
    path("", include("anlan.kit.urls")),
    path("api/v1/", open_urls()),
]
