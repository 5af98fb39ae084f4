"""Addresses of accounts."""

from django.urls import path

from anlan.domains.accounts.pages import organisations, people, roles, sign_in, tokens

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.SignIn.as_view(), name="sign_in"),
    path("sign-out/", sign_in.SignOut.as_view(), name="sign_out"),
    path("password/", sign_in.change_password, name="change_password"),
    path("profile/", sign_in.profile, name="profile"),
    path("organisations/", organisations.organisations, name="organisations"),
    path("organisations/<slug:code>/", organisations.organisation, name="organisation"),
    path("organisations/<slug:code>/add/", organisations.add_organisation, name="add_organisation"),
    path("organisations/<slug:code>/edit/", organisations.edit_organisation, name="edit_organisation"),
    path("organisations/<slug:code>/move/", organisations.move_organisation, name="move_organisation"),
    path("organisations/<slug:code>/close/", organisations.close_organisation, name="close_organisation"),
    path("organisations/<slug:code>/reopen/", organisations.reopen_organisation, name="reopen_organisation"),
    path("people/", people.people, name="people"),
    path("people/add/", people.add_person, name="add_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit_person, name="edit_person"),
    path("people/<int:pk>/password/", people.reset_password, name="reset_password"),
    path("people/<int:pk>/deactivate/", people.deactivate_person, name="deactivate_person"),
    path("people/<int:pk>/reactivate/", people.reactivate_person, name="reactivate_person"),
    path("people/<int:pk>/withdraw/<int:holding>/", people.withdraw_role, name="withdraw_role"),
    path("roles/", roles.roles, name="roles"),
    path("roles/add/", roles.add_role, name="add_role"),
    path("roles/<slug:code>/", roles.role, name="role"),
    path("roles/<slug:code>/edit/", roles.edit_role, name="edit_role"),
    path("credentials/", tokens.credentials, name="credentials"),
    path("credentials/issue/", tokens.issue_credential, name="issue_credential"),
    path("credentials/<int:pk>/", tokens.credential, name="credential"),
    path("credentials/<int:pk>/revoke/", tokens.revoke_credential, name="revoke_credential"),
    path("screens/", tokens.screens, name="screens"),
    path("screens/issue/", tokens.issue_screen, name="issue_screen"),
    path("screens/<int:pk>/", tokens.screen, name="screen"),
    path("screens/<int:pk>/revoke/", tokens.revoke_screen, name="revoke_screen"),
    path("access/", tokens.accesses, name="accesses"),
    path("access/issue/", tokens.issue_access, name="issue_access"),
    path("access/<int:pk>/", tokens.access, name="access"),
    path("access/<int:pk>/revoke/", tokens.revoke_access, name="revoke_access"),
]
