"""Pages of follow-ups and of one's matters: who gets what, what may be done there, files and hostile text."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from anlan.domains.accounts.models import Role
from anlan.kit import followups
from anlan.kit.models import Change, DigestWish, FollowUp
from anlan.kit.tests.conftest import add_person
from anlan.rulebook.clock import ZONE

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
HOSTILE = "<script>alert(1)</script>\"'=1+1"
PEOPLE = ("nobody", "stranger", "observer", "owner", "worker", "boss")
MATRIX = {
    # address: (state of the task, what is posted), then the answer to GET and to POST of each of PEOPLE; * it wrote
    "follow_ups": ("open", {}, "302 200 200 200 200 200", "302 405 405 405 405 405"),
    "follow_up": ("open", {"outcome": "已清理"}, "302 404 200 200 200 200", "302 404 404 302* 302* 302*"),
    "follow_up_hand_over": ("open", {"organisation": "branch", "owner": "", "why": "分工"}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
    "follow_up_extend": ("open", {"days": 3, "why": "等待材料"}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
    "follow_up_pause": ("open", {"why": "等待鉴定"}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
    "follow_up_resume": ("paused", {"why": ""}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
    "follow_up_return": ("done", {"why": "不到位"}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
    "follow_up_drop": ("open", {"why": "已关闭"}, "302 404 404 404 200 200", "302 404 404 404 302* 302*"),
}  # fmt: skip


@pytest.fixture
def people(town, monkeypatch):
    """A stranger of the annex, an observer, an owner without rights and a worker of the branch, the boss above."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    Role.objects.filter(code="manager").update(rights=["view", "followups.run"])
    viewer = Role.objects.get(code="viewer")
    return {
        "nobody": None, "stranger": add_person("stranger", town.annex, viewer), "observer": town.guest,
        "owner": add_person("owner", town.branch, viewer), "worker": town.clerk, "boss": town.boss,
    }  # fmt: skip


@pytest.fixture
def task(town, people):
    return open_task(town, people, "t/1")


def open_task(town, people, key, **words):
    words = {"title": "整改消防通道", "due": date(2026, 12, 4), "owner": people["owner"]} | words
    return followups.open_follow_up(
        town.annex, key=key, organisation=town.branch, link="/places/M/", by=town.boss, now=NOW - timedelta(days=1), **words
    )  # fmt: skip


def sign_in(client, person):
    if person:
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


def put(task, state, boss):
    if state == "paused":
        followups.pause_follow_up(task, by=boss, now=NOW, why="等待")
    if state == "done":
        followups.settle_follow_up(task.key, by=None, now=NOW)


@pytest.mark.parametrize("name", MATRIX)
def test_each_gets_what_is_his(client, town, people, task, name, alone):
    state, posted, getting, posting = MATRIX[name]
    put(task, state, people["boss"])
    address = reverse(f"kit:{name}", args=[] if name == "follow_ups" else [task.pk])
    words = posted | ({"organisation": town.branch.pk} if "organisation" in posted else {})
    for at, who in alone(PEOPLE):
        sign_in(client, people[who])
        before = Change.objects.count()
        answer = client.get(address)
        assert f"{answer.status_code}" == getting.split()[at], who
        assert Change.objects.count() == before, who
        answer = client.post(address, words)
        wrote = "*" if Change.objects.count() != before else ""
        assert f"{answer.status_code}{wrote}" == posting.split()[at], who
        assert Change.objects.count() <= before + 1, who


