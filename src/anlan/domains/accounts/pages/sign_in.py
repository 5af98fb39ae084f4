"""In and out, and one's own password and profile."""

from axes.helpers import get_cool_off
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from anlan.domains.accounts import actions
from anlan.domains.accounts.pages.forms import PasswordForm, ProfileForm
from anlan.kit.models import Change
from anlan.kit.pages import attempt


class SignIn(LoginView):
    """The sign-in page; afterwards the address that was asked for, if it is one of ours."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def form_valid(self, form):
        """Signed in: the interface speaks the person's language from now on."""
        return speak(super().form_valid(form), form.get_user().language)


class SignOut(LogoutView):
    """Signs out (POST only), back to the sign-in page."""

    http_method_names = ["post", "options"]


def locked(request, original_response=None, credentials=None):
    """Too many wrong passwords: when the next try counts (each further one begins the wait anew)."""
    tried_at = getattr(request, "axes_attempt_time", None) or timezone.now()
    wait = get_cool_off(request)
    context = {"until": tried_at + wait, "minutes": int(wait.total_seconds() // 60)}
    return render(request, "accounts/locked.html", context, status=429)


def change_password(request):
    """One's own password; whoever has a one-time password comes here first."""
    person = request.user
    must = person.must_change_password
    form = PasswordForm(request.POST or None)
    if attempt(form, actions.change_own_password, person, by=person):
        update_session_auth_hash(request, person)
        messages.success(request, _("密码已修改。"))
        return redirect(safe_next(request))
    return render(
        request, "accounts/change_password.html", {"form": form, "must": must, "next": safe_next(request)}
    )


def profile(request):
    """One's own telephone, language and roles."""
    person = request.user
    form = ProfileForm(request.POST or None, initial={"phone": person.phone, "language": person.language})
    if attempt(form, actions.edit_own_profile, person, by=person):
        messages.success(request, _("资料已保存。"))
        answer = redirect("accounts:profile")
        answer.delete_cookie(
            settings.LANGUAGE_COOKIE_NAME
        )  # an empty choice is Chinese until the reader switches
        return speak(answer, person.language)
    context = {
        "title": _("我的资料"),
        "verb": _("保存资料"),
        "form": form,
        "person": person,
        "holds": person.holds.select_related("role", "organisation"),
        "changes": Change.objects.of(person)[:20],
    }
    return render(request, "accounts/profile.html", context)


def safe_next(request):
    """The address asked for in ?next=, if it is one of ours; else the first page."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    hosts = {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(asked, allowed_hosts=hosts, require_https=request.is_secure())
    return asked if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)


def speak(response, language):
    """Remember a person's language in the browser; an empty one leaves the choice to the switch."""
    if language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", httponly=True
        )
    return response
