"""A self-check filled in by a unit: the form as far as the answers reach, kept as it goes, handed in with a signature."""

from django import forms
from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anlan.domains.hazards.actions.selfchecks import (
    begin_check,
    hand_in_check,
    keep_check_photo,
    save_answers,
)
from anlan.domains.hazards.pages.desks import by_account, by_link
from anlan.domains.hazards.queries.checks import filling_of, is_unaltered, photos_of
from anlan.domains.hazards.queries.keepers import checks_of, versions_for
from anlan.domains.hazards.rules.answers import NOTES, QUIET, ROWS_MOST, take_answers
from anlan.domains.hazards.rules.expressions import as_list, as_text
from anlan.domains.hazards.terms.checklists import CheckState, QuestionKind
from anlan.kit.actions import Refused
from anlan.kit.documents.pages import as_file, read_bytes

PHOTO = "photo:"  # begins the names of fields that take photos
ROWS, SEEN = "rows:", "seen"
TYPES = {QuestionKind.INTEGER: "numeric", QuestionKind.DECIMAL: "decimal"}


class SignForm(forms.Form):
    """责任自负: who answers for it."""

    signer = forms.CharField(label=gettext_lazy("签名（负责人姓名）"), max_length=60, required=False)
    post = forms.CharField(label=pgettext_lazy("self-check", "职务"), max_length=60, required=False)
    is_confirmed = forms.BooleanField(
        label=gettext_lazy("以上情况属实。对自查结果负责，发现的隐患按要求整改。"), required=False
    )


def find_check(desk, pk):
    """A self-check of the unit. Raises Http404."""
    return get_object_or_404(checks_of(desk.keeper).select_related("version__checklist__organisation"), pk=pk)


@require_POST
def begin(request, desk, version):
    """Begin a self-check by a version of a checklist, or go on with the one begun."""
    asked = next((one for one in versions_for(desk.keeper) if one.pk == version), None)
    if asked is None:
        raise Http404
    try:
        change = begin_check(asked, now=timezone.now(), keeper=desk.keeper, **desk.words)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(desk.url("home"))
    return redirect(desk.url("check", change.subject.pk))


@require_http_methods(["GET", "HEAD", "POST"])
def check(request, desk, check_pk):
    """The form of a draft, or a self-check as it was handed in."""
    row = find_check(desk, check_pk)
    if row.state == CheckState.DONE:
        return render(request, "hazards/keeper_check.html", describe_done(desk, row))
    wrong, sign = "", SignForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        wrong = take(request, desk, row)
        if "by_itself" in request.POST:
            return JsonResponse({"kept": not wrong, "why": wrong}, status=409 if wrong else 200)
        if not wrong and "hand_in" in request.POST:
            wrong = hand_in(request, desk, row, sign)
            if not wrong:
                messages.success(request, _("自查已提交。"))
                return redirect(desk.url("check", row.pk))
    return render(request, "hazards/check_form.html", describe_draft(request, desk, row, wrong, sign))


def take(request, desk, row):
    """Keep the answers and photos that a page sent; the refusal as text, or an empty one."""
    seen = set(request.POST.get(SEEN, "").split())
    posted = {name: request.POST.getlist(name) for name in request.POST}
    counts = {name.removeprefix(ROWS): read_count(request.POST[name]) for name in posted if name.startswith(ROWS)}  # fmt: skip
    if added := request.POST.get("add_row"):
        counts[added] = min(counts.get(added, 1) + 1, ROWS_MOST)
    repeats = {name for name, spot in filling_of(row).spots.items() if spot.question["kind"] == QuestionKind.REPEAT}  # fmt: skip
    rows = {name: number for name, number in counts.items() if name in repeats}
    try:
        answers = take_answers(row.version.questions, row.answers, posted, seen, rows)
        save_answers(row, now=timezone.now(), answers=answers)
        for name in request.FILES:
            if name.startswith(PHOTO):
                for upload in request.FILES.getlist(name):
                    keep_check_photo(
                        row, now=timezone.now(), field=name.removeprefix(PHOTO), name=upload.name, body=upload.read(),
                        **desk.words,
                    )  # fmt: skip
    except Refused as refusal:
        return str(refusal)
    return ""


def read_count(text):
    """How many rows a page showed of a repeat."""
    return int(text) if text.isdecimal() and len(text) < 3 else 1


def hand_in(request, desk, row, sign):
    """Hand the draft in; the refusal as text, or an empty one."""
    words = sign.cleaned_data if sign.is_valid() else {"signer": "", "post": "", "is_confirmed": False}
    try:
        hand_in_check(row, now=timezone.now(), seen=set(request.POST.get(SEEN, "").split()), **words, **desk.words)  # fmt: skip
    except Refused as refusal:
        row.refresh_from_db()
        return str(refusal)
    return ""


# ── what the pages show ─────────────────────────────────────────────────────────────────────────


