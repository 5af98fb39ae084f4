"""From the draft to its end, with a wound clock: two people, published once, lifted by a person, nothing leaks."""

from datetime import timedelta

import pytest

from anlan.domains.accounts.terms import Right
from anlan.domains.notices import actions, queries
from anlan.domains.notices.models import Notice, Showing
from anlan.domains.notices.terms import NoticeState, Refusal
from anlan.domains.notices.tests.conftest import NOW, UNTIL, add_person, draft_at, publish, sha, sign, submit
from anlan.kit.actions import Refused
from anlan.kit.models import Change, Message
from anlan.kit.tables import TABLES, set_row

LATER = NOW + timedelta(minutes=30)


def test_a_draft_takes_the_texts_of_its_template_with_the_places_put_in(town, draft):
    assert draft.headline_zh == "示范广场人流较大，请错峰前往"
    assert draft.headline_en == "Demo Square is crowded: please come later"
    assert (draft.state, draft.number, draft.hazard) == ("draft", None, "crowd")


def test_two_people_and_then_it_is_public_everywhere(town, draft):
    notice = publish(draft, town)
    assert (notice.state, notice.number) == ("published", "2026-0001")
    assert [one.pk for one in queries.current_notices(now=NOW)] == [notice.pk]
    message = Message.objects.get()
    assert message.channel == town.group
    assert message.title == notice.headline_zh
    assert message.link == "https://anlan.example/notice/2026-0001/"
    assert "2026-0001" in message.text
    assert message.send_by == UNTIL
    frames = queries.frames_of(town.screen, now=NOW)
    assert {one["language"] for one in frames} == {"zh", "en"}
    assert all(one["number"] == "2026-0001" for one in frames)


def test_each_step_leaves_one_change_row(town, draft):
    publish(draft, town)
    deeds = [change.what for change in Change.objects.of(draft)]
    assert deeds == ["notices.publish", "notices.sign", "notices.submit", "notices.draft"]


@pytest.mark.parametrize("who", ["drafter", "second"])
def test_the_second_person_must_be_another_and_of_the_publicity_department(town, draft, who):
    submit(draft, town)
    with pytest.raises(Refused):
        sign(draft, town, by=getattr(town, who))
    assert not queries.current_notices(now=NOW)


def test_a_district_names_its_own_signers(town, draft):
    submit(draft, town)
    with pytest.raises(Refused, match="publicity"):
        sign(draft, town, by=town.second)
    chief = add_person("chief", town.top, [Right.VIEW, Right.TABLES_EDIT])
    set_row(
        TABLES["notices.signers"], by=chief, now=NOW, row_key="tip", values={"roles": "second", "most_days": 7},
        clause="本区规定第一条", why="试",
    )  # fmt: skip
    assert sign(draft, town, by=town.second).state == "signed"


def test_what_the_signer_did_not_see_is_not_signed(town, draft):
    submit(draft, town)
    seen = sha(queries.frozen_of(draft))
    Notice.objects.filter(pk=draft.pk).update(headline_zh="别的话")
    with pytest.raises(Refused, match="核对"):
        actions.sign_notice(draft, by=town.signer, now=NOW, seen_sha256=seen)


@pytest.mark.parametrize("words", [{"headline_zh": "别的话"}, {"outlets": ["web"]}, {"places": []}])
def test_a_signature_falls_with_any_change(town, draft, words):
    signed = sign(submit(draft, town), town)
    assert signed.frozen_sha256 == sha(signed.frozen_text)
    edited = actions.edit_notice(signed, by=town.drafter, now=NOW, **words).subject
    assert (edited.state, edited.frozen_text, edited.signed_by_id) == ("draft", "", None)
    with pytest.raises(Refused):
        actions.publish_notice(edited, by=town.drafter, now=NOW)


def test_what_was_changed_beside_the_actions_is_not_published(town, draft):
    signed = sign(submit(draft, town), town)
    Notice.objects.filter(pk=signed.pk).update(instruction_zh="别的话")
    with pytest.raises(Refused, match=str(Refusal.TEXT_CHANGED)):
        actions.publish_notice(signed, by=town.drafter, now=NOW)


def test_saving_the_same_words_keeps_the_signature(town, draft):
    signed = sign(submit(draft, town), town)
    with pytest.raises(Refused):
        actions.edit_notice(signed, by=town.drafter, now=NOW, headline_zh=signed.headline_zh)
    signed.refresh_from_db()
    assert signed.state == "signed"


def test_published_once_whoever_presses_again(town, draft):
    signed = sign(submit(draft, town), town)
    actions.publish_notice(signed, by=town.drafter, now=NOW)
    with pytest.raises(Refused):
        actions.publish_notice(signed, by=town.signer, now=NOW)
    assert Message.objects.count() == 1


