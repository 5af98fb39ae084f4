"""Addresses of the kit."""

from django.urls import path

from anlan.kit import pages
from anlan.kit.tables import pages as tables

app_name = "kit"
urlpatterns = [
    path("jobs/", pages.jobs, name="jobs"),
    path("jobs/<int:pk>/", pages.job, name="job"),
    path("jobs/<int:pk>.json", pages.job_state, name="job_state"),
    path("jobs/<int:pk>/cancel/", pages.cancel_job, name="cancel_job"),
    path("changes/", pages.changes, name="changes"),
    path("tables/", tables.tables, name="tables"),
    path("tables/<str:name>/", tables.table, name="table"),
    path("tables/<str:name>/open/", tables.open_row, name="table_open"),
    path("tables/<str:name>/import/", tables.import_rows, name="table_import"),
    path("tables/<str:name>/undo/<int:pk>/", tables.undo, name="table_undo"),
    path("tables/<str:name>/row/<str:key>/", tables.table_row, name="table_row"),
    path("tables/<str:name>/row/<str:key>/reset/", tables.reset, name="table_reset"),
]
