"""Answers to alarms: a measure and the next look, for an agency or the responsible organisation."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency import terms
from anlan.kit.models.keys import organisation_key, person_key


class Answer(models.Model):
    """One answer. It counts while its round is the alarm's own and nothing has ended it.

    `person` answered himself and is empty on behalf of a party without a screen: then `caller`, `way` and `called_at`
    say who answered, how and when; `recorded_by` wrote it down.
    """

    alarm = models.ForeignKey("emergency.Alarm", models.PROTECT, related_name="answers")
    round = models.PositiveIntegerField()
    agency = models.ForeignKey("emergency.Agency", models.PROTECT, null=True, related_name="+")
    organisation = organisation_key(_("签收单位"))
    person = person_key(_("签收人"), null=True)
    recorded_by = person_key(_("登记人"))
    way = models.CharField(_("方式"), max_length=8, choices=terms.AnswerWay.choices)
    caller = models.CharField(_("来电人"), max_length=60, blank=True)
    called_at = models.DateTimeField(_("来电时间"), null=True)
    measure = models.CharField(_("措施"), max_length=20, choices=terms.Measure.choices)
    authority = models.CharField(max_length=8, choices=terms.Authority.choices)
    words = models.TextField(_("说明"), blank=True)
    next_look_at = models.DateTimeField(_("下次查看"))
    at = models.DateTimeField(_("签收时间"))
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=12, choices=terms.AnswerEnd.choices, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["alarm", "round", "-id"])]

    def __str__(self):
        return f"{self.who} · {self.said}"

    @property
    def who(self):
        """Who answered: the person, or the caller on whose behalf it was written down."""
        return str(self.person) if self.person_id else self.caller

    @property
    def said(self):
        """The measure as who ordered or proposed it says it."""
        return terms.Measure(self.measure).say(self.authority)

    @property
    def is_on_behalf(self):
        return self.person_id is None
