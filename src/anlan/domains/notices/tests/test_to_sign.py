"""Which notices wait for a person's signature, and that he reads of them on 我的事项."""

from datetime import timedelta

from anlan.domains.notices import queries
from anlan.domains.notices.tests.conftest import NOW, sign, submit
from anlan.kit import digests
from anlan.site.matters import CONTRIBUTORS


def told(person):
    parts = digests.compose(person, CONTRIBUTORS, now=NOW + timedelta(minutes=1))
    return {part.title: [line.text for line in part.lines] for part in parts}


def test_who_may_sign_hears_of_it_until_it_is_signed(town, draft):
    assert queries.notices_to_sign(town.signer, now=NOW) == []
    submit(draft, town)
    assert queries.notices_to_sign(town.signer, now=NOW) == [draft]
    for person in (town.drafter, town.second, town.reader, town.trader):
        assert queries.notices_to_sign(person, now=NOW) == [], person
    assert told(town.signer) == {"待签发": [str(draft)]}
    assert told(town.drafter) == {}
    sign(queries.visible_notices(town.drafter).get(pk=draft.pk), town)
    assert told(town.signer) == {}
