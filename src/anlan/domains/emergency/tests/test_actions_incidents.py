"""Incidents with a wound clock: opened, led, ended, merged, split, reopened; each step leaves one change row."""

import pytest

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Incident, IncidentAlarm
from anlan.domains.emergency.terms import IncidentState
from anlan.domains.emergency.tests.incident_town import NOW, after, build, end, open_one, report
from anlan.kit.actions import Refused
from anlan.kit.models import Change


@pytest.fixture
def town(db):
    return build()


def test_it_is_opened_without_a_level_and_with_a_number(town):
    first, second = open_one(town), open_one(town, title="另一起")
    assert (first.number, second.number) == ("2026-0001", "2026-0002")
    assert (first.level, first.response_level, first.state) == ("", "", "reported")
    assert Change.objects.count() == 2


def test_the_machine_never_opens_nor_grades(town):
    incident = open_one(town)
    for act, words in [
        (actions.open_incident, {"title": "x", "kind": "security", "place": town.square, "known_at": NOW}),
        (actions.grade_incident, {"level": "I"}), (actions.change_level, {"level": "I"}),
        (actions.activate_plan, {"plan_name": "x", "response_level": "I"}), (actions.end_incident, {}),
        (actions.declare_false, {}), (actions.raise_response, {"response_level": "I"}),
    ]:  # fmt: skip
        subject = town.top if act is actions.open_incident else incident
        with pytest.raises(Refused, match="人完成"):
            act(subject, by=None, now=NOW, **words)


def test_each_scene_has_its_own_numbers(town):
    open_one(town)
    rehearsed = open_one(town, scene="exercise:1")
    assert rehearsed.number == "2026-0001"
    assert Change.objects.of(rehearsed).get().scene == "exercise:1"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"title": " "}, "名称"), ({"place": None}, "地点"), ({"known_at": after(5)}, "晚于现在"),
        ({"happened_at": after(5)}, "晚于现在"), ({"lon": 121.0}, "经度"),
        ({"known_at": after(-20), "happened_at": after(-10)}, "早于发生"),
        ({"case_kind": "110"}, "编号"), ({"case_number": "5"}, "类别"),
        ({"case_kind": "110", "case_number": "<b>"}, "字母"),
    ],
)  # fmt: skip
def test_unsound_words_are_refused(town, words, why):
    with pytest.raises(Refused, match=why):
        open_one(town, **words)
    assert not Incident.objects.exists()


def test_who_lacks_the_right_is_refused(town):
    with pytest.raises(Refused, match="权限"):
        open_one(town, by=town.reader)
    with pytest.raises(Refused, match="权限"):
        actions.grade_incident(open_one(town), by=town.gardener, now=NOW, level="IV")


def test_the_whole_life(town):
    incident = open_one(town)
    act = {"by": town.officer, "now": NOW}
    incident = actions.grade_incident(incident, level="III", **act).subject
    with pytest.raises(Refused, match="不能初步定级"):
        actions.grade_incident(incident, level="II", **act)
    report(town, incident)
    incident.refresh_from_db()
    assert incident.state == IncidentState.FIRST_REPORTED
    incident = actions.activate_plan(
        incident, plan_name="大客流专项预案", response_level="III", **act
    ).subject
    with pytest.raises(Refused, match="现场指挥长"):
        actions.set_up_command(incident, **act)
    actions.assign_role(incident, role="commander", person=town.leader, **act)
    incident = actions.set_up_command(incident, **act).subject
    incident = actions.raise_response(incident, response_level="II", why="人数上升", **act).subject
    with pytest.raises(Refused, match="低于现响应级别"):
        actions.lower_response(incident, response_level="I", why="x", **act)
    incident = actions.bring_under_control(incident, **act).subject
    incident = actions.lower_response(incident, response_level="IV", why="人群散去", **act).subject
    with pytest.raises(Refused, match="终报"):
        actions.end_incident(incident, **act)
    report(town, incident, "final")
    incident = actions.end_incident(incident, **act).subject
    incident = actions.review_incident(incident, review="增派早了十分钟更好", **act).subject
    incident = actions.file_incident(incident, **act).subject
    assert incident.state == IncidentState.FILED
    told = [change.what for change in Change.objects.of(incident).order_by("id")]
    assert len(told) == len(set(told)) == 10