def test_the_machine_only_drafts(town):
    notice = draft_at(town, by=town.drafter, source={"kind": "crowd.warning", "id": "1", "name": "红色"})
    machine = actions.draft_notice(town.parks, by=None, now=NOW, template="crowd-busy", places=[town.square])
    assert machine.subject.drafted_by is None
    assert [one.outlet for one in machine.subject.targets.all()] == ["web", f"display:{town.screen.pk}"]
    for act, words in (
        (actions.submit_notice, {}),
        (actions.sign_notice, {"seen_sha256": ""}),
        (actions.publish_notice, {}),
        (actions.lift_notice, {"why": "试"}),
        (actions.drop_notice, {"why": "试"}),
    ):
        with pytest.raises(Refused):
            act(notice, by=None, now=NOW, **words)


def test_a_machines_draft_still_needs_two_people(town):
    draft = actions.draft_notice(
        town.parks, by=None, now=NOW, template="crowd-busy", places=[town.square], expires_at=UNTIL
    ).subject
    actions.submit_notice(draft, by=town.signer, now=NOW)
    with pytest.raises(Refused, match=str(Refusal.SAME_PERSON)):
        sign(draft, town)


def test_lifted_by_a_person_and_told_where_it_was_told(town, draft):
    notice = publish(draft, town)
    with pytest.raises(Refused, match=str(Refusal.NEEDS_REASON)):
        actions.lift_notice(notice, by=town.signer, now=LATER, why=" ")
    with pytest.raises(Refused):
        actions.lift_notice(notice, by=town.drafter, now=LATER, why="人流回落")
    lifted = actions.lift_notice(notice, by=town.signer, now=LATER, why="人流回落").subject
    assert (lifted.state, lifted.ended_at, lifted.ended_by) == ("lifted", LATER, town.signer)
    assert not queries.current_notices(now=LATER)
    assert queries.frames_of(town.screen, now=LATER) == []
    told = Message.objects.order_by("id").last()
    assert told.title.startswith("【解除】")
    assert told.channel == town.group
    with pytest.raises(Refused):
        actions.lift_notice(notice, by=town.signer, now=LATER, why="再按一次")
    assert Message.objects.count() == 2


def test_an_update_takes_the_place_of_one_that_holds(town, draft):
    notice = publish(draft, town)
    update = actions.draft_update(notice, by=town.drafter, now=LATER).subject
    assert (update.updates, update.state) == (notice, "draft")
    assert set(update.targets.values_list("outlet", flat=True)) == set(
        notice.targets.values_list("outlet", flat=True)
    )
    with pytest.raises(Refused, match="更正稿"):
        actions.draft_update(notice, by=town.drafter, now=LATER)
    assert queries.current_notices(now=LATER).get() == notice
    newer = publish(update, town, now=LATER)
    notice.refresh_from_db()
    assert (notice.state, newer.number) == ("updated", "2026-0002")
    assert queries.current_notices(now=LATER).get() == newer
    assert queries.successor(notice) == newer
    assert Message.objects.order_by("id").last().title.startswith("【更正】")


def test_an_update_of_what_was_lifted_meanwhile_is_refused(town, draft):
    notice = publish(draft, town)
    update = actions.draft_update(notice, by=town.drafter, now=LATER).subject
    signed = sign(submit(update, town, now=LATER), town, now=LATER)
    actions.lift_notice(notice, by=town.signer, now=LATER, why="试")
    with pytest.raises(Refused, match="2026-0001"):
        actions.publish_notice(signed, by=town.drafter, now=LATER)


def test_what_has_run_out_is_not_shown_even_before_the_sweep(town, draft):
    notice = publish(draft, town)
    assert queries.current_notices(now=UNTIL - timedelta(seconds=1))
    assert not queries.current_notices(now=UNTIL)
    assert queries.public_state(notice, now=UNTIL) == NoticeState.EXPIRED


def test_a_later_beginning_is_waited_for(town, draft):
    actions.edit_notice(draft, by=town.drafter, now=NOW, effective_at=LATER)
    publish(draft, town)
    assert not queries.current_notices(now=NOW)
    assert queries.current_notices(now=LATER)


def test_nothing_of_an_exercise_leaves(town):
    draft = draft_at(
        town, scene="exercise:1", outlets=["web", f"display:{town.screen.pk}", f"channel:{town.group.pk}"]
    )
    publish(draft, town)
    assert not queries.current_notices(now=NOW)
    assert not queries.told_notices()
    assert queries.frames_of(town.screen, now=NOW) == []
    message = Message.objects.get()
    assert (message.state, message.title[:4]) == ("rehearsed", "【演练】")


def test_the_receipt_of_a_display_is_written_once(town, draft):
    notice = publish(draft, town)
    for after_s in (2, 7, 30):
        now = NOW + timedelta(seconds=after_s)
        town.screen.refresh_from_db()
        actions.hear(town.screen, now=now, shown=queries.notices_on(town.screen, now=now))
    showing = Showing.objects.get()
    assert (showing.first_at, showing.last_at) == (NOW + timedelta(seconds=2), NOW + timedelta(seconds=30))
    assert Change.objects.filter(what="notices.record_shown").count() == 1
    by_outlet = {one.target.outlet: one for one in queries.receipts(notice, now=now)}
    assert by_outlet[f"display:{town.screen.pk}"].state == "shown"
    assert by_outlet["web"].state == "public"
    assert by_outlet[f"channel:{town.group.pk}"].state == "queued"
    assert by_outlet["weibo"].awaits_report


