"""What is asked of people who deal with an incident: one small form for each deed."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.queries import organisation_tree
from anlan.domains.accounts.terms import Right
from anlan.domains.emergency import queries
from anlan.domains.emergency.terms.incidents import CaseKind, IncidentKind, IncidentLevel
from anlan.domains.emergency.terms.judgement import ResponseLevel
from anlan.domains.emergency.terms.reports import ReportSort, Section
from anlan.domains.places.queries import visible_places

LATER = _("补记时填写；不填为现在。")


def moment(label, *, required=False, help_text=LATER):
    """A moment to the minute."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=required, widget=widget, help_text=help_text)


def words(label, *, required=True, most=2000, rows=3, help_text=""):
    """A text of several lines."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=required, max_length=most, widget=widget, help_text=help_text
    )


def line(label, *, required=True, most=120, help_text=""):
    """A text of one line."""
    return forms.CharField(label=label, required=required, max_length=most, help_text=help_text)


def count(label, *, required=True, least=0, most=1_000_000, help_text=""):
    """A whole number."""
    return forms.IntegerField(
        label=label, required=required, min_value=least, max_value=most, help_text=help_text
    )


def pick(label, *, required=True, help_text=""):
    """A row of a list that the form fills for its reader."""
    return forms.ModelChoiceField(label=label, queryset=None, required=required, help_text=help_text)


def choose(label, choices, *, required=True, help_text=""):
    """One of a few words; nothing is chosen beforehand."""
    return forms.ChoiceField(
        label=label, required=required, choices=[("", "—"), *choices], help_text=help_text
    )


class DeedForm(forms.Form):
    """A form about `row`, shown to `person`; `fill` gives its choices and what stands in it first."""

    def __init__(self, *args, row, person, **options):
        super().__init__(*args, **options)
        self.row, self.person = row, person
        self.fill()

    def fill(self):
        """Choices that depend on the row and on who asks."""

    def first(self, **values):
        """What stands in the fields before anybody typed."""
        for name, value in values.items():
            self.fields[name].initial = value


def people_seen(person):
    """The people in use where this person looks."""
    rows = get_user_model().objects.filter(person.reach(Right.VIEW), is_active=True)
    return rows.order_by("organisation__path", "name")


class NothingForm(DeedForm):
    """Nothing is asked."""


class WhenForm(DeedForm):
    """Only when it happened."""

    happened_at = moment(_("发生时间"))


class WhyForm(DeedForm):
    """Only why."""

    why = words(_("理由"), most=500)


class GradeForm(DeedForm):
    """A level, chosen by a person: nothing is chosen beforehand."""

    level = choose(_("事件级别"), IncidentLevel.choices, help_text=_("由人研判确定，系统不推荐级别。"))
    happened_at = moment(_("定级时间"))


class LevelForm(DeedForm):
    """Another level, and why."""

    level = choose(_("事件级别"), IncidentLevel.choices)
    why = words(_("理由"), most=500)


class PlanForm(DeedForm):
    """Which plan, at which response level."""

    plan_name = line(_("启动的预案"))
    response_level = choose(
        _("响应级别"), ResponseLevel.choices, help_text=_("由人按预案确定，与客流等级无关。")
    )
    happened_at = moment(_("启动时间"))


class ResponseForm(DeedForm):
    """Another response level, and why."""

    response_level = choose(_("响应级别"), ResponseLevel.choices)
    why = words(_("理由"), most=500)


class TransferForm(DeedForm):
    """To whom command goes, and what was told."""

    receiver = line(_("接管指挥的单位"))
    why = words(_("移交时说明的情况"), most=1000)
    happened_at = moment(_("移交时间"))


class ReviewForm(DeedForm):
    """What was learned."""

    review = words(_("总结评估"), most=5000, rows=8)


class ImproveForm(DeedForm):
    """What is to become better, by whom, by when."""

    title = line(_("改进事项"), most=200)
    owner_organisation = pick(_("承办单位"))
    due_on = forms.DateField(
        label=_("办理时限"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("列入跟踪事项，按期提醒。"),
    )  # fmt: skip

    def fill(self):
        self.fields["owner_organisation"].queryset = organisation_tree(self.person).filter(is_active=True)


class MergeForm(DeedForm):
    """Into which incident, and why."""

    into = pick(_("并入"))
    why = words(_("理由"), most=500)

    def fill(self):
        self.fields["into"].queryset = queries.merge_targets(self.row, self.person)


class SplitForm(DeedForm):
    """The new incident, and which entries it takes along."""

    title = line(_("新事件名称"))
    entries = forms.TypedMultipleChoiceField(
        label=_("带走的记录"), coerce=int, widget=forms.CheckboxSelectMultiple,
        help_text=_("勾选的记录在两个事件中都保留。"),
    )  # fmt: skip
    why = words(_("理由"), most=500)

    def fill(self):
        self.fields["entries"].choices = [
            (
                entry.change_id,
                f"{timezone.localtime(entry.at):%m-%d %H:%M} {entry.label} {entry.subject} {entry.text}"[
                    :120
                ],
            )
            for entry in queries.timeline(self.row)
        ]


class FactsForm(DeedForm):
    """What an incident is: as at its opening."""

    title = line(_("事件名称"))
    kind = choose(_("事件类别"), IncidentKind.choices)
    place = pick(_("场所"), required=False, help_text=_("不在已登记场所的，填写发生地点。"))
    where = line(_("发生地点"), required=False, most=200)
    lon = forms.FloatField(label=_("经度"), required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(label=_("纬度"), required=False, min_value=-90, max_value=90)
    happened_at = moment(_("发生时间"), help_text=_("不清楚的可不填。"))
    known_at = moment(_("接报时间"), required=True, help_text=_("报告时限从此时起算。"))
    described = words(_("情况"), required=False, rows=4)

    def fill(self):
        self.fields["place"].queryset = visible_places(self.person).order_by("name")


class OpeningForm(FactsForm):
    """A new incident; `row` is None."""

    organisation = pick(_("主责单位"))
    case_kind = choose(_("警情编号类别"), CaseKind.choices, required=False)
    case_number = line(
        _("警情编号"), required=False, most=40, help_text=_("110、119、120 的警情编号，是各单位共同的编号。")
    )

    def fill(self):
        super().fill()
        reached = organisation_tree(self.person).filter(
            self.person.reach(Right.INCIDENTS_RUN, through=""), is_active=True
        )
        self.fields["organisation"].queryset = reached
        self.order_fields(["title", "kind", "organisation", "place", "where"])


class CorrectForm(FactsForm):
    """The same, with the reason."""

    why = words(_("更正理由"), most=500)

    def fill(self):
        super().fill()
        names = ("title", "kind", "place", "where", "lon", "lat", "happened_at", "known_at", "described")
        self.first(**{name: getattr(self.row, name) for name in names})


class FiguresForm(DeedForm):
    """Numbers of people and losses."""

    killed = count(_("死亡人数"), required=False)
    missing = count(_("失联人数"), required=False)
    badly_injured = count(_("重伤人数"), required=False)
    injured = count(_("受伤人数"), required=False)
    evacuated = count(_("疏散人数"), required=False)
    loss_yuan = count(_("直接经济损失（元）"), required=False, most=10**15)
    figures_at = moment(_("统计截至"), help_text=_("不填为现在。不清楚的数字不填，不要填 0。"))


class ResourcesForm(DeedForm):
    """Who and what is on the scene."""

    resources = words(_("到场力量和物资"), required=False, rows=6)

    def fill(self):
        self.first(resources=self.row.resources)


class NextReportForm(DeedForm):
    """When the next follow-up report is due."""

    next_report_at = moment(_("下次续报时间"), help_text=_("到时提醒；不填则取消。"))

    def fill(self):
        self.first(next_report_at=self.row.next_report_at)


class NoteForm(DeedForm):
    """An entry of the timeline."""

    text = words(_("内容"))
    happened_at = moment(_("发生时间"))


class EntryForm(DeedForm):
    """What is wrong with an entry."""

    text = words(_("更正内容"))


class AlarmForm(DeedForm):
    """An alarm that belongs to it."""

    alarm = pick(_("预警处置单"))

    def fill(self):
        alarms = queries.visible_alarms(self.person, self.row.scene)
        self.fields["alarm"].queryset = alarms.exclude(incident_links__incident=self.row)


class UnlinkAlarmForm(DeedForm):
    """An alarm that does not, and why."""

    alarm = pick(_("预警处置单"))
    why = words(_("理由"), most=500)

    def fill(self):
        alarms = queries.visible_alarms(self.person, self.row.scene)
        self.fields["alarm"].queryset = alarms.filter(incident_links__incident=self.row)


class PlaceForm(DeedForm):
    """A further place."""

    place = pick(_("场所"))

    def fill(self):
        self.fields["place"].queryset = visible_places(self.person).order_by("name")


class CaseForm(DeedForm):
    """Another agency's number."""

    case_kind = choose(_("警情编号类别"), CaseKind.choices)
    case_number = line(_("警情编号"), most=40)


