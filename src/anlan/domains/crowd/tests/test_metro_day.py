"""A metro's day out of a file of passages: flows judged against an assumed gate capacity, other files refused."""

import gzip
import time
from collections import Counter
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from anlan.domains.crowd import replays, rules
from anlan.domains.crowd.replays import counts
from anlan.domains.crowd.replays.counts import MISSING, read_counts
from anlan.domains.crowd.tests.watched import Watch
from anlan.stream.clock import SteppedClock
from anlan.stream.readings import Reading, columns
from anlan.stream.scene import SCENES, Scene, close_scene
from anlan.stream.topology import Binding, Space, Topology

ZONE = ZoneInfo("Asia/Shanghai")
HEAD = "timestamp,sensor,count"
# One gate lets 150 through in five minutes; ten gates 1,500. 900 is 60 %, 1,200 80 %, 1,350 90 %, 1,500 all.
DAY = {
    "东门站": (0, 899, 900, 1350, 1500, 1500, 100, 100, 100),
    "西门站": (0, 0, 0, 1199, 0, 0, 1200, 100, 0),
    "北门站": (10, 20, 30, 40, 50, 40, 30, 20, 10),
}


def write(path, rows, head=HEAD):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.write("".join(f"{row}\n" for row in [head, *rows]))
    return path


def rows_of(day=DAY):
    """Station by station, as such files are sorted."""
    return [
        f"2026-03-02T{8 + step // 12:02}:{step % 12 * 5:02}:00,{name},{people}"
        for name, counted in day.items()
        for step, people in enumerate(counted)
    ]


@pytest.fixture
def day(tmp_path):
    return write(tmp_path / "day.csv.gz", rows_of())


def lines_of(replay):
    scene, clock = replays.open_headless(replay)
    changes = list(replays.run(replay, scene=scene, clock=clock))
    assert not scene.core.faults
    return [replays.change_line(change, replay.zone) for change in changes]


def test_the_table_is_what_the_file_says(day):
    table = read_counts(day, zone=ZONE)
    assert table.sensors == list(DAY) and table.people.tolist() == [list(row) for row in DAY.values()]
    assert table.starts_ms == 1_772_409_600_000  # 2026-03-02 08:00 +08:00


def test_a_missing_row_is_missing_and_not_zero(tmp_path):
    rows = rows_of()
    table = read_counts(write(tmp_path / "gap.csv.gz", [rows[0], *rows[2:]]), zone=ZONE)
    assert table.people[0, 1] == MISSING and table.people[0, 2] == 900


def test_stations_are_warned_by_their_share_of_the_gates(day):
    lines = lines_of(replays.load_metro_day(day, gates_per_station=10))
    told = [(line["at"][11:16], line["place"], line["level"]) for line in lines]
    assert told == [
        ("08:15", "东门站", "blue"),
        ("08:20", "东门站", "orange"),
        ("08:20", "西门站", "blue"),  # 1,199 of 1,500: not yet 80 %
        ("08:25", "东门站", "red"),
        ("08:34", "西门站", "none"),  # two counts in a row were low
        ("08:35", "西门站", "yellow"),
        ("08:44", "东门站", "none"),
    ]
    assert lines[0]["reason"] == "每分钟通过 180 人，占通过能力每分钟 300 人的 60%"
    assert "在场" not in " ".join(line["reason"] for line in lines)


def test_more_gates_warn_less_and_the_same_file_says_the_same(day):
    by_gates = {gates: lines_of(replays.load_metro_day(day, gates_per_station=gates)) for gates in (10, 20)}
    assert len(by_gates[10]) == 7 and by_gates[20] == []
    assert lines_of(replays.load_metro_day(day, gates_per_station=10)) == by_gates[10]


def test_paced_in_a_server_it_says_the_same(day):
    replay = replays.load_metro_day(day, gates_per_station=10)
    clock = SteppedClock(replay.starts_ms)
    scene = Scene(replay.scene_name, judge=rules.judge, clock=clock)
    words = {"sleep": lambda seconds: None, "on_progress": lambda now_ms: None, "stopping": lambda: False}
    assert replays.run_paced(replay, scene=scene, clock=clock, speed=300, **words)
    changes = [change for _, change in scene.changes_since()]
    scene.close()
    assert [replays.change_line(change, replay.zone) for change in changes] == lines_of(replay)