def test_an_end_after_a_reopening_needs_another_final_report(town):
    incident = end(town, open_one(town))
    incident = actions.reopen_incident(incident, by=town.officer, now=after(60), why="又有人聚集").subject
    assert (incident.state, incident.ended_at) == ("first_reported", None)
    incident = actions.bring_under_control(incident, by=town.officer, now=after(61)).subject
    with pytest.raises(Refused, match="终报"):
        actions.end_incident(incident, by=town.officer, now=after(62))
    report(town, incident, "final", now=after(63))
    assert actions.end_incident(incident, by=town.officer, now=after(64)).subject.state == "ended"


def test_an_end_waits_for_teams_in_the_field(town):
    incident = open_one(town)
    check = actions.start_check(incident, by=town.officer, now=NOW, team="一组", people=8).subject
    with pytest.raises(Refused, match="1 支队伍"):
        actions.declare_false(incident, by=town.officer, now=NOW, why="x")
    actions.stop_check(check, by=town.officer, now=NOW, why="归队")
    assert actions.declare_false(incident, by=town.officer, now=NOW, why="误报").subject.state == "false"


def test_a_case_number_belongs_to_one_incident(town):
    incident = open_one(town, case_kind="110", case_number=" 2026 0301a ")
    assert queries.find_case("110", "20260301A").incident == incident
    with pytest.raises(Refused, match="已属于突发事件 2026-0001"):
        open_one(town, case_kind="110", case_number="20260301A")
    other = open_one(town, case_kind="119", case_number="20260301A")
    with pytest.raises(Refused, match="并案"):
        actions.add_case(other, by=town.officer, now=NOW, case_kind="110", case_number="20260301a")


def test_a_call_with_a_known_case_number_joins_its_incident(town):
    incident = open_one(town, case_kind="110", case_number="7001")
    words = {"caller_sort": "resident", "caller_name": "匿名", "what": "广场很挤", "called_at": after(-30)}
    call = actions.log_call(
        town.top, by=town.officer, now=NOW, case_kind="110", case_number="7001", **words
    ).subject
    assert (call.incident, call.number) == (incident, "20260301-001")
    entry = next(entry for entry in queries.timeline(incident) if entry.kind == "call")
    assert (entry.at, entry.is_late) == (after(-30), True)
    early = actions.log_call(
        town.top, by=town.officer, now=NOW, case_kind="120", case_number="9", **words
    ).subject
    assert early.incident is None
    actions.add_case(incident, by=town.officer, now=NOW, case_kind="120", case_number="9")
    early.refresh_from_db()
    assert early.incident == incident
    with pytest.raises(Refused, match="已关联"):
        actions.link_call(early, by=town.officer, now=NOW, incident=incident)
    corrected = actions.correct_call(early, by=town.officer, now=NOW, why="听错", what="很挤，有人跌倒")
    assert corrected.before["what"] == "广场很挤"


def test_figures_keep_what_is_known_and_never_go_back(town):
    incident = open_one(town)
    actions.update_figures(incident, by=town.officer, now=NOW, figures_at=NOW, injured=3)
    actions.update_figures(incident, by=town.officer, now=after(10), injured=5, killed=0)
    incident.refresh_from_db()
    assert (incident.injured, incident.killed, incident.missing, incident.figures_at) == (
        5,
        0,
        None,
        after(10),
    )
    with pytest.raises(Refused, match="更早的数字"):
        actions.update_figures(incident, by=town.officer, now=after(20), figures_at=after(5), injured=1)
    with pytest.raises(Refused, match="至少"):
        actions.update_figures(incident, by=town.officer, now=after(20))


def test_corrections_are_added(town):
    incident = open_one(town)
    change = actions.note_incident(
        incident, by=town.officer, now=NOW, text="到场十人", happened_at=after(-15)
    )
    actions.correct_entry(incident, by=town.leader, now=after(1), entry=change, text="到场十二人")
    entries = queries.timeline(incident)
    noted = next(entry for entry in entries if entry.change_id == change.pk)
    assert noted.is_late and "到场十人" in noted.text and "到场十二人" in noted.corrections[0]
    assert [entry.kind for entry in entries] == ["note", "state", "correction"]


