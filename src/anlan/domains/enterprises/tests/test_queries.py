"""What changed since: each enterprise once for its last change, none left out, however many write at once."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.models import Enterprise
from anlan.domains.enterprises.queries import register as reads
from anlan.domains.enterprises.tests.conftest import NOW
from anlan.kit.sealing import Sealer


def register(town, name, organisation=None):
    return actions.register_enterprise(organisation or town.TRADE, by=town.boss, now=NOW, name=name).subject


def seal():
    Sealer().seal_all(NOW)


def follow(person, position, most=2):
    """(all rows until there is no more, codes that are gone, the position reached)."""
    rows, gone = [], []
    while True:
        answer = queries.changed_since(person, position, most=most)
        assert answer.position >= position
        rows, gone, position = [*rows, *answer.rows], [*gone, *answer.gone], answer.position
        if not answer.has_more:
            return rows, gone, position


def test_the_cursor_brings_every_change_once_to_those_who_may_see_it(town):
    rows = [register(town, f"企业{n}") for n in range(5)]
    hidden = register(town, "街道的", town.STREET)
    seal()
    seen, _gone, position = follow(town.clerk, 0)
    assert seen == rows and hidden not in seen
    assert follow(town.clerk, position) == ([], [], position)
    actions.add_site(rows[2], by=town.clerk, now=NOW, address="示例路")
    seal()
    seen, _gone, _position = follow(town.clerk, position)
    assert seen == [rows[2]]


def test_what_changed_again_comes_with_its_last_change_alone(town, monkeypatch):
    monkeypatch.setattr(reads, "LOOKED_THROUGH", 3)
    rows = [register(town, f"企业{n}") for n in range(4)]
    for n in range(3):
        actions.edit_enterprise(rows[0], by=town.clerk, now=NOW, address=f"示例路 {n} 号")
    seal()
    seen, _gone, _position = follow(town.clerk, 0)
    assert sorted(one.pk for one in seen) == sorted(one.pk for one in rows)


def test_a_change_that_is_not_sealed_yet_comes_later_and_is_not_lost(town):
    register(town, "甲")
    seal()
    _rows, _gone, position = follow(town.clerk, 0)
    late = register(town, "乙")
    assert follow(town.clerk, position) == ([], [], position)
    seal()
    assert follow(town.clerk, position)[0] == [late]


def test_who_lost_an_enterprise_to_another_supervisor_is_told_its_number(town):
    row = register(town, "甲")
    seal()
    _rows, _gone, position = follow(town.clerk, 0)
    actions.edit_enterprise(row, by=town.boss, now=NOW, supervisor=town.STREET)
    seal()
    assert follow(town.clerk, position)[:2] == ([], [row.code])
    assert follow(town.boss, position)[0] == [row]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=25), st.integers(1, 4))
def test_a_follower_ends_with_what_the_register_holds(town, deeds, most):
    """Writes, seals and readings in any order: what the follower keeps is the register."""
    Enterprise.objects.all()
    kept, position, made = {}, reads.chain_head().position, []
    for number, (which, reads_now) in enumerate(deeds):
        at = NOW + timedelta(minutes=number)
        if which >= len(made):
            made.append(
                actions.register_enterprise(town.TRADE, by=town.boss, now=at, name=f"企业{number}").subject
            )
        else:
            actions.edit_enterprise(made[which], by=town.boss, now=at, address=f"{number} 号")
        if reads_now:
            seal()
            answer = queries.changed_since(town.clerk, position, most=most)
            kept |= {one.code: one.address for one in answer.rows}
            position = answer.position
    seal()
    rows, _gone, _position = follow(town.clerk, position, most)
    kept |= {one.code: one.address for one in rows}
    assert kept == {
        one.code: one.address for one in Enterprise.objects.filter(pk__in=[one.pk for one in made])
    }


def test_names_registered_twice_are_found(town):
    one, other = register(town, "示例有限公司"), register(town, "示例有限责任公司")
    register(town, "别家")
    assert list(queries.twice_registered(town.clerk)) == [one, other]
