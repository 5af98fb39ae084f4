"""Addresses of the kit."""

from django.urls import path

from anlan.kit import pages
from anlan.kit.documents import pages as documents
from anlan.kit.tables import pages as tables

app_name = "kit"
urlpatterns = [
    path("jobs/", pages.jobs, name="jobs"),
    path("jobs/<int:pk>/", pages.job, name="job"),
    path("jobs/<int:pk>.json", pages.job_state, name="job_state"),
    path("jobs/<int:pk>/cancel/", pages.cancel_job, name="cancel_job"),
    path("changes/", pages.changes, name="changes"),
    path("documents/", documents.documents, name="documents"),
    path("documents/templates/", documents.templates, name="document_templates"),
    path("documents/templates/<str:code>/", documents.template, name="document_template"),
    path("documents/templates/<str:code>/file/", documents.template_file, name="document_template_file"),
    path("documents/templates/<str:code>/reset/", documents.reset, name="document_template_reset"),
    path("documents/<int:pk>/", documents.document, name="document"),
    path("documents/<int:pk>/void/", documents.void_document, name="document_void"),
    path("documents/<int:pk>/file.<str:ending>", documents.document_file, name="document_file"),
    path("attachments/<int:pk>/", documents.attachment, name="attachment"),
    path("verify/", documents.verify, name="verify_any"),
    path("verify/<str:code>/", documents.verify, name="verify"),
    path("tables/", tables.tables, name="tables"),
    path("tables/<str:name>/", tables.table, name="table"),
    path("tables/<str:name>/open/", tables.open_row, name="table_open"),
    path("tables/<str:name>/import/", tables.import_rows, name="table_import"),
    path("tables/<str:name>/undo/<int:pk>/", tables.undo, name="table_undo"),
    path("tables/<str:name>/row/<str:key>/", tables.table_row, name="table_row"),
    path("tables/<str:name>/row/<str:key>/reset/", tables.reset, name="table_reset"),
]
