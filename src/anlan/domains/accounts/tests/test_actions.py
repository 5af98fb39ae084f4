"""What changes accounts: done, recorded, or refused with its reason."""

import random
from datetime import UTC, datetime

import pytest
from django.db import connection

from anlan.domains.accounts import actions, queries, rules
from anlan.domains.accounts.models import DeviceCredential, Organisation, Person, Role, ScreenToken
from anlan.domains.accounts.terms import FirstRole, Right
from anlan.kit.actions import Refused
from anlan.kit.models import Change

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MALL_WORDS = {"code": "mall", "name": "某商场"}


def refuse(act, subject, match, **words):
    """Expect a refusal whose reason matches, and nothing recorded."""
    before = Change.objects.count()
    with pytest.raises(Refused, match=match):
        act(subject, now=NOW, **words)
    assert Change.objects.count() == before


# ── founding ────────────────────────────────────────────────────────────────────────────────────


def test_founding_makes_one_administrator_who_may_do_everything(admin):
    assert admin.one_time_password == "secret-1-of-9-bytes"
    assert admin.check_password(admin.one_time_password) and admin.must_change_password
    assert admin.organisation == queries.root() and admin.organisation.name == "示例区"
    assert all(admin.may(right, admin.organisation) for right in Right)
    assert set(Role.objects.values_list("code", flat=True)) == set(FirstRole)
    assert Change.objects.get().by is None


def test_an_installation_is_founded_once(admin):
    refuse(actions.found, "另一区", "不能再次", by=None, administrator="x")
    assert Organisation.objects.count() == 1


# ── organisations ───────────────────────────────────────────────────────────────────────────────


def test_an_organisation_is_added_below_its_parent_and_on_record(district):
    assert district.mall.path == rules.path_of_child(district.street.path, district.mall.pk)
    change = Change.objects.of(district.mall).get()
    assert (change.what, change.by, change.at) == ("accounts.add_organisation", district.admin, NOW)
    assert change.after["parent"] == {"id": district.street.pk, "name": "江宁路街道"}


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"code": "street", "name": "x"}, "已被使用"),
        ({"code": "a b", "name": "x"}, "编码"),
        ({"code": "x", "name": " "}, "名称"),
    ],
)
def test_an_unsound_organisation_is_refused(district, words, match):
    refuse(actions.add_organisation, district.root, match, by=district.admin, **words)


def test_editing_records_only_what_differs(district):
    words = {"code": "mall", "name": "某广场", "phone": "110"}
    change = actions.edit_organisation(district.mall, by=district.clerk, now=NOW, **words)
    assert change.before == {"name": "某商场", "phone": ""}
    assert change.after == {"name": "某广场", "phone": "110"}


def test_nobody_edits_an_organisation_he_does_not_manage(district):
    words = {"code": "mall", "name": "x"}
    for person in (district.policeman, district.watcher, district.operator):
        refuse(actions.edit_organisation, district.mall, "权限", by=person, **words)
    refuse(actions.edit_organisation, district.root, "权限", by=district.clerk, **words)


def test_moving_takes_the_subtree_along(district):
    actions.move_organisation(district.street, by=district.admin, now=NOW, parent=district.police)
    street, mall = Organisation.objects.get(code="street"), Organisation.objects.get(code="mall")
    assert street.path.startswith(district.police.path) and mall.path.startswith(street.path)
    assert Person.objects.get(username="policeman").may(Right.VIEW, mall)


def test_unsound_moves_are_refused(district):
    move = actions.move_organisation
    refuse(move, district.street, "自己", by=district.admin, parent=district.mall)
    refuse(move, district.street, "自己", by=district.admin, parent=district.street)
    refuse(move, district.root, "顶级", by=district.admin, parent=district.street)
    refuse(move, district.mall, "授予", by=district.clerk, parent=district.police)


def test_any_order_of_moves_keeps_every_path_its_parents_and_its_own_id(district):
    rng = random.Random(7)
    for number in range(6):
        actions.add_organisation(district.root, by=district.admin, now=NOW, code=f"o{number}", name="某单位")
    admin = Person.objects.get(pk=district.admin.pk)
    refusals = 0
    for _ in range(60):
        moved, parent = rng.sample(list(Organisation.objects.all()), 2)
        try:
            actions.move_organisation(moved, by=admin, now=NOW, parent=parent)
        except Refused:
            refusals += 1
    assert 0 < refusals < 60
    for one in Organisation.objects.select_related("parent"):
        assert one.path == rules.path_of_child(one.parent.path if one.parent else "", one.pk)


def test_closing_waits_until_nothing_is_in_use(district):
    refuse(actions.close_organisation, district.street, "下级机构 1 个、人员 2 名", by=district.admin)
    refuse(actions.close_organisation, district.root, "顶级", by=district.admin)
    credential = actions.issue_credential(district.mall, by=district.admin, now=NOW, name="东门").subject
    actions.deactivate_person(district.operator, by=district.admin, now=NOW)
    refuse(actions.close_organisation, district.mall, "设备凭证 1 个", by=district.admin)
    actions.revoke_credential(credential, by=district.admin, now=NOW)
    actions.close_organisation(district.mall, by=district.clerk, now=NOW, why="撤点")
    assert not Organisation.objects.get(code="mall").is_active
    refuse(actions.add_person, district.mall, "已停用", by=district.admin, username="xx", name="x")
    refuse(actions.issue_screen, district.mall, "已停用", by=district.admin, name="x")
    actions.reopen_organisation(district.mall, by=district.clerk, now=NOW)
    assert Organisation.objects.get(code="mall").is_active


