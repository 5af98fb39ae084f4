"""Addresses of the kit."""

from django.urls import path

from anlan.kit import pages
from anlan.kit.documents import pages as documents
from anlan.kit.followups import pages as followups
from anlan.kit.outbox import contact_pages as contacts
from anlan.kit.outbox import message_pages as outbox
from anlan.kit.outbox import pages as channels
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
    path("channels/", channels.channels, name="channels"),
    path("channel-kinds/", channels.channel_kinds, name="channel_kinds"),
    path("channel-kinds/<slug:kind>/", channels.add_channel, name="channel_add"),
    path("channels/<slug:code>/", channels.channel, name="channel"),
    path("channels/<slug:code>/change/", channels.change_channel, name="channel_change"),
    path("channels/<slug:code>/test/", channels.test_channel, name="channel_test"),
    path("channels/<slug:code>/retire/", channels.retire_channel, name="channel_retire"),
    path("channels/<slug:code>/restore/", channels.restore_channel, name="channel_restore"),
    path("outbox/", outbox.messages, name="messages"),
    path("outbox/<int:pk>/", outbox.message, name="message"),
    path("outbox/<int:pk>/again/", outbox.send_again, name="message_again"),
    path("outbox/<int:pk>/outcome/", outbox.note_outcome, name="message_outcome"),
    path("contacts/", contacts.contacts, name="contacts"),
    path("contacts/of/<int:pk>/", contacts.contacts_of_person, name="contacts_of"),
    path("contacts/of/<int:pk>/add/", contacts.add_contact, name="contact_add"),
    path("contacts/<int:pk>/change/", contacts.change_contact, name="contact_change"),
    path("contacts/<int:pk>/retire/", contacts.retire_contact, name="contact_retire"),
    path("contacts/<int:pk>/test/", contacts.test_contact, name="contact_test"),
    path("follow-ups/", followups.follow_ups, name="follow_ups"),
    path("follow-ups/<int:pk>/", followups.follow_up, name="follow_up"),
    path("follow-ups/<int:pk>/hand-over/", followups.hand_over, name="follow_up_hand_over"),
    path("follow-ups/<int:pk>/extend/", followups.extend, name="follow_up_extend"),
    path("follow-ups/<int:pk>/pause/", followups.pause, name="follow_up_pause"),
    path("follow-ups/<int:pk>/resume/", followups.resume, name="follow_up_resume"),
    path("follow-ups/<int:pk>/return/", followups.send_back, name="follow_up_return"),
    path("follow-ups/<int:pk>/drop/", followups.drop, name="follow_up_drop"),
    path("tables/", tables.tables, name="tables"),
    path("tables/<str:name>/", tables.table, name="table"),
    path("tables/<str:name>/open/", tables.open_row, name="table_open"),
    path("tables/<str:name>/import/", tables.import_rows, name="table_import"),
    path("tables/<str:name>/undo/<int:pk>/", tables.undo, name="table_undo"),
    path("tables/<str:name>/row/<str:key>/", tables.table_row, name="table_row"),
    path("tables/<str:name>/row/<str:key>/reset/", tables.reset, name="table_reset"),
]