def describe_draft(request, desk, row, wrong, sign):
    """The context of the form; faults are shown once somebody tried to hand it in."""
    filling, photos = filling_of(row), photos_of(row)
    is_judged = "hand_in" in request.POST
    lines = filling.lines()
    repeats = {line.question["name"]: len(filling.rows(line.question["name"])) for line in lines if line.question["kind"] == QuestionKind.REPEAT}  # fmt: skip
    return {
        "title": row.version.checklist.name, "desk": desk, "base": desk.base, "check": row, "wrong": wrong, "sign": sign,
        "lines": [describe_line(desk, row, line, filling=filling, photos=photos, is_judged=is_judged) for line in lines], "rows": repeats,
        "seen": " ".join(sorted(filling.shown_keys())), "back_url": desk.url("home"), "rows_most": ROWS_MOST,
        "crumbs": [{"label": desk.keeper.name, "url": desk.url("home")}] if desk.person else None,
        "photo_prefix": PHOTO, "rows_prefix": ROWS,
    }  # fmt: skip


def describe_line(desk, row, line, *, filling, photos, is_judged):
    """One question as the form draws it."""
    question = line.question
    kept = line.value if question["kind"] in QUIET else filling.kept(question["name"], line.row)
    picked = as_list(kept)
    return {
        "key": line.key, "kind": question["kind"], "label": filling.label(line), "question": question, "row": line.row,
        "is_first": line.row is not None and is_first(filling, line), "text": as_text(kept), "fault": line.fault if is_judged else "",
        "mode": TYPES.get(question["kind"], ""), "choices": [(one["name"], one["label"], one["name"] in picked) for one in question["choices"]],
        "takes_photos": line.takes_photos, "photos": [(one, desk.url("photo", row.pk, one.pk)) for one in photos.get(line.key, [])],
        "asks_more": question["name"] in leading(filling), "at": line.row + 1 if line.row is not None else None,
        "opens_hazard": line.opens_hazard,
    }  # fmt: skip


def is_first(filling, line):
    """Whether a line is the first of its row of a repeat."""
    repeat = filling.spots[line.question["name"]].repeat
    shown = [part for part in filling.spots if filling.spots[part].repeat == repeat and filling.is_shown(part, line.row)]  # fmt: skip
    return bool(shown) and shown[0] == line.question["name"]


def leading(filling):
    """The names of questions on whose answers others depend: the page is drawn anew when they are answered."""
    if not hasattr(filling, "leading"):
        asked = " ".join(
            f"{spot.question['relevant']} {spot.question['label']} {spot.question['calculation']}"
            for spot in filling.spots.values()
        )
        filling.leading = {name for name in filling.spots if f"${{{name}}}" in asked}
    return filling.leading


def describe_done(desk, row):
    """The context of a self-check as it was handed in."""
    return {
        "title": row.version.checklist.name, "desk": desk, "base": desk.base, "check": row, "back_url": desk.url("home"),
        "lines": describe_answers(row, lambda one: desk.url("photo", row.pk, one.pk)), "is_unaltered": is_unaltered(row),
        "findings": [(one, desk.url("hazard", one.hazard_id)) for one in row.findings.select_related("hazard")],
        "crumbs": [{"label": desk.keeper.name, "url": desk.url("home")}] if desk.person else None,
    }  # fmt: skip


def describe_answers(row, photo_url):
    """The questions of a self-check with what was answered, in words; `photo_url(attachment)` shows a photo."""
    filling, photos = filling_of(row), photos_of(row)
    return [
        {
            "label": filling.label(line), "kind": line.question["kind"], "said": say_answer(line), "depth": line.depth,
            "photos": [(one, photo_url(one)) for one in photos.get(line.key, [])], "opens_hazard": line.opens_hazard,
            "question": line.question, "note": row.answers.get(NOTES, {}).get(line.key, ""),
            "at": line.row + 1 if line.row is not None else None,
        }
        for line in filling.lines()
        if line.question["kind"] != QuestionKind.CALCULATE and not is_left_out(filling, line)
    ]  # fmt: skip


def is_left_out(filling, line):
    """Whether a line stands in a row of a repeat in which nothing was filled in."""
    repeat = filling.spots[line.question["name"]].repeat
    return repeat is not None and line.row is not None and filling.is_blank(repeat, line.row)


def say_answer(line):
    """An answer in words: the labels of what was chosen."""
    labels = {one["name"]: one["label"] for one in line.question["choices"]}
    if labels:
        return _("、").join(labels.get(name, name) for name in as_list(line.value))
    return as_text(line.value)


@require_safe
def photo(request, desk, check_pk, photo_pk):
    """A photo of one of the unit's self-checks."""
    row = find_check(desk, check_pk)
    kept = {one.pk: one for many in photos_of(row).values() for one in many}
    if photo_pk not in kept:
        raise Http404
    one = kept[photo_pk]
    return as_file(read_bytes(one.sha256), one.name, one.media_type, inline=True)


begin_by_link, begin_by_account = by_link(begin), by_account(begin)
check_by_link, check_by_account = by_link(check), by_account(check)
photo_by_link, photo_by_account = by_link(photo), by_account(photo)
