"""What changed since: no enterprise is left out, whatever the cursor saw before."""

from anlan.domains.enterprises import actions, queries
from anlan.domains.enterprises.queries import register as reads
from anlan.domains.enterprises.tests.conftest import NOW


def register(town, name, organisation=None):
    return actions.register_enterprise(organisation or town.TRADE, by=town.boss, now=NOW, name=name).subject


def test_the_cursor_brings_every_change_to_those_who_may_see_it(town, monkeypatch):
    monkeypatch.setattr(reads, "LATE_IDS", 0)
    rows = [register(town, f"企业{n}") for n in range(5)]
    hidden = register(town, "街道的", town.STREET)
    seen, cursor = set(), 0
    for _step in range(10):
        found, following = queries.changed_since(town.clerk, cursor, most=2)
        seen |= set(found)
        if following == cursor:
            break
        cursor = following
    assert seen == set(rows)
    assert hidden not in seen
    actions.add_site(rows[2], by=town.clerk, now=NOW, address="示例路")
    found, _cursor = queries.changed_since(town.clerk, cursor, most=2)
    assert list(found) == [rows[2]]


def test_near_the_end_rows_come_again_rather_than_be_missed(town):
    row = register(town, "甲")
    for _step in range(2):
        found, cursor = queries.changed_since(town.clerk, 0, most=100)
        assert (list(found), cursor) == ([row], 0)


def test_names_registered_twice_are_found(town):
    one, other = register(town, "示例有限公司"), register(town, "示例有限责任公司")
    register(town, "别家")
    assert list(queries.twice_registered(town.clerk)) == [one, other]
