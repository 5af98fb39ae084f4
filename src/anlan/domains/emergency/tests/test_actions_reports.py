"""Reports with a wound clock: written, signed by another, frozen, sent; leaders' instructions relayed and done."""

import pytest

from anlan.domains.emergency import actions, queries
from anlan.domains.emergency.models import Relay, Report
from anlan.domains.emergency.tests.incident_town import NOW, after, build, end, open_one, report
from anlan.kit.actions import Refused
from anlan.kit.documents import documents_of
from anlan.kit.followups import find_follow_up, follow_ups_about
from anlan.kit.models import Change

WORDS = {"situation": "广场拥挤", "measures": "已派十人"}


@pytest.fixture
def town(db):
    return build()


def draft(town, incident, **words):
    return actions.write_report(
        incident, by=town.officer, now=NOW, sort="first", sections=WORDS | words
    ).subject


def test_whoever_wrote_or_changed_it_cannot_sign_it(town):
    row = draft(town, open_one(town))
    row = actions.change_report(row, by=town.leader, now=NOW, sections=WORDS | {"next": "继续"}).subject
    row = actions.submit_report(row, by=town.officer, now=NOW).subject
    with pytest.raises(Refused, match="拟稿人"):
        actions.sign_report(row, by=town.leader, now=NOW, seen=queries.digest_of(row))
    with pytest.raises(Refused, match="权限"):
        actions.sign_report(row, by=town.officer, now=NOW, seen=queries.digest_of(row))


def test_a_signature_holds_for_the_words_that_were_read(town):
    incident = open_one(town)
    row = actions.submit_report(draft(town, incident), by=town.officer, now=NOW).subject
    seen = queries.digest_of(row)
    row = actions.return_report(row, by=town.leader, now=NOW, why="补充伤亡").subject
    assert row.remark == "补充伤亡"
    actions.update_figures(incident, by=town.officer, now=NOW, injured=2)
    row = actions.submit_report(row, by=town.officer, now=NOW).subject
    with pytest.raises(Refused, match="重新阅读"):
        actions.sign_report(row, by=town.leader, now=NOW, seen=seen)
    row = actions.sign_report(row, by=town.leader, now=NOW, seen=queries.digest_of(row)).subject
    assert ["伤亡损失", "受伤人数 2（截至 2026-03-01 20:00）"] in row.facts
    assert queries.is_untouched(row)
    Report.objects.filter(pk=row.pk).update(sections={"situation": "别的"})
    assert not queries.is_untouched(Report.objects.get())


def test_a_signed_report_is_frozen(town):
    row = report(town, open_one(town))
    for act, words in [
        (actions.change_report, {"sections": WORDS}), (actions.submit_report, {}),
        (actions.drop_report, {"why": "x"}), (actions.return_report, {"why": "x"}),
    ]:  # fmt: skip
        with pytest.raises(Refused, match="不能"):
            act(row, by=town.leader, now=NOW, **words)


def test_facts_are_drawn_when_it_is_submitted_and_stand_still(town):
    incident = open_one(town)
    row = actions.submit_report(draft(town, incident), by=town.officer, now=NOW).subject
    actions.update_figures(incident, by=town.officer, now=NOW, killed=1)
    assert ["伤亡损失", "尚无统计"] in Report.objects.get(pk=row.pk).facts


def test_a_first_report_signed_before_anybody_could_grade(town):
    incident = open_one(town)
    report(town, incident)
    incident.refresh_from_db()
    assert incident.state == "reported"
    assert (
        actions.grade_incident(incident, by=town.officer, now=NOW, level="IV").subject.state
        == "first_reported"
    )


def test_the_first_sending_counts_and_the_judgement_is_kept(town):
    incident = open_one(town)
    row = report(town, incident, sent_at=NOW)
    row = actions.send_report(row, by=town.officer, now=after(90), sent_to="市委值班室").subject
    assert row.sent_at == NOW and [one["to"] for one in row.sendings] == ["市总值班室", "市委值班室"]
    kept = Change.objects.of(row).filter(what="emergency.send_report").last().after
    assert {one["rule"] for one in kept["limits"]} == {"SH-ORAL", "SH-WRITE"} and kept["tables"]
    assert [line.stand.state for line in queries.limits_of(incident, after(99))] == ["met", "met"]