def test_nobody_is_said_to_be_inside(day):
    replay = replays.load_metro_day(day, gates_per_station=10)
    scene, clock = replays.open_headless(replay)
    for _ in replays.steps(replay, scene=scene, clock=clock):
        assert np.isnan(scene.view().occupancy).all()
    assert scene.view().passage_share.tolist() == pytest.approx([100 / 1500, 0, 10 / 1500])


def test_the_assumption_is_said_as_unconfirmed(day):
    replay = replays.load_metro_day(day, gates_per_station=12)
    assert "12 台闸机" in replay.note["zh"] and "待核实" in replay.note["zh"] and "360" in replay.note["zh"]
    assert {source["mark"] for source in replay.sources} == {"O", "K"}


STATIONS = "station,gates,stair_width_m\n东门站,20,5.625\n西门站,10,60\n"  # 5.625 m let 1,500 through in five minutes


def test_the_narrower_of_gates_and_stairs_judges_and_is_named(day, tmp_path):
    table = tmp_path / "stations.csv"
    table.write_text(STATIONS, encoding="utf-8-sig")
    replay = replays.load_metro_day(day, gates_per_station=10, stations=table)
    assert {place["code"]: (place["name"], place["passage_capacity_per_min"]) for place in replay.places} == {
        "东门站": ("东门站（楼梯 stairs）", 300),
        "西门站": ("西门站（闸机 gates）", 300),
        "北门站": ("北门站", 300),
    }
    alone = lines_of(replays.load_metro_day(day, gates_per_station=10))
    assert [line["level"] for line in lines_of(replay)] == [line["level"] for line in alone]
    assert lines_of(replay)[0]["place"] == "东门站（楼梯 stairs）"
    assert (
        "2 站按" in replay.note["zh"]
        and "其余 1 站" in replay.note["zh"]
        and replay.note["zh"].count("待核实") == 2
    )
    assert replay.scene_name != replays.load_metro_day(day, gates_per_station=10).scene_name


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "declares no station"), ("station,gates\n东门站,2\n", "row 1: the columns are 'station,gates'"),
        ("station,gates,stair_width_m\n", "declares no station"), (STATIONS + "南门站,2,3\n", "row 4: station '南门站' is not among"),
        (STATIONS + "东门站,2,3\n", "row 4: station '东门站' was given before"), (STATIONS + "北门站,2\n", "row 4: 2 columns"),
        (STATIONS + "北门站,0,3\n", "row 4: gates '0' is no whole number"), (STATIONS + "北门站,1.5,3\n", "row 4: gates '1.5'"),
        (STATIONS + "北门站,,3\n", "row 4: gates ''"), (STATIONS + "北门站,2,-1\n", "row 4: stair_width_m '-1' is no width"),
        (STATIONS + "北门站,2,nan\n", "row 4: stair_width_m 'nan'"), (STATIONS + "北门站,2,201\n", "row 4: stair_width_m '201'"),
        (STATIONS + '北门站,2,"3\n', "is no CSV in UTF-8"),
    ],
)  # fmt: skip
def test_a_table_of_stations_that_is_none_is_refused_with_row_and_reason(day, tmp_path, text, said):
    table = tmp_path / "stations.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(replays.CountsRefused, match=said):
        replays.load_metro_day(day, stations=table)


def test_a_table_of_stations_that_cannot_be_read_is_refused(day, tmp_path):
    table = tmp_path / "stations.csv"
    with pytest.raises(replays.CountsRefused, match="cannot be read"):
        replays.load_metro_day(day, stations=table)
    table.write_bytes(STATIONS.encode("gbk"))
    with pytest.raises(replays.CountsRefused, match="is no CSV in UTF-8"):
        replays.load_metro_day(day, stations=table)


def test_other_counts_or_gates_are_another_scene(day, tmp_path):
    other = write(tmp_path / "other.csv.gz", rows_of(DAY | {"北门站": (11,) * 9}))
    scenes = {
        replays.load_metro_day(path, gates_per_station=gates).scene_name
        for path in (day, other)
        for gates in (10, 11)
    }
    assert len(scenes) == 4 and all(scene.startswith("replay:metro-day-") for scene in scenes)
    assert replays.title_of(next(iter(scenes)).partition(":")[2])["zh"] == "地铁一日"


