"""Asking each night for tendencies 倾向性."""

from datetime import time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from anlan.domains.crowd.actions.tendencies import FIND
from anlan.kit import jobs
from anlan.kit.models import Job
from anlan.kit.terms import JobState

ASK_AT = time(4, 40)  # after the quiet minute
AGAIN_AFTER = timedelta(hours=6)  # one that failed is tried again later in the day
TITLE = _("查找倾向性问题")


def ask_tendencies(now):
    """A sweep: once a day, after the night, have the job child compare the weeks."""
    local = timezone.localtime(now)
    if local.time() < ASK_AT:
        return
    asked = Job.objects.filter(
        kind=FIND, asked_at__gte=local.replace(hour=0, minute=0, second=0, microsecond=0)
    )
    if asked.exclude(state=JobState.FAILED).exists() or asked.filter(asked_at__gt=now - AGAIN_AFTER).exists():
        return
    jobs.ask(FIND, title=TITLE, by=None, now=now, at=now.isoformat())