def test_merged_ones_keep_both_numbers_and_every_entry(town):
    first, second = open_one(town), open_one(town, title="路口拥堵")
    order = actions.issue_order(second, by=town.officer, now=NOW, text="疏导", to=town.police).subject
    before = {entry.change_id for one in (first, second) for entry in queries.timeline(one)}
    second = actions.merge_incident(second, by=town.officer, now=after(1), into=first, why="同一人群").subject
    story = queries.timeline(first)
    assert before < {entry.change_id for entry in story}
    assert {entry.number for entry in story} == {"2026-0001", "2026-0002"}
    assert {entry.change_id for entry in queries.timeline(second)} >= {
        change.pk for change in Change.objects.of(order)
    }
    actions.receive_order(order, by=town.sergeant, now=after(2))
    actions.issue_order(second, by=town.officer, now=after(2), text="再派", to=town.fire)
    assert len(queries.orders_of(first, after(2))) == 2
    with pytest.raises(Refused, match="并入自己"):
        actions.merge_incident(first, by=town.officer, now=after(3), into=second, why="x")
    with pytest.raises(Refused, match="不能并案"):
        actions.merge_incident(second, by=town.officer, now=after(3), into=first, why="x")


def test_a_merge_stays_within_one_scene_and_within_reach(town):
    first, rehearsed = open_one(town), open_one(town, scene="exercise:1")
    with pytest.raises(Refused, match="演练"):
        actions.merge_incident(rehearsed, by=town.officer, now=NOW, into=first, why="x")
    own = actions.open_incident(
        town.parks, by=town.gardener, now=NOW, title="树倒", kind="accident", place=town.square, known_at=NOW
    ).subject
    with pytest.raises(Refused, match="上级值班室"):
        actions.merge_incident(own, by=town.gardener, now=NOW, into=first, why="x")


def test_a_split_takes_named_entries_along(town):
    incident = open_one(town)
    taken = actions.note_incident(incident, by=town.officer, now=NOW, text="地铁口有人跌倒")
    left = actions.note_incident(incident, by=town.officer, now=NOW, text="广场秩序正常")
    words = {"title": "地铁口跌倒", "why": "另一地点"}
    made = actions.split_incident(
        incident, by=town.officer, now=after(1), entries=[taken.pk], **words
    ).subject
    story = {entry.change_id: entry for entry in queries.timeline(made)}
    assert taken.pk in story and left.pk not in story and story[taken.pk].number == incident.number
    old = {entry.change_id for entry in queries.timeline(incident)}
    assert {taken.pk, left.pk, Change.objects.of(made).get().pk} <= old
    other = actions.note_incident(open_one(town), by=town.officer, now=NOW, text="别处")
    with pytest.raises(Refused, match="不属于"):
        actions.split_incident(incident, by=town.officer, now=after(1), entries=[other.pk], **words)


def test_alarms_are_linked_once(town):
    alarm = actions.raise_alarm(
        town.parks, by=town.gardener, now=NOW, origin="phone", level="red", why="很挤", place=town.square
    ).subject
    incident = open_one(town, alarms=[alarm])
    assert IncidentAlarm.objects.get().incident == incident
    assert "alarm" in {entry.kind for entry in queries.timeline(incident)}
    with pytest.raises(Refused, match="已经关联"):
        actions.link_alarm(incident, by=town.officer, now=NOW, alarm=alarm)
    actions.unlink_alarm(incident, by=town.officer, now=NOW, alarm=alarm, why="另一处")
    assert not IncidentAlarm.objects.exists()


def test_corrected_facts_keep_what_stood_before(town):
    incident = open_one(town)
    with pytest.raises(Refused, match="理由"):
        actions.correct_incident(incident, by=town.officer, now=NOW, why="", known_at=after(-5))
    change = actions.correct_incident(incident, by=town.officer, now=NOW, why="核对录音", known_at=after(-5))
    assert set(change.after) == {"known_at"}
    assert change.subject.known_at == after(-5)
