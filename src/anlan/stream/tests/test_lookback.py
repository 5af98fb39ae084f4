"""The past read by another process: the same minutes as the running scene gives, and nothing touched."""

import hashlib

import numpy as np
import pytest

from anlan.stream import keeping
from anlan.stream.lookback import look_back
from anlan.stream.tests.test_scene import MIN, T0, a_lively_day, stand


def fingerprint(folder):
    """Name and content of every file under a folder."""
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize("snapshot_bytes", [40_000, 2**40])
def test_it_says_what_the_running_scene_says_and_touches_nothing(tmp_path, monkeypatch, snapshot_bytes):
    monkeypatch.setattr(keeping, "SNAPSHOT_BYTES", snapshot_bytes)
    scene = stand(tmp_path)
    for seed in (1, 2):
        a_lively_day(scene, steps=300, seed=seed)
    before = fingerprint(tmp_path)
    past = look_back(tmp_path)
    assert [space.code for space in past.spaces] == ["P", "P/Z", "Q"]
    for code in ("P", "P/Z", "Q"):
        told, said = (one(code, T0, T0 + 300 * MIN) for one in (scene.space_minutes, past.minutes))
        assert told.keys() == said.keys()
        for name, column in told.items():
            assert np.array_equal(column, said[name], equal_nan=column.dtype.kind == "f"), (code, name)
    assert fingerprint(tmp_path) == before
    scene.close()


def test_where_there_is_no_scene_it_says_so(tmp_path):
    with pytest.raises(FileNotFoundError, match="no journal"):
        look_back(tmp_path)


def test_an_unknown_space_is_refused(tmp_path):
    scene = stand(tmp_path)
    with pytest.raises(ValueError, match="no history of 'Q'"):
        look_back(tmp_path).minutes("Q", T0, T0 + MIN)
    scene.close()
