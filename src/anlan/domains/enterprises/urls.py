"""Addresses of the register of enterprises."""

from django.urls import path

from anlan.domains.enterprises.pages import imports, merging, own, parts, pledges, register

app_name = "enterprises"
urlpatterns = [
    path("", register.enterprises, name="enterprises"),
    path("names.json", register.names, name="names"),
    path("add/", register.add_enterprise, name="add"),
    path("id/<int:pk>/", register.by_id, name="by_id"),
    path("own/", own.own, name="own"),
    path("own/update/", own.ask_update, name="ask_update"),
    path("own/update/<int:pk>/withdraw/", own.withdraw_request, name="withdraw_request"),
    path("own/pledge/", own.sign_pledge, name="sign_pledge"),
    path("requests/", own.requests, name="requests"),
    path("requests/<int:pk>/", own.update_request, name="request"),
    path("requests/<int:pk>/accept/", own.accept_request, name="accept_request"),
    path("requests/<int:pk>/refuse/", own.refuse_request, name="refuse_request"),
    path("duplicates/", merging.duplicates, name="duplicates"),
    path("licences/", parts.licences, name="licences"),
    path("licences/<int:pk>/", parts.edit_licence, name="edit_licence"),
    path("licences/<int:pk>/withdraw/", parts.withdraw_licence, name="withdraw_licence"),
    path("sites/<int:pk>/close/", parts.close_site, name="close_site"),
    path("pledges/", pledges.pledges, name="pledges"),
    path("pledges/<int:pk>/", pledges.pledge, name="pledge"),
    path("pledges/<int:pk>/break/", pledges.break_pledge, name="break_pledge"),
    path("pledges/texts/", pledges.texts, name="texts"),
    path("pledges/texts/add/", pledges.lay_down_text, name="lay_down_text"),
    *imports.DESK.urls(),
    path("<slug:code>/", register.enterprise, name="file"),
    path("<slug:code>/edit/", register.edit_enterprise, name="edit"),
    path("<slug:code>/close/", register.close_enterprise, name="close"),
    path("<slug:code>/reopen/", register.reopen_enterprise, name="reopen"),
    path("<slug:code>/account/", register.give_account, name="account"),
    path("<slug:code>/merge/", merging.merge_enterprise, name="merge"),
    path("<slug:code>/unmerge/", merging.unmerge_enterprise, name="unmerge"),
    path("<slug:code>/licences/add/", parts.add_licence, name="add_licence"),
    path("<slug:code>/sites/add/", parts.add_site, name="add_site"),
    path("<slug:code>/responsibilities/", parts.responsibilities, name="responsibilities"),
    path("<slug:code>/pledge/", pledges.record_pledge, name="record_pledge"),
]
