"""Addresses of the field app; all below /field/, the reach of its service worker."""

from django.urls import path

from anlan.site.field import doors, pages, shell

app_name = "field"
urlpatterns = [
    path("", shell.shell, name="shell"),
    path("sw.js", shell.worker, name="worker"),
    path("app.webmanifest", shell.webmanifest, name="webmanifest"),
    path("key.json", doors.key, name="key"),
    path("pack.json", doors.pack, name="pack"),
    path("arrived.json", doors.arrived, name="arrived_list"),
    path("uploads/", doors.open_upload, name="upload"),
    path("uploads/<uuid:uid>/parts/<slug:sha256>", doors.part, name="part"),
    path("uploads/<uuid:uid>/commit", doors.commit, name="commit"),
    path("devices/", pages.devices, name="devices"),
    path("devices/<int:pk>/revoke/", pages.revoke, name="revoke"),
    path("arrived/", pages.arrived, name="arrived"),
    path("records/<int:pk>/", pages.record, name="record"),
    path("records/<int:pk>/again/", pages.take_again, name="take_again"),
    path("records/<int:pk>/set-aside/", pages.set_aside, name="set_aside"),
    path("records/<int:pk>/files/<uuid:uid>/", pages.record_file, name="record_file"),
    path("hand-in/", pages.hand_in, name="hand_in"),
]
