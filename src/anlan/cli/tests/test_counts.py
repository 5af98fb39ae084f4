"""`anlan skill`: files of counts are read onto the right columns, and refused in words when they are not there."""

import gzip
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner

from anlan.cli import skill
from anlan.cli.counts import NoCounts, read_beijing, read_counts
from anlan.science.skill import make_surges

GRID = {"slots": 4, "step_min": 360, "first_min": 0, "weekdays": False}


def write(folder, name, *rows):
    with gzip.open(folder / f"{name}.csv.gz", "wt") as file:
        file.write("\n".join(rows) + "\n")


def write_beijing(folder, days=15):
    """Three stations over weekdays: one gathers people and loses them, one does the opposite, one has none."""
    rng = np.random.default_rng(0)
    dates = [day for day in np.arange("2016-02-29", "2016-04-30", dtype="datetime64[D]") if np.is_busday(day)]
    rows = ["timestamp,sensor,in,out"]
    for date in dates[:days]:
        for slot in range(72):
            at = f"{date}T{5 + slot // 4:02d}:{slot % 4 * 15:02d}:00"
            came = rng.poisson(30 + (200 if 12 <= slot < 20 else 0))
            left = rng.poisson(30 + (200 if 50 <= slot < 58 else 0))
            rows += [f"{at},a,{left},{came}", f"{at},b,{came},{left}", f"{at},c,0,0"]
    write(folder, "beijing_subway_15min", *rows)


def test_rows_find_their_column_and_what_is_not_there_is_missing(tmp_path):
    write(
        tmp_path, "some", "timestamp,sensor,count",
        "2020-01-02T06:00:00,b,7", "2020-01-01T00:00:00,a,1", "2020-01-01T00:00:00,a,99", "2020-01-01T18:00:00,b,",
        "2020-01-01T03:00:00,a,5",
    )  # fmt: skip
    grid = read_counts([tmp_path], "some", **GRID)
    expected = np.full((2, 8), np.nan)
    expected[0, 0], expected[1, 5] = 1, 7
    np.testing.assert_array_equal(grid.values["count"], expected)
    assert grid.days.astype(str).tolist() == ["2020-01-01", "2020-01-02"]


def test_files_of_two_folders_are_one_series(tmp_path):
    for folder, day in (("first", 1), ("rest", 3)):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder, "some", "timestamp,sensor,count", f"2020-01-0{day}T00:00:00,a,{day}")
    counts = read_counts([tmp_path / "first", tmp_path / "rest"], "some", **GRID).values["count"]
    assert np.flatnonzero(np.isfinite(counts[0])).tolist() == [0, 8]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((), "is in none of"),
        (("when,who", "2020-01-01,a"), "do not exist"),
        (("timestamp,sensor,count", "soon,a,1"), "Line: 2"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(tmp_path, rows, said):
    if rows:
        write(tmp_path, "some", *rows)
    with pytest.raises(NoCounts, match=said):
        read_counts([tmp_path], "some", **GRID)


def test_stations_that_gather_people_are_the_occupancy_series(tmp_path):
    write_beijing(tmp_path)
    occupancy, flow = read_beijing([tmp_path])
    assert len(occupancy.counts) == 1
    assert len(flow.counts) == 2  # the empty station has no capacity
    assert (occupancy.fit, occupancy.level, occupancy.end) == (7 * 72, 11 * 72, 15 * 72)
    assert occupancy.counts[0, 30] > 1000
    with pytest.raises(NoCounts, match="at least 15 weekdays"):
        write_beijing(tmp_path, days=9)
        read_beijing([tmp_path])


def test_the_verb_prints_ours_beside_the_peers_and_the_gates(tmp_path, monkeypatch):
    write_beijing(tmp_path)
    occupancy, flow = read_beijing([tmp_path])
    hourly = replace(
        flow,
        name="hourly",
        step_s=3600,
        slots=24,
        broken=False,
        horizons=(1, 2),
        month_columns=720,
        day_kind=np.zeros(45, int),
    )
    tests = {"occupancy": occupancy, "flow": flow, "leeds": hourly, "surges": make_surges(flow, 1)}
    monkeypatch.setattr(skill, "read_series", lambda folders, seed: tests)
    told = CliRunner().invoke(skill.command, ["--data", str(tmp_path)])
    assert told.exit_code == 0, told.output
    for word in ("persistence", "naive pair", "Anlan", "gate ≥ 0.98", "made surges"):
        assert word in told.stdout
    as_json = CliRunner().invoke(skill.command, ["--data", str(tmp_path), "--json"])
    assert '"surges"' in as_json.stdout
    assert "NaN" not in as_json.stdout


def test_missing_files_end_the_verb_with_their_names(tmp_path):
    told = CliRunner().invoke(skill.command, ["--data", str(tmp_path)])
    assert told.exit_code == 1
    assert "beijing_subway_15min.csv.gz" in told.output