def test_sending_again_is_another_key(town, draft):
    notice = publish(draft, town)
    target = notice.targets.get(kind="channel")
    actions.send_again(target, by=town.drafter, now=LATER)
    keys = list(Message.objects.order_by("id").values_list("key", flat=True))
    assert [key.rsplit("/", 1)[1] for key in keys] == ["1", "2"]
    actions.lift_notice(notice, by=town.signer, now=LATER, why="试")
    with pytest.raises(Refused):
        actions.send_again(target, by=town.drafter, now=LATER)


def test_what_a_person_published_by_hand_is_reported_once(town, draft):
    target = publish(draft, town).targets.get(kind="weibo")
    with pytest.raises(Refused, match=str(Refusal.ADDRESS_FORM)):
        actions.report_published(target, by=town.drafter, now=LATER, address="javascript:alert(1)")
    done = actions.report_published(
        target, by=town.drafter, now=LATER, address="https://weibo.example/1"
    ).subject
    assert (done.address, done.reported_by) == ("https://weibo.example/1", town.drafter)
    with pytest.raises(Refused):
        actions.report_published(target, by=town.drafter, now=LATER, address="https://weibo.example/2")


def warning(town, **fields):
    full = {
        "sender_name": "示范区人民政府", "sender_code": "31010141600000", "event_type": "11B06", "colour": "Blue",
        "channels": "广播、网站", "special_places": "电话告知学校、医院", "legal_basis": "", "copied_to": "市应急局",
    }  # fmt: skip
    return actions.draft_notice(
        town.parks, by=town.drafter, now=NOW, kind="statutory_warning", template="wind", places=[town.square],
        expires_at=UNTIL, fields=full | fields,
    ).subject  # fmt: skip


def test_a_coloured_warning_is_never_published_here_only_handed_over(town):
    signed = sign(submit(warning(town), town), town)
    with pytest.raises(Refused, match=str(Refusal.STATUTORY_NOT_HERE)):
        actions.publish_notice(signed, by=town.drafter, now=NOW)
    with pytest.raises(Refused, match=str(Refusal.TAKER_MISSING)):
        actions.hand_over(signed, by=town.drafter, now=NOW, taken_by="")
    given = actions.hand_over(signed, by=town.drafter, now=LATER, taken_by="市预警中心 值班员甲").subject
    assert (given.state, given.taken_at, given.taken_by) == ("handed_over", LATER, "市预警中心 值班员甲")
    assert not queries.current_notices(now=LATER)
    assert not queries.told_notices()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "lacking", ["sender_name", "sender_code", "event_type", "colour", "channels", "special_places"]
)
def test_a_warning_without_a_statutory_field_is_not_submitted(town, lacking):
    with pytest.raises(Refused, match="法定要素"):
        actions.submit_notice(warning(town, **{lacking: ""}), by=town.drafter, now=NOW)


def test_nobody_drafts_beyond_his_reach(town):
    with pytest.raises(Refused, match="示范广场"):
        actions.draft_notice(town.trade, by=town.trader, now=NOW, places=[town.square])
    with pytest.raises(Refused):
        actions.draft_notice(town.trade, by=town.trader, now=NOW, outlets=[f"display:{town.screen.pk}"])
    with pytest.raises(Refused):
        actions.draft_notice(town.parks, by=town.trader, now=NOW)


def test_templates_have_versions_and_the_newest_holds(town):
    texts = dict(queries.find_advice("fire").texts) | {"headline_zh": "本区火情"}
    row = actions.keep_template(
        town.top, by=town.signer, now=NOW, code="fire", hazard="fire", texts=texts
    ).subject
    assert (row.version, queries.find_advice("fire").texts["headline_zh"]) == (1, "本区火情")
    with pytest.raises(Refused):
        actions.keep_template(town.top, by=town.signer, now=NOW, code="fire", hazard="fire", texts=texts)
    actions.withdraw_template(town.top, by=town.signer, now=NOW, code="fire", why="改用市级")
    assert "fire" not in {one.code for one in queries.advice_list()}


def test_a_displays_token_is_given_once_and_renewed(town):
    token = town.screen.token
    assert queries.find_display(token) == town.screen
    assert token not in str(list(type(town.screen).objects.values()))
    renewed = actions.renew_display(town.screen, by=town.signer, now=NOW).subject
    assert queries.find_display(token) is None
    assert queries.find_display(renewed.token) == town.screen
    actions.retire_display(town.screen, by=town.signer, now=NOW, why="拆除")
    assert queries.find_display(renewed.token) is None