def test_it_is_listed_under_its_own_scene(day):
    replay = replays.load_metro_day(day)
    scene, _ = replays.open_listed(replay)
    try:
        assert SCENES[replay.scene_name] is scene
    finally:
        close_scene(replay.scene_name)


GOOD = "2026-03-02T08:00:00,东门站,1"


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        (["2026-03-02T08:00:00,东门站"], "row 2: 2 columns"),
        ([GOOD, "yesterday,东门站,1"], "row 3: 'yesterday' is no time"),
        ([GOOD, "2026-03-02T08:02:00,东门站,1"], "row 3: .* no start of five minutes"),
        ([GOOD, "2026-03-02T08:05:00,东门站,-1"], "row 3: count '-1'"),
        ([GOOD, "2026-03-02T08:05:00,东门站,1.5"], "row 3: count"),
        ([GOOD, "2026-03-02T08:05:00,东门站,９"], "row 3: count"),
        ([GOOD, "2026-03-02T08:05:00,东门站,1000000"], "row 3: count"),
        ([GOOD, "2026-03-02T08:05:00,,1"], "row 3: sensor ''"),
        ([GOOD, f"2026-03-02T08:05:00,{'站' * 61},1"], "row 3: sensor"),
        ([GOOD, GOOD], "row 3: this sensor and time were given before"),
        ([GOOD, "x" * 2000], "row 3: longer than"),
        ([GOOD, ""], "row 3: 0 columns"),
        ([GOOD, f"9999-12-31T00:00:00,{GOOD[20:]}"], "spans|replay a shorter time"),
        ([], "no rows"),
    ],
)
def test_a_row_of_another_shape_is_refused_with_its_number(tmp_path, rows, wrong, monkeypatch):
    monkeypatch.setattr(counts, "MOST_CELLS", 100_000)
    with pytest.raises(replays.CountsRefused, match=wrong):
        read_counts(write(tmp_path / "odd.csv.gz", rows), zone=ZONE)


def test_other_columns_are_refused(tmp_path):
    with pytest.raises(
        replays.CountsRefused, match=r"row 1: the columns are 'time,in,out'.*timestamp,sensor"
    ):
        read_counts(write(tmp_path / "odd.csv.gz", [], head="time,in,out"), zone=ZONE)


def test_a_file_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(counts, "MOST_ROWS", 10)
    with pytest.raises(replays.CountsRefused, match="row 11: more than 10 rows"):
        read_counts(write(tmp_path / "long.csv.gz", rows_of()), zone=ZONE)


def test_what_is_no_file_no_gzip_cut_short_or_in_another_encoding_is_refused(tmp_path, day):
    with pytest.raises(replays.CountsRefused, match=r"none\.gz is no file.*do not come with"):
        read_counts(tmp_path / "none.gz", zone=ZONE)
    plain, cut, latin = (tmp_path / name for name in ("plain.csv", "cut.csv.gz", "gbk.csv.gz"))
    plain.write_text(HEAD)
    cut.write_bytes(day.read_bytes()[:-12])
    latin.write_bytes(gzip.compress(f"{HEAD}\n{GOOD}\n".encode("gbk")))
    for path in (plain, cut):
        with pytest.raises(replays.CountsRefused, match="not whole gzip"):
            read_counts(path, zone=ZONE)
    with pytest.raises(replays.CountsRefused, match="row 2: not UTF-8"):
        read_counts(latin, zone=ZONE)


@pytest.mark.parametrize("gates", [0, -1, 501])
def test_an_impossible_number_of_gates_is_refused(day, gates):
    with pytest.raises(ValueError, match="gates per station: give a number from 1 to 500"):
        replays.load_metro_day(day, gates_per_station=gates)


def test_a_real_day_of_313_stations_is_judged_in_seconds(shared):
    """2016-09-01, 9.78 million passages: crowding at the morning peak and again in the evening, at few stations."""
    began = time.process_time()
    replay = replays.load_metro_day(shared / "data/counts/shanghai_metro_20160901_5min.csv.gz")
    lines = lines_of(replay)
    assert time.process_time() - began < 20
    raised = [line for line in lines if line["level"] != "none"]
    levels = Counter(line["level"] for line in lines)
    assert len(replay.places) == 313 and 10 <= len(lines) <= 60, levels
    assert {line["at"][11:13] for line in raised} <= {"07", "08", "09", "17", "18"}
    assert raised[0]["at"].startswith("2016-09-01T08")
    assert lines == lines_of(replay)