# ── people ──────────────────────────────────────────────────────────────────────────────────────


def test_a_new_person_gets_a_one_time_password_and_a_role(district):
    role = Role.objects.get(code=FirstRole.OPERATOR)
    words = {"username": "new", "name": "某人", "role": role, "make_secret": lambda size: "x" * size}
    person = actions.add_person(district.mall, by=district.clerk, now=NOW, **words).subject
    assert (
        person.one_time_password == "x" * 9 and person.check_password("x" * 9) and person.must_change_password
    )
    assert person.may(Right.COUNTS_CORRECT, district.mall) and not person.may(Right.VIEW, district.street)
    assert "x" * 9 not in str(list(Change.objects.values()))


def test_a_person_whose_role_is_refused_is_not_added_either(district):
    role = Role.objects.get(code=FirstRole.ADMINISTRATOR)
    Role.objects.filter(code="department").update(rights=[Right.VIEW, Right.ACCOUNTS_MANAGE])
    clerk = Person.objects.get(username="clerk")
    refuse(actions.add_person, district.street, "授予", by=clerk, username="new", name="某人", role=role)
    assert not Person.objects.filter(username="new").exists()


@pytest.mark.parametrize(
    ("words", "match"),
    [
        ({"username": "CLERK", "name": "x"}, "已被使用"),
        ({"username": "a b", "name": "x"}, "登录名"),
        ({"username": "ok", "name": " "}, "名称"),
    ],
)
def test_an_unsound_person_is_refused(district, words, match):
    refuse(actions.add_person, district.street, match, by=district.admin, **words)


def test_a_manager_cannot_take_over_the_account_of_someone_above_him(district):
    """Else a street's clerk resets the password of an administrator who happens to sit in his street."""
    chief = actions.add_person(
        district.street, by=district.admin, now=NOW, username="chief", name="某主任"
    ).subject
    role = Role.objects.get(code=FirstRole.ADMINISTRATOR)
    actions.grant_role(chief, by=district.admin, now=NOW, role=role, organisation=district.root)
    for act in (actions.reset_password, actions.deactivate_person):
        refuse(act, chief, "上级管理员", by=district.clerk)
    refuse(actions.edit_person, chief, "上级管理员", by=district.clerk, name="x")
    refuse(
        actions.withdraw_role, chief, "授予或撤销", by=district.clerk, role=role, organisation=district.root
    )


def test_a_reset_gives_a_new_password_and_the_old_one_is_dead(district):
    person = actions.reset_password(
        district.operator, by=district.clerk, now=NOW, make_secret=lambda _: "once"
    ).subject
    assert person.check_password("once") and person.must_change_password
    assert not person.check_password("Quiet-Water-88")


def test_the_command_line_may_reset_a_password(admin):
    assert actions.reset_password(admin, by=None, now=NOW).subject.one_time_password
    with pytest.raises(Refused, match="由人完成"):
        actions.deactivate_person(admin, by=None, now=NOW)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("wrong", "Still-Water-99", "原密码"),
        ("Quiet-Water-88", "Quiet-Water-88", "相同"),
        ("Quiet-Water-88", "short", "10"),
        ("Quiet-Water-88", "password123", "常见"),
        ("Quiet-Water-88", "operator12", "相似"),
    ],
)
def test_a_weak_or_unproven_password_is_refused(district, old, new, match):
    refuse(actions.change_own_password, district.operator, match, by=district.operator, old=old, new=new)


def test_a_password_is_changed_by_its_owner_alone(district):
    words = {"old": "Quiet-Water-88", "new": "Still-Water-99"}
    refuse(actions.change_own_password, district.operator, "自己", by=district.admin, **words)
    change = actions.change_own_password(district.operator, by=district.operator, now=NOW, **words)
    assert Person.objects.get(username="operator").check_password("Still-Water-99")
    assert "Still" not in str(Change.objects.filter(pk=change.pk).values())


def test_a_person_moves_only_between_organisations_that_the_mover_manages(district):
    words = {"name": "某人", "organisation": district.police}
    refuse(actions.edit_person, district.operator, "授予", by=district.clerk, **words)
    actions.edit_person(district.operator, by=district.admin, now=NOW, **words)
    assert Person.objects.get(username="operator").organisation == district.police


# ── roles, and the last administrator ───────────────────────────────────────────────────────────


