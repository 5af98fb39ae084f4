"""All addresses; the only place where domains meet."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("anlan.domains.accounts.urls")),
    path("places/", include("anlan.domains.places.urls")),
    path("crowd/", include("anlan.domains.crowd.urls")),
]