def test_late_is_said(town):
    incident = open_one(town)
    report(town, incident, now=after(61))
    lines = queries.limits_of(incident, after(61))
    assert [(line.stand.state, line.late_min) for line in lines] == [("met_late", 31), ("met_late", 1)]


def test_follow_ups_wait_for_the_first(town):
    incident = open_one(town)
    with pytest.raises(Refused, match="初报"):
        actions.write_report(incident, by=town.officer, now=NOW, sort="follow_up", sections=WORDS)
    with pytest.raises(Refused, match="基本情况"):
        draft(town, incident, situation=" ")
    draft(town, incident)
    with pytest.raises(Refused, match="已有初报"):
        draft(town, incident)


def test_a_report_becomes_a_document_once(town, settings, tmp_path):
    settings.DATA = tmp_path
    row = draft(town, open_one(town))
    with pytest.raises(Refused, match="签发后"):
        actions.draw_report(row, by=town.officer, now=NOW)
    row = actions.submit_report(row, by=town.officer, now=NOW).subject
    row = actions.sign_report(row, by=town.leader, now=NOW, seen=queries.digest_of(row)).subject
    actions.draw_report(row, by=town.officer, now=after(1))
    made = documents_of(row).get()
    assert made.number == "示范区应急报〔2026〕1号" and made.values["sha256"] == row.sha256
    with pytest.raises(Refused, match="作废"):
        actions.draw_report(row, by=town.officer, now=after(2))


def test_an_instruction_is_relayed_read_and_done(town):
    incident = open_one(town)
    row = actions.enter_instruction(
        incident, by=town.officer, now=NOW, leader="区领导", text="确保安全"
    ).subject
    relay = actions.relay_instruction(row, by=town.officer, now=NOW, to=town.police, due_at=after(60)).subject
    with pytest.raises(Refused, match="已传达给公安分局"):
        actions.relay_instruction(row, by=town.officer, now=NOW, to=town.police)
    task = find_follow_up(f"emergency/relay/{relay.pk}")
    assert task.is_open and task.organisation == town.police
    for person, on_behalf_of in ((town.fireman, ""), (town.fireman, "甲"), (town.officer, "")):
        with pytest.raises(Refused, match="公安分局办理"):
            actions.read_relay(relay, by=person, now=after(1), on_behalf_of=on_behalf_of)
    change = actions.read_relay(
        relay, by=town.officer, now=after(5), on_behalf_of="分局值班员", happened_at=after(2)
    )
    assert (change.on_behalf_of, change.subject.read_at) == ("分局值班员", after(2))
    with pytest.raises(Refused, match="办理结果"):
        actions.finish_relay(relay, by=town.sergeant, now=after(10), feedback=" ")
    relay = actions.finish_relay(relay, by=town.sergeant, now=after(10), feedback="已增派二十人").subject
    assert (relay.state, relay.done_at) == ("done", after(10))
    assert not find_follow_up(f"emergency/relay/{relay.pk}").is_open
    with pytest.raises(Refused, match="不能再办理"):
        actions.read_relay(Relay.objects.get(), by=town.sergeant, now=after(11))


def test_what_is_to_become_better_is_followed_up(town):
    incident = end(town, open_one(town))
    words = {"owner_organisation": town.parks, "due_on": after(60 * 24 * 30).date()}
    actions.track_improvement(incident, by=town.officer, now=NOW, title="加设铁马", **words)
    actions.track_improvement(incident, by=town.officer, now=NOW, title="增设广播", **words)
    assert {one.title for one in follow_ups_about(incident)} == {"加设铁马", "增设广播"}
    with pytest.raises(Refused, match="早于今天"):
        actions.track_improvement(
            incident,
            by=town.officer,
            now=NOW,
            title="x",
            owner_organisation=town.parks,
            due_on=after(-2000).date(),
        )
