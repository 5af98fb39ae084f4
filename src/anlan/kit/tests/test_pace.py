"""Who knocks, and how often."""

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from anlan.kit.pace import sender, too_often


@pytest.fixture(autouse=True)
def forgotten():
    cache.clear()
    yield
    cache.clear()


def test_so_many_and_no_more():
    assert [too_often("a", 2) for _n in range(4)] == [False, False, True, True]
    assert too_often("b", 2) is False


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::9", "2001:db8:1:2::/64"), ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""), ("unix:", ""),
    ],
)  # fmt: skip
def test_a_household_is_one_sender(address, name):
    assert sender(RequestFactory().get("/", REMOTE_ADDR=address)) == name
