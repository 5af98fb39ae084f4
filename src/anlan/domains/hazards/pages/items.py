"""The field by which an item of the standards is looked for, and the page that classifies a hazard by one."""

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
from anlan.domains.hazards.actions.items import classify_hazard
from anlan.domains.hazards.queries.items import items, known_items
from anlan.domains.hazards.rules.items import look_for
from anlan.domains.hazards.terms import Field
from anlan.kit.pages import attempt

OFFERED_MOST = 5  # named where a text fits several


class ItemInput(forms.TextInput):
    """A text with the items to choose from below it, narrowed by the browser while one types."""

    def render(self, name, value, attrs=None, renderer=None):
        """The control and its list."""
        attrs = attrs or {}
        listed = f"{attrs.get('id', name)}_offered"
        control = super().render(name, value, attrs | {"list": listed, "autocomplete": "off"}, renderer)
        offered = format_html_join(
            "", '<option value="{}"></option>', ((one.label,) for one in items(on=timezone.localdate()))
        )
        return format_html('{}<datalist id="{}">{}</datalist>', control, listed, offered)


class ItemField(forms.CharField):
    """An item of the standards, looked for by words of it; cleans to its key, "" for none."""

    def __init__(self, **options):
        told = {
            "label": Field.ITEM, "required": False, "max_length": 1000, "widget": ItemInput,
            "help_text": gettext_lazy("输入几个字查找判定标准或自查清单条款，可不填。"),
        }  # fmt: skip
        super().__init__(**told | options)

    def prepare_value(self, value):
        """A key is shown as what the item says."""
        known = known_items(on=timezone.localdate()).get(value) if value else None
        return known.label if known else value

    def clean(self, value):
        """The key of the one item that is meant. Raises ValidationError for none, and for several."""
        text = super().clean(value)
        if not text:
            return ""
        found = look_for(text, items(on=timezone.localdate()))
        found = found or [one for one in known_items(on=timezone.localdate()).values() if text == one.label]
        if len(found) == 1:
            return found[0].key
        if not found:
            raise forms.ValidationError(_("没有找到这一条款。请从列表中选择，或留空。"))
        named = "；".join(one.label for one in found[:OFFERED_MOST])
        raise forms.ValidationError(_("有几条符合，请写得更完整：%(named)s") % {"named": named})


class ItemSearchField(forms.CharField):
    """A filter by an item: one of the list, a key, or words of it."""

    widget = ItemInput

    def prepare_value(self, value):
        """A key, as a link has it, is shown as what the item says."""
        known = known_items(on=timezone.localdate()).get(value) if value else None
        return known.label if known else value


def narrow_by_item(queryset, text):
    """The hazards of the item that a text names, else those whose item holds it."""
    known = known_items(on=timezone.localdate())
    exact = next((one.key for one in known.values() if text in (one.key, one.label)), None)
    if exact:
        return queryset.filter(item=exact)
    return queryset.filter(item_says__icontains=text) | queryset.filter(item_basis__icontains=text)


class ClassifyForm(forms.Form):
    """Under which item it falls."""

    item = ItemField(help_text=gettext_lazy("输入几个字查找判定标准或自查清单条款；留空即不归类。"))


def classify(request, pk):
    """The form that changes a hazard's item, for those who may judge it."""
    row = get_object_or_404(queries.visible_hazards(request.user), pk=pk)
    if not request.user.may(Right.HAZARDS_VERIFY, row.organisation):
        raise Http404
    form = ClassifyForm(request.POST if request.method == "POST" else None, initial={"item": row.item})
    if attempt(form, classify_hazard, row, by=request.user):
        messages.success(request, _("已按标准条款归类。"))
        return redirect(row)
    context = {
        "form": form, "title": _("按标准条款归类"), "verb": _("保存"), "lead": row.what[:200],
        "crumbs": [{"label": row.number or _("未编号"), "url": row.get_absolute_url()}], "cancel_url": row.get_absolute_url(),
    }  # fmt: skip
    return render(request, "kit/form.html", context)
