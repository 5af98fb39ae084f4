"""Addresses of places."""

from django.urls import path

from anlan.domains.places.pages import capacity, imports, lines, parts, register

app_name = "places"
urlpatterns = [
    path("", register.places, name="places"),
    path("map/", register.places_map, name="map"),
    path("add/", register.add_place, name="add"),
    path("progress/", capacity.progress, name="progress"),
    path("deciders/", capacity.deciders, name="deciders"),
    path("deciders/<slug:kind>/", capacity.edit_decider, name="edit_decider"),
    path("deciders/<slug:kind>/reset/", capacity.reset_decider, name="reset_decider"),
    path("lines/", lines.lines, name="lines"),
    path("lines/add/", lines.add_line, name="add_line"),
    path("lines/<int:pk>/", lines.edit_line, name="edit_line"),
    path("lines/<int:pk>/remove/", lines.remove_line, name="remove_line"),
    path("imports/", imports.imports, name="imports"),
    path("imports/add/", imports.hand_in, name="hand_in"),
    path("imports/template-<slug:kind>.<slug:ending>", imports.template, name="template"),
    path("imports/<int:pk>/", imports.place_import, name="import"),
    path("imports/<int:pk>/faults.csv", imports.faults, name="import_faults"),
    path("imports/<int:pk>/confirm/", imports.confirm_import, name="confirm_import"),
    path("imports/<int:pk>/discard/", imports.discard_import, name="discard_import"),
    path("imports/<int:pk>/undo/", imports.undo_import, name="undo_import"),
    path("<str:code>/", register.place, name="place"),
    path("<str:code>/edit/", register.edit_place, name="edit"),
    path("<str:code>/grade/", register.grade_place, name="grade"),
    path("<str:code>/assess/", register.assess_place, name="assess"),
    path("<str:code>/retire/", register.retire_place, name="retire"),
    path("<str:code>/restore/", register.restore_place, name="restore"),
    path("<str:code>/zones/add/", parts.add_zone, name="add_zone"),
    path("<str:code>/zones/<str:part>/", parts.edit_zone, name="edit_zone"),
    path("<str:code>/zones/<str:part>/remove/", parts.remove_zone, name="remove_zone"),
    path("<str:code>/entrances/add/", parts.add_entrance, name="add_entrance"),
    path("<str:code>/entrances/<str:part>/", parts.edit_entrance, name="edit_entrance"),
    path("<str:code>/entrances/<str:part>/state/", parts.set_entrance_state, name="entrance_state"),
    path("<str:code>/entrances/<str:part>/remove/", parts.remove_entrance, name="remove_entrance"),
    path("<str:code>/capacity/", capacity.determine, name="determine"),
    path("<str:code>/capacity/compute/", capacity.compute, name="compute"),
    path("<str:code>/capacity/<int:pk>/publish/", capacity.publish, name="publish"),
    path("<str:code>/capacity/<int:pk>/withdraw/", capacity.withdraw, name="withdraw"),
]
