"""Addresses of the risk map."""

from django.urls import path

from anlan.domains.riskmap.pages import deeds, imports, maps, points, sheets

app_name = "riskmap"
urlpatterns = [
    path("", maps.risk_map, name="map"),
    path("view.json", maps.view, name="view"),
    path("print/", maps.printed, name="print"),
    path("points/", points.points, name="points"),
    path("points/add/", points.add_point, name="add"),
    path("points/<slug:number>/", points.point, name="point"),
    path("points/<slug:number>/drawer.json", maps.drawer, name="drawer"),
    path("points/<slug:number>/edit/", points.edit_point, name="edit"),
    path("points/<slug:number>/assess/<slug:method>/", points.assess_point, name="assess"),
    path("points/<slug:number>/review/", points.call_review, name="review"),
    path("points/<slug:key>/check/", deeds.check_point, name="check"),
    path("points/<slug:key>/put-in-force/", deeds.put_in_force, name="put_in_force"),
    path("points/<slug:key>/return/", deeds.return_point, name="return"),
    path("points/<slug:key>/retire/", deeds.retire_point, name="retire"),
    path("points/<slug:key>/restore/", deeds.restore_point, name="restore"),
    *imports.DESK.urls(),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/add/", sheets.open_sheet, name="open_sheet"),
    path("sheets/district/<int:year>/", sheets.district_sheet, name="district_sheet"),
    path("sheets/district/<int:year>/issue/", sheets.issue_district_sheet, name="issue_district_sheet"),
    path("sheets/<int:key>/", sheets.sheet, name="sheet"),
    path("sheets/<int:key>/hand-in/", deeds.hand_in_sheet, name="hand_in_sheet"),
    path("sheets/<int:key>/check/", deeds.check_sheet, name="check_sheet"),
    path("sheets/<int:key>/return/", deeds.return_sheet, name="return_sheet"),
    path("sheets/<int:key>/withdraw/", sheets.withdraw_sheet, name="withdraw_sheet"),
    path("sheets/<int:key>/reopen/", deeds.reopen_sheet, name="reopen_sheet"),
]