# ── reports and instructions ────────────────────────────────────────────────────────────────────


class OralForm(DeedForm):
    """A report by phone."""

    sent_to = line(_("听取报告的单位和人"))
    words = words(_("报告内容"))
    happened_at = moment(_("报告时间"))

    def fill(self):
        self.first(words=self.row.described)


class SectionsForm(DeedForm):
    """The texts of a report, one field for each section; `sections` holds them together."""

    def fill(self):
        known = self.known_sections()
        for section in Section:
            self.fields[f"s_{section}"] = words(
                section.label, required=section == Section.SITUATION, most=5000, rows=4
            )
            self.fields[f"s_{section}"].initial = known.get(section, "")

    def known_sections(self):
        """What stands there first."""
        return self.row.sections

    def clean(self):
        values = super().clean()
        sections = {str(one): values.pop(f"s_{one}", "") for one in Section}
        return values | {"sections": sections}


class WriteForm(SectionsForm):
    """A new report: what the record says already stands in it."""

    sort = choose(_("报告"), [one for one in ReportSort.choices if one[0] != ReportSort.ORAL])

    def known_sections(self):
        return queries.draft_sections(self.row)


class SignForm(DeedForm):
    """The hash of what was read."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def fill(self):
        self.first(seen=queries.digest_of(self.row))


class SendForm(DeedForm):
    """To whom it went, and when."""

    sent_to = line(_("报送单位"))
    happened_at = moment(_("报送时间"))


class InstructionForm(DeedForm):
    """A leader's instruction."""

    leader = line(_("批示领导"), help_text=_("姓名或职务。"))
    text = words(_("批示内容"), help_text=_("照原文录入。"))
    given_at = moment(_("批示时间"))


class RelayForm(DeedForm):
    """Who is to carry it out."""

    to = pick(_("承办单位"))
    receiver = line(_("接收人"), required=False)
    due_at = moment(_("办理时限"), help_text=_("到时未办结的，自动提醒。"))
    happened_at = moment(_("传达时间"))

    def fill(self):
        self.fields["to"].queryset = organisation_tree(self.person).filter(is_active=True)