# ---- the rule ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passages", "level"),
    [(0, "none"), (179, "none"), (180, "blue"), (240, "yellow"), (270, "orange"), (300, "red"), (900, "red")],
)
def test_gate_flow_by_share_of_a_declared_capacity(passages, level):
    assert Watch(passages_per_min=passages, passage_capacity_per_min=300).see().level == level


@pytest.mark.parametrize("capacity", [np.nan, 0.0])
def test_without_a_declared_capacity_gates_say_nothing(capacity):
    watch = Watch(occupancy=900, capacity=1000, passages_per_min=900, passage_capacity_per_min=capacity).see()
    (change,) = watch.changes
    assert watch.level == "orange" and change.rule == "share"
    assert not [name for name in change.numbers if name.startswith("passage")]


def test_gates_keep_a_threshold_of_their_own_and_fall_eased():
    watch = Watch(passages_per_min=200, passage_capacity_per_min=300, thresholds=[{"gate_share_blue": 0.7}])
    assert watch.see().level == "none"
    watch.numbers["passages_per_min"] = 210
    assert watch.see().level == "blue"
    watch.numbers["passages_per_min"] = 200  # 66.7 %: 70 % eased by five points is 65 %
    assert watch.wind(3600).see(fresh=False).level == "blue"
    watch.numbers["passages_per_min"] = 190
    watch.see(fresh=False).wind(300).see(fresh=False)
    assert watch.level == "none" and "每分钟通过 190 人" in watch.changes[0].reason["zh"]


# ---- passages in the reading path ---------------------------------------------------------------------------


def gate_scene():
    """A hall whose gates let 60 a minute through: one counter of both directions, one of passages alone."""
    spaces = [Space("H", "站厅", passage_capacity_per_min=60), Space("Y", "别处")]
    bindings = [Binding("A", into="H"), Binding("B", into="H", measures="passage"), Binding("A", into="Y")]
    scene = Scene("gates", judge=rules.judge, clock=SteppedClock(0), start=False)
    scene.set_topology(Topology(spaces, bindings))
    return scene


def pass_through(scene, sensor, end_ms, *, people_in, people_out=0, length_ms=60_000):
    reading = Reading(
        kind="interval", sensor=sensor, channel="1", start=end_ms - length_ms, end=end_ms,
        count_in=people_in, count_out=people_out,
    )  # fmt: skip
    scene.clock.step_to(end_ms)
    scene.run(columns([reading], register=scene.register, t_received_ms=end_ms)[0])
    scene.tick(end_ms)


def test_passages_are_the_mean_of_the_five_whole_minutes_before_the_newest_count():
    scene, start = gate_scene(), 1_772_409_600_000
    for minute in range(1, 8):
        pass_through(scene, "A", start + minute * 60_000, people_in=10 * minute, people_out=2)
    assert scene.view().passage_share[0] == pytest.approx((30 + 40 + 50 + 60 + 70 + 10) / 5 / 60)
    pass_through(
        scene, "A", start + 450_000, people_in=90, length_ms=30_000
    )  # half a minute does not count yet
    assert scene.view().passage_share[0] == pytest.approx((30 + 40 + 50 + 60 + 70 + 10) / 5 / 60)
    assert np.isnan(scene.view().passage_share[1])  # no capacity is declared there


def test_passages_without_direction_add_up_and_leave_the_number_inside_alone():
    scene, start = gate_scene(), 1_772_409_600_000
    pass_through(scene, "A", start, people_in=20, people_out=5)
    pass_through(scene, "B", start, people_in=100, people_out=25)
    view = scene.view()
    assert view.occupancy[0] == 15 and view.passage_share[0] == pytest.approx(150 / 5 / 60)
    pass_through(scene, "B", start, people_in=100, people_out=25)  # sent again
    assert scene.view().passage_share[0] == pytest.approx(150 / 5 / 60)


def test_between_two_reports_the_last_one_stands_and_silence_lowers_nothing():
    scene, start = gate_scene(), 1_772_409_600_000
    pass_through(scene, "B", start, people_in=300, length_ms=300_000)
    for minute in range(1, 60):
        scene.tick(start + minute * 60_000)
    assert scene.view().level[0] == "red" and scene.view().passage_share[0] == 1.0
