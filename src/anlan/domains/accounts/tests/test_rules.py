"""Who may do what, by table and by property; no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.domains.accounts import rules
from anlan.domains.accounts.terms import FirstRole, Right

ROOT, POLICE, STREET, MALL = "000001", "000001000002", "000001000003", "000001000003000004"
VIEW, MANAGE = Right.VIEW, Right.ACCOUNTS_MANAGE

PATHS = st.lists(st.sampled_from(["000001", "000002", "000003"]), min_size=1, max_size=4).map("".join)
HOLDINGS = st.lists(st.tuples(st.frozensets(st.sampled_from(Right.values)), PATHS), max_size=4)


@pytest.mark.parametrize(
    ("held_at", "asked_at", "allowed"),
    [
        (ROOT, MALL, True),
        (STREET, MALL, True),
        (STREET, STREET, True),
        (STREET, ROOT, False),
        (STREET, POLICE, False),
        (MALL, STREET, False),
        (STREET, None, True),
    ],
)
def test_a_role_counts_where_it_is_held_and_below(held_at, asked_at, allowed):
    assert rules.holds_right([({VIEW}, held_at)], VIEW, asked_at) is allowed


def test_a_right_that_is_not_in_the_role_is_not_held():
    assert not rules.holds_right([({VIEW}, ROOT)], MANAGE, ROOT)
    assert not rules.holds_right([], VIEW, None)


@given(HOLDINGS, PATHS)
def test_top_paths_show_exactly_what_is_held(holdings, path):
    tops = rules.top_paths(holdings, VIEW)
    assert any(path.startswith(top) for top in tops) == rules.holds_right(holdings, VIEW, path)
    assert not any(one != other and one.startswith(other) for one in tops for other in tops)


@given(HOLDINGS, HOLDINGS)
def test_whoever_stands_above_holds_all_that_the_other_holds(mine, theirs):
    if rules.stands_above(mine, theirs) is None:
        assert all(rules.holds_right(mine, right, path) for rights, path in theirs for right in rights)


def test_what_is_missing_is_named():
    refusal = rules.may_give([({VIEW}, ROOT)], [VIEW, MANAGE], STREET)
    assert "管理机构、人员与凭证" in refusal and "查看" not in refusal
    assert rules.may_give([({VIEW, MANAGE}, ROOT)], [VIEW, MANAGE], STREET) is None


@pytest.mark.parametrize(("left", "refused"), [(0, True), (1, False), (7, False)])
def test_the_last_administrator_stays(left, refused):
    assert bool(rules.keeps_an_administrator(left)) is refused


def test_a_childs_path_is_its_parents_and_its_own_id():
    assert rules.path_of_child(ROOT, 42) == "000001000042"
    assert rules.path_of_child("", 999_999) == "999999"
    with pytest.raises(ValueError, match="1000000"):
        rules.path_of_child(ROOT, 1_000_000)


@pytest.mark.parametrize(
    ("path", "new_parent", "deepest", "refused"),
    [
        (STREET, POLICE, MALL, False),
        (MALL, ROOT, MALL, False),
        (STREET, STREET, MALL, True),
        (STREET, MALL, MALL, True),
        (STREET, "000009" * rules.MAX_DEPTH, MALL, True),
        (STREET, "000009" * (rules.MAX_DEPTH - 2), MALL, False),
    ],
)
def test_a_move_keeps_the_tree_a_tree(path, new_parent, deepest, refused):
    assert bool(rules.move_is_sound(path, new_parent, deepest)) is refused


def test_closing_needs_an_empty_organisation_and_never_the_top():
    empty = {"children": 0, "people": 0, "credentials": 0, "screens": 0}
    assert rules.closing_is_sound(is_root=False, **empty) is None
    assert rules.closing_is_sound(is_root=True, **empty)
    for what in empty:
        assert "1" in rules.closing_is_sound(is_root=False, **empty | {what: 1})


@pytest.mark.parametrize("code", ["JA-310106", "a", "9_x"])
def test_sound_codes(code):
    assert rules.code_is_sound(code) is None


@pytest.mark.parametrize("code", ["", "-a", "静安", "a b", "a/b", "../x", "a\n", "<b>"])
def test_unsound_codes(code):
    assert rules.code_is_sound(code)


@pytest.mark.parametrize("username", ["", "a", "a b", "x" * 61, "a\n", "<b>"])
def test_unsound_usernames(username):
    assert rules.username_is_sound(username)


@pytest.mark.parametrize("username", ["li", "王某", "duty.officer@street"])
def test_sound_usernames(username):
    assert rules.username_is_sound(username) is None


def test_the_first_roles_are_sensible():
    assert set(rules.FIRST_RIGHTS) == set(FirstRole)
    assert set(rules.FIRST_RIGHTS[FirstRole.ADMINISTRATOR]) == set(Right)
    assert all(VIEW in rights for rights in rules.FIRST_RIGHTS.values())
    managers = {role for role, rights in rules.FIRST_RIGHTS.items() if MANAGE in rights}
    assert managers == {FirstRole.ADMINISTRATOR, FirstRole.DEPARTMENT}


@given(st.text(st.characters()))
def test_a_fingerprint_is_64_hex_digits_of_any_text(token):
    assert len(rules.fingerprint(token)) == 64
    assert int(rules.fingerprint(token), 16) >= 0
