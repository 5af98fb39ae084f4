"""A warning that a full disk keeps off the record is shown as such, on the wall and the place's page, until it is on it."""

import errno
from types import SimpleNamespace

import pytest

from anlan.domains.crowd import actions
from anlan.domains.crowd.tests.conftest import (  # noqa: F401 – the fixtures
    NOW,
    browse,
    count,
    minute,
    register,
    scene,
    town,
    wire,
)
from anlan.site.snapshot import build_snapshot
from anlan.stream.journal import JournalFull

WORDS = "磁盘已满，未入档"


def refuse(*_, **__):
    raise JournalFull(errno.ENOSPC, "no space")


@pytest.mark.django_db
def test_it_is_shown_until_it_is_on_record(scene, town, browse, monkeypatch):  # noqa: F811
    actions.bind_channel(register(town, "cam-1"), by=town.chief, now=NOW, channel="1", entrance=town.gate)
    wire(scene)
    everyone = SimpleNamespace(sees=lambda code: True)

    def shown():
        told = {one["code"]: one["volatile"] for one in build_snapshot(scene, everyone)["warnings"]}
        return told, WORDS in browse().get(f"/place/{town.square.code}/").content.decode()

    with monkeypatch.context() as patch:
        patch.setattr(scene.journal, "append", refuse)
        with pytest.raises(JournalFull):
            count(scene, minute(990, 0))
        assert shown() == ({town.square.code: True}, True)
    count(scene, minute(990, 0))
    assert shown() == ({town.square.code: False}, False)