def test_nobody_gives_more_than_he_holds(district):
    administrator, observer = (Role.objects.get(code=code) for code in ("administrator", "observer"))
    grant = actions.grant_role
    refuse(grant, district.operator, "授予", by=district.clerk, role=observer, organisation=district.root)
    refuse(grant, district.operator, "授予", by=district.clerk, role=observer, organisation=district.police)
    refuse(grant, district.operator, "权限", by=district.watcher, role=observer, organisation=district.street)
    custom = actions.add_role(
        district.root, by=district.admin, now=NOW, code="editor", name="登记员", rights=[Right.PLACES_EDIT]
    ).subject
    Role.objects.filter(code="department").update(rights=[Right.VIEW, Right.ACCOUNTS_MANAGE])
    clerk = Person.objects.get(username="clerk")
    refuse(grant, district.operator, "登记和修改场所", by=clerk, role=custom, organisation=district.mall)
    refuse(grant, district.operator, "授予", by=clerk, role=administrator, organisation=district.mall)
    change = grant(district.operator, by=clerk, now=NOW, role=observer, organisation=district.street)
    assert change.after["roles"] == "只读查看（江宁路街道）、场所运营单位（某商场）"
    refuse(grant, district.operator, "已担任", by=clerk, role=observer, organisation=district.street)


def test_withdrawing_takes_the_right_away_at_once(district):
    role = Role.objects.get(code="operator")
    assert district.operator.may(Right.VIEW, district.mall)
    words = {"role": role, "organisation": district.mall}
    actions.withdraw_role(district.operator, by=district.clerk, now=NOW, **words)
    assert not district.operator.may(Right.VIEW)
    refuse(actions.withdraw_role, district.operator, "没有担任", by=district.clerk, **words)


def test_the_last_administrator_cannot_be_lost_by_any_way(district):
    admin, role = district.admin, Role.objects.get(code="administrator")
    refuse(actions.deactivate_person, admin, "最后一位", by=admin)
    refuse(actions.withdraw_role, admin, "最后一位", by=admin, role=role, organisation=district.root)
    refuse(actions.edit_role, role, "最后一位", by=admin, name="x", rights=[Right.VIEW])
    assert Person.objects.get(pk=admin.pk).is_active and queries.administrators().count() == 1
    second = actions.add_person(
        district.root, by=admin, now=NOW, username="second", name="某人", role=role
    ).subject
    actions.deactivate_person(admin, by=second, now=NOW)
    assert list(queries.administrators()) == [second]


def test_a_role_changes_for_all_who_hold_it_and_only_at_the_top(district):
    role = Role.objects.get(code="observer")
    words = {"name": "只读查看", "rights": [Right.COUNTS_CORRECT, Right.VIEW]}
    refuse(actions.edit_role, role, "权限", by=district.clerk, **words)
    refuse(actions.edit_role, role, "没有这样", by=district.admin, name="x", rights=["fly"])
    change = actions.edit_role(role, by=district.admin, now=NOW, **words)
    assert change.after == {"rights": ["view", "counts.correct"]}
    assert Person.objects.get(username="watcher").may(Right.COUNTS_CORRECT, district.street)


# ── tokens ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("issue", "revoke", "find", "start"),
    [
        (actions.issue_credential, actions.revoke_credential, queries.find_credential, "anl_"),
        (actions.issue_screen, actions.revoke_screen, queries.find_screen, "anls_"),
    ],
)
def test_a_token_is_given_once_found_and_revoked(district, issue, revoke, find, start):
    row = issue(district.mall, by=district.clerk, now=NOW, name="东门").subject
    assert row.token.startswith(start) and len(row.token) == len(start) + 43
    assert find(row.token) == row and find(row.token).organisation == district.mall
    assert find(row.token + "x") is None and find("") is None and find("\ud800") is None
    revoke(row, by=district.clerk, now=NOW)
    assert find(row.token) is None
    refuse(revoke, row, "没有变化", by=district.clerk)


def test_a_token_is_stored_nowhere_in_clear(district):
    tokens = [
        issue(district.mall, by=district.clerk, now=NOW, name="东门").subject.token
        for issue in (actions.issue_credential, actions.issue_screen)
    ]
    kept = str([list(model.objects.values()) for model in (DeviceCredential, ScreenToken, Change)])
    assert all(token not in kept and token[12:] not in kept for token in tokens)
    assert all(token[:9] in kept for token in tokens)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall())
            assert not any(token[12:] in rows for token in tokens), table


def test_the_same_key_issues_one_token_only(district):
    words = {"by": district.clerk, "now": NOW, "name": "东门", "key": "once"}
    first, again = (actions.issue_credential(district.mall, **words) for _ in range(2))
    assert first.pk == again.pk and again.subject == first.subject
    assert hasattr(first.subject, "token") and not hasattr(again.subject, "token")
    assert DeviceCredential.objects.count() == 1


def test_a_token_is_issued_only_where_one_manages(district):
    for person in (district.watcher, district.operator, district.policeman):
        refuse(actions.issue_credential, district.mall, "权限", by=person, name="x")


def test_seen_marks_are_telemetry_not_changes(district):
    row = actions.issue_credential(district.mall, by=district.clerk, now=NOW, name="东门").subject
    before = Change.objects.count()
    actions.mark_seen([row.pk], now=NOW)
    assert DeviceCredential.objects.get(pk=row.pk).seen_at == NOW and Change.objects.count() == before
