"""Outlooks: a forecaster's word is journalled, raises, ends by itself, and is the same when read again."""

import pytest

from anlan.stream.judging import LevelChange, to_json
from anlan.stream.outlook import VALID_MS, Outlook, Outlooks
from anlan.stream.rerun import rerun
from anlan.stream.state import LEVELS
from anlan.stream.tests.test_scene import MIN, T0, door, level, stand


def judge(block, levels, now_ms, fresh):
    """The outlook's level while it stands, red above capacity."""
    changes = []
    for space in range(len(block.codes)):
        outlook = block.outlooks.get(space)
        told = outlook.level if outlook else "none"
        told = "red" if fresh[space] and block.share[space] >= 1 else told
        if told != LEVELS[levels.level[space]]:
            changes.append(
                LevelChange(space, LEVELS[levels.level[space]], told, "foreseen", {"zh": "", "en": ""})
            )
    return changes


def blue(at_ms, space="P"):
    reason = {"zh": "预计一小时内达到承载量", "en": "capacity expected within the hour"}
    return Outlooks(at_ms, [Outlook(space, "blue", "A", "expected", reason, {"probability": 0.4})])


def test_an_outlook_raises_without_a_reading_and_ends_when_it_is_not_renewed():
    scene = stand(judge=judge)
    scene.look_ahead(blue(T0))
    assert level(scene) == "blue"
    scene.tick(T0 + VALID_MS - 1)
    assert level(scene) == "blue"
    scene.tick(T0 + VALID_MS)
    assert level(scene) == "none"


def test_the_newest_outlook_replaces_the_one_before():
    scene = stand(judge=judge)
    scene.look_ahead(blue(T0))
    scene.look_ahead(Outlooks(T0 + MIN))
    assert level(scene) == "none"


def test_hard_rules_judge_with_or_without_an_outlook():
    scene = stand(judge=judge)
    scene.run(door(scene, 1, 120))
    assert level(scene) == "red"


def test_an_outlook_survives_a_restart_from_journal_and_from_snapshot(tmp_path):
    scene = stand(tmp_path, judge=judge)
    scene.look_ahead(blue(T0))
    scene.journal.close()  # as if killed: no snapshot
    for _ in range(2):
        scene = stand(tmp_path, judge=judge)
        assert scene.core.state.outlooks == blue(T0)
        assert level(scene) == "blue"
        scene.close()


def test_read_again_the_same_changes_come_of_it(tmp_path):
    scene = stand(tmp_path, judge=judge)
    for minute in range(1, 12):
        scene.tick(T0 + minute * MIN)
        scene.run(door(scene, minute, 12))
        if minute in {3, 4, 9}:
            scene.look_ahead(blue(T0 + minute * MIN))
    live = [to_json(news) for _, news in scene.changes_since()]
    assert len(live) >= 4
    assert [to_json(news) for news in rerun(tmp_path, judge, 0, 2**52)] == live
    scene.close()


@pytest.mark.parametrize(
    "rows",
    [
        [Outlook("P", "purple", "A", "expected", {})],
        [Outlook("P", "blue", "A", "expected", {}), Outlook("P", "red", "B", "surge", {})],
    ],
)
def test_an_unsound_outlook_is_refused(rows):
    scene = stand(judge=judge)
    end = scene.journal.end
    with pytest.raises(ValueError, match="outlook with"):
        scene.look_ahead(Outlooks(T0, rows))
    assert scene.journal.end == end


def test_a_space_that_is_not_watched_is_passed_over():
    scene = stand(judge=judge)
    scene.look_ahead(blue(T0, "gone"))
    assert level(scene) == "none"
