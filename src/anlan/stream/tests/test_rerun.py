"""A stretch of the journal once more: the same changes bit for bit, and others with other thresholds."""

import pytest

from anlan.stream import keeping
from anlan.stream.judging import LevelChange, to_json
from anlan.stream.rerun import rerun
from anlan.stream.state import LEVELS
from anlan.stream.tests.test_scene import MIN, T0, a_lively_day, stand


def judge(block, levels, now_ms, fresh):
    """Orange from a threshold on (60 persons unless the space has one), lifted when it was below for two calls."""
    below, changes = levels.array("below", 0.0), []
    for space, code in enumerate(block.codes):
        limit = block.thresholds[space].get("persons", 60)
        full = bool(block.occupancy[space] >= limit)
        below[space] = 0 if full else below[space] + 1
        at = LEVELS[levels.level[space]]
        if at == "none" and fresh[space] and full:
            changes.append(
                LevelChange(space, at, "orange", "persons", {"zh": "满", "en": "full"}, {"limit": limit})
            )
        elif at == "orange" and not fresh[space] and below[space] > 2:
            changes.append(LevelChange(space, at, "none", "persons", {"zh": "空", "en": code}, {}))
    return changes


@pytest.fixture
def scene(tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", 40_000)
    scene = stand(tmp_path, judge=judge)
    for seed in (1, 2):
        a_lively_day(scene, steps=300, seed=seed)
    return scene


def recorded(scene, from_ms, to_ms):
    return [to_json(news) for _, news in scene.changes_since() if from_ms <= news["at_ms"] < to_ms]


def again(scene, from_ms=0, to_ms=2**52, **keywords):
    return [to_json(news) for news in rerun(scene.folder, judge, from_ms, to_ms, **keywords)]


def test_the_same_thresholds_give_the_same_changes_bit_for_bit_while_the_scene_runs(scene):
    everything = recorded(scene, 0, 2**52)
    assert len(everything) > 10
    assert again(scene) == everything
    for first, last in ((10, 60), (40, 41), (70, 140), (149, 170)):
        stretch = T0 + first * MIN, T0 + last * MIN
        assert again(scene, *stretch) == recorded(scene, *stretch)
    scene.close()


def test_other_thresholds_change_what_comes_after_and_nothing_on_disk(scene):
    end = scene.journal.end
    start = T0 + 40 * MIN
    low = again(scene, start, thresholds={"P": {"persons": 10}})
    assert low != recorded(scene, start, 2**52)
    assert again(scene, start, thresholds={"*": {"persons": 10**6}}) != low
    assert b'"orange"' not in b"".join(again(scene, 0, thresholds={"*": {"persons": 10**6}}))
    assert scene.journal.end == end
    scene.close()


def test_a_folder_without_a_journal_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no journal"):
        list(rerun(tmp_path, judge, 0, 1))