def read(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_is_narrowed_by_its_address(client, town, people, task):
    late = open_task(town, people, "t/2", title="报送季报", due=NOW - timedelta(days=3), owner=None)
    done = open_task(town, people, "t/3", title="培训计划")
    followups.settle_follow_up(done.key, by=None, now=NOW)
    sign_in(client, people["worker"])
    titles = ["整改消防通道", "报送季报", "培训计划"]

    def listed(query):
        text = read(client, f"/follow-ups/{query}")
        return [title for title in titles if title in text]

    assert listed("") == titles[:2]
    assert listed("?whose=mine") == ["报送季报"], "nobody owns it, and he may work on it"
    assert listed("?whose=ours&state=all") == titles
    assert listed("?state=overdue") == ["报送季报"] and late.title == "报送季报"
    assert listed("?state=done") == ["培训计划"]
    assert listed("?state=week") == []
    assert listed("?q=消防") == ["整改消防通道"]
    csv = client.get("/follow-ups/?state=all&format=csv")
    assert b"".join(csv.streaming_content).decode("utf-8-sig").count("\n") == 4


def test_a_refusal_is_told_on_the_page(client, people, task):
    sign_in(client, people["worker"])
    text = client.post(f"/follow-ups/{task.pk}/extend/", {"days": 400, "why": "等"}).content.decode()
    assert "365" in text
    text = client.post(f"/follow-ups/{task.pk}/pause/", {"why": " "}).content.decode()
    assert "请写明理由" in text
    text = client.post(f"/follow-ups/{task.pk}/", {"outcome": ""}).content.decode()
    assert "这个字段是必填项" in text or 'class="wrong"' in text
    assert FollowUp.objects.get().state == "open"


def test_one_tells_its_story(client, town, people, task):
    followups.extend_follow_up(task, by=people["worker"], now=NOW, days=3, why="等待材料")
    followups.hand_over_follow_up(task, by=people["worker"], now=NOW, owner=None, why="分工调整")
    text = read(sign_in(client, people["owner"]), f"/follow-ups/{task.pk}/")
    for words in ("2026-12-07 到期", "延长 3 天", "等待材料", "分工调整", "别馆", "登记跟踪事项"):
        assert words in text, words


def test_hostile_text_is_inert(client, town, people):
    row = open_task(town, people, "t/9", title=HOSTILE)
    followups.extend_follow_up(row, by=people["worker"], now=NOW, days=3, why=HOSTILE)
    sign_in(client, people["owner"])
    for address in ("/follow-ups/", f"/follow-ups/{row.pk}/", "/my-matters/", "/"):
        assert "<script>alert(1)" not in read(client, address)
    csv = client.get("/follow-ups/?format=csv")
    assert "\n'=" not in b"".join(csv.streaming_content).decode("utf-8-sig").split("\n", 1)[0]


def test_nobody_s_matters_are_nobody_s(client, town):
    assert (
        client.get("/my-matters/").status_code
        == client.post("/my-matters/", {"at": "09:00"}).status_code
        == 302
    )
    assert not DigestWish.objects.exists()


def test_my_matters_and_the_first_page_tell_what_is_mine(client, town, people, task):
    for address in ("/my-matters/", "/"):
        text = read(sign_in(client, people["owner"]), address)
        assert "整改消防通道" in text and "新交办" in text
    assert "整改消防通道" not in read(sign_in(client, people["stranger"]), "/my-matters/")
    assert "没有逾期" in read(client, "/my-matters/")


def test_one_s_digest_is_set_there(client, people):
    sign_in(client, people["owner"])
    answer = client.post("/my-matters/", {"at": "09:15", "on_rest_days": "on"})
    assert answer.status_code == 302
    wish = DigestWish.objects.get()
    assert (wish.person, wish.is_on, f"{wish.at:%H:%M}", wish.on_rest_days) == (
        people["owner"],
        False,
        "09:15",
        True,
    )
    text = client.post("/my-matters/", {"is_on": "on", "at": "22:00"}).content.decode()
    assert "夜间不发送" in text and not DigestWish.objects.get().is_on


def test_in_english(client, people, task):
    client.cookies["django_language"] = "en"
    text = read(sign_in(client, people["worker"]), f"/follow-ups/{task.pk}/")
    assert "Hand over" in text and "due 2026-12-04" in text and "跟踪事项" not in text
