"""The field by which a criterion of the standards is looked for, and the page that classifies a hazard by one."""

from django import forms
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anlan.domains.accounts.terms import Right
from anlan.domains.hazards import queries
from anlan.domains.hazards.actions.criteria import classify_hazard
from anlan.domains.hazards.queries.criteria import criteria, known_criteria
from anlan.domains.hazards.rules.criteria import look_for
from anlan.domains.hazards.terms import Field
from anlan.kit.pages import attempt

OFFERED_MOST = 5  # named where a text fits several


class CriterionInput(forms.TextInput):
    """A text with the criteria to choose from below it, narrowed by the browser while one types."""

    def render(self, name, value, attrs=None, renderer=None):
        """The control and its list."""
        attrs = attrs or {}
        listed = f"{attrs.get('id', name)}_offered"
        control = super().render(name, value, attrs | {"list": listed, "autocomplete": "off"}, renderer)
        offered = format_html_join(
            "", '<option value="{}"></option>', ((one.label,) for one in criteria(on=timezone.localdate()))
        )
        return format_html('{}<datalist id="{}">{}</datalist>', control, listed, offered)


class CriterionField(forms.CharField):
    """A criterion of the standards, looked for by words of it; cleans to its key, "" for none."""

    def __init__(self, **options):
        told = {
            "label": Field.CRITERION, "required": False, "max_length": 1000, "widget": CriterionInput,
            "help_text": gettext_lazy("输入几个字查找判定标准或自查清单条款，可不填。"),
        }  # fmt: skip
        super().__init__(**told | options)

    def prepare_value(self, value):
        """A key is shown as what the criterion says."""
        known = known_criteria(on=timezone.localdate()).get(value) if value else None
        return known.label if known else value

    def clean(self, value):
        """The key of the one criterion that is meant. Raises ValidationError for none, and for several."""
        text = super().clean(value)
        if not text:
            return ""
        found = look_for(text, criteria(on=timezone.localdate()))
        found = found or [
            one for one in known_criteria(on=timezone.localdate()).values() if text == one.label
        ]
        if len(found) == 1:
            return found[0].key
        if not found:
            raise forms.ValidationError(_("没有找到这一条款。请从列表中选择，或留空。"))
        named = "；".join(one.label for one in found[:OFFERED_MOST])
        raise forms.ValidationError(_("有几条符合，请写得更完整：%(named)s") % {"named": named})


class CriterionSearchField(forms.CharField):
    """A filter by a criterion: one of the list, a key, or words of it."""

    widget = CriterionInput

    def prepare_value(self, value):
        """A key, as a link has it, is shown as what the criterion says."""
        known = known_criteria(on=timezone.localdate()).get(value) if value else None
        return known.label if known else value


def narrow_by_criterion(queryset, text):
    """The hazards of the criterion that a text names, else those whose criterion holds it."""
    known = known_criteria(on=timezone.localdate())
    exact = next((one.key for one in known.values() if text in (one.key, one.label)), None)
    if exact:
        return queryset.filter(criterion=exact)
    return queryset.filter(criterion_says__icontains=text) | queryset.filter(criterion_basis__icontains=text)


class ClassifyForm(forms.Form):
    """Under which criterion it falls."""

    criterion = CriterionField(help_text=gettext_lazy("输入几个字查找判定标准或自查清单条款；留空即不归类。"))


def classify(request, pk):
    """The form that changes a hazard's criterion, for those who may judge it."""
    row = get_object_or_404(queries.visible_hazards(request.user), pk=pk)
    if not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    form = ClassifyForm(
        request.POST if request.method == "POST" else None, initial={"criterion": row.criterion}
    )
    if attempt(form, classify_hazard, row, by=request.user):
        messages.success(request, _("已按标准条款归类。"))
        return redirect(row)
    context = {
        "form": form, "title": _("按标准条款归类"), "verb": _("保存"), "lead": row.what[:200],
        "crumbs": [{"label": row.number or _("未编号"), "url": row.get_absolute_url()}], "cancel_url": row.get_absolute_url(),
    }  # fmt: skip
    return render(request, "kit/form.html", context)
