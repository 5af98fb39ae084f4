"""Check → do → record, in one transaction, and nothing else writes."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction

from anlan.domains.accounts.models import Organisation
from anlan.kit.actions import Refused, action, check, done, note, take
from anlan.kit.models import Change, Immutable, Taken

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MANAGE = "accounts.manage"


@pytest.fixture
def rename(verbs):
    """An action that gives an organisation another name, and refuses the name 禁."""

    @action("test.rename", may=MANAGE, label="更名")
    def rename(organisation, *, by, now, name):
        before = note(organisation, "name", "phone")
        organisation.name = name
        organisation.save(update_fields=["name"])
        check("这个名称不能用" if name == "禁" else None)
        return done(organisation, before=before)

    return rename


def test_an_action_records_one_change_with_only_what_differs(town, rename):
    change = rename(town.branch, by=town.clerk, now=NOW, name="新分部", why="合并", on_behalf_of="某科")
    change.refresh_from_db()
    assert (change.what, change.by, change.at, change.scene) == ("test.rename", town.clerk, NOW, "live")
    assert (change.before, change.after) == ({"name": "分部"}, {"name": "新分部"})
    assert (change.why, change.on_behalf_of, change.organisation) == ("合并", "某科", town.branch)
    assert (change.subject_kind, change.subject_id, change.subject_name) == (
        "accounts.organisation", str(town.branch.pk), "新分部",
    )  # fmt: skip
    assert change.subject == town.branch and list(Change.objects.of(town.branch)) == [change]


def test_a_refusal_undoes_what_was_done_and_records_nothing(town, rename):
    with pytest.raises(Refused, match="这个名称不能用"):
        rename(town.branch, by=town.clerk, now=NOW, name="禁")
    assert Organisation.objects.get(code="branch").name == "分部"
    assert not Change.objects.exists()


def test_a_failure_of_the_record_undoes_the_deed(town, verbs):
    @action("test.forgetful", may=MANAGE)
    def forgetful(organisation, *, by, now):
        organisation.name = "改了"
        organisation.save()
        return done(organisation, after={"odd": object()})

    with pytest.raises(TypeError):
        forgetful(town.branch, by=town.clerk, now=NOW)
    assert Organisation.objects.get(code="branch").name == "分部"


@pytest.mark.parametrize(
    ("who", "where", "allowed"),
    [
        ("boss", "root", True),
        ("boss", "branch", True),
        ("clerk", "branch", True),
        ("clerk", "root", False),
        ("clerk", "annex", False),
        ("guest", "branch", False),
    ],
)
def test_the_right_is_asked_where_the_subject_lies(town, rename, who, where, allowed):
    act = {"by": getattr(town, who), "now": NOW, "name": "新名"}
    if allowed:
        assert rename(getattr(town, where), **act).after == {"name": "新名"}
    else:
        with pytest.raises(Refused, match="权限"):
            rename(getattr(town, where), **act)


def test_a_missing_right_is_named_as_people_call_it(town, verbs):
    class Labelled(str):
        label = "管理机构"

    @action("test.labelled", may=Labelled(MANAGE))
    def labelled(organisation, *, by, now):
        return done(organisation)

    with pytest.raises(Refused, match="管理机构"):
        labelled(town.branch, by=town.guest, now=NOW)


def test_the_machine_acts_only_where_it_is_let(town, rename, verbs):
    with pytest.raises(Refused, match="由人完成"):
        rename(town.branch, by=None, now=NOW, name="x")

    @action("test.tick", machine=True)
    def tick(organisation, *, by, now):
        return done(organisation, after={"ticked": 1})

    assert tick(town.branch, by=None, now=NOW).by is None


def test_the_same_key_does_nothing_a_second_time(town, rename):
    first = rename(town.branch, by=town.clerk, now=NOW, name="一", key="k1")
    again = rename(town.branch, by=town.clerk, now=NOW, name="二", key="k1")
    assert again.pk == first.pk and again.subject.name == "一"
    assert Change.objects.count() == 1
    assert rename(town.branch, by=town.clerk, now=NOW, name="二", key="k2").pk != first.pk


def test_an_action_may_insist_on_a_reason(town, verbs):
    @action("test.insist", may=MANAGE)
    def insist(organisation, *, by, now, why):
        check(None if why else "请写明理由")
        return done(organisation)

    with pytest.raises(Refused, match="理由"):
        insist(town.branch, by=town.clerk, now=NOW)
    assert insist(town.branch, by=town.clerk, now=NOW, why="检修").why == "检修"


def test_the_registry_knows_verb_right_and_words(rename, verbs):
    act = verbs["test.rename"]
    assert (act.verb, act.may, act.label) == ("test.rename", MANAGE, "更名")

    @action("test.wordless")
    def wordless(subject, *, by, now):
        return done(subject)

    assert verbs["test.wordless"].label == "test.wordless"


def test_rows_are_noted_by_key_and_name(town):
    assert note(town.branch, "parent", "phone") == {
        "parent": {"id": town.root.pk, "name": "总部"},
        "phone": "",
    }


# ── change rows are never altered ───────────────────────────────────────────────────────────────


def test_a_change_row_can_be_neither_altered_nor_deleted(town, rename):
    change = rename(town.branch, by=town.clerk, now=NOW, name="一")
    change.why = "修饰"
    for attack in (
        change.save,
        change.delete,
        Change.objects.all().delete,
        lambda: Change.objects.update(why="修饰"),
        lambda: Change.objects.filter(pk=change.pk).update(why="修饰"),
    ):
        with pytest.raises(Immutable):
            attack()
    assert Change.objects.get().why == ""


# ── whoever cares takes it ──────────────────────────────────────────────────────────────────────


def test_each_taker_gets_each_change_once_oldest_first(town, rename):
    changes = [rename(town.branch, by=town.clerk, now=NOW, name=name) for name in "一二三"]
    assert list(Change.objects.untaken("mailer")) == changes
    take(changes[0], taker="mailer", now=NOW)
    assert list(Change.objects.untaken("mailer")) == changes[1:]
    assert list(Change.objects.untaken("printer")) == changes
    assert not Change.objects.untaken("mailer", kinds=["test.other"]).exists()


def test_a_change_is_taken_by_a_taker_only_once(town, rename):
    change = rename(town.branch, by=town.clerk, now=NOW, name="一")
    take(change, taker="mailer", now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        take(change, taker="mailer", now=NOW)
    assert Taken.objects.count() == 1


def test_what_a_taker_did_falls_with_its_taking(town, rename):
    change = rename(town.branch, by=town.clerk, now=NOW, name="一")
    with pytest.raises(RuntimeError), transaction.atomic():
        take(change, taker="mailer", now=NOW)
        raise RuntimeError("the post is closed")
    assert list(Change.objects.untaken("mailer")) == [change]
