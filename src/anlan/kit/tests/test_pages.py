"""The pages of long work and of changes, through the front door."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from anlan.kit import jobs
from anlan.kit.actions import action, done, note
from anlan.kit.models import Job

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)


@pytest.fixture
def signed_in(client):
    """`signed_in(person)`: the client, signed in as that person."""

    def sign_in(person):
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return sign_in


@pytest.fixture
def rename(verbs):
    """An action whose changes the list shows."""

    @action("test.rename", label="更名")
    def rename(organisation, *, by, now, name):
        before = note(organisation, "name")
        organisation.name = name
        organisation.save()
        return done(organisation, before=before)

    return rename


@pytest.fixture
def queued(town, doers):
    """A job that the branch's clerk asked for."""
    jobs.job("test.count")(lambda asked, report: {"counted": 3})
    return jobs.ask("test.count", title="数一数", by=town.clerk, now=NOW)


@pytest.mark.parametrize(("who", "sees"), [("clerk", True), ("boss", True), ("guest", False)])
def test_a_job_is_seen_by_who_asked_and_by_who_manages_him(town, queued, signed_in, who, sees):
    client = signed_in(getattr(town, who))
    assert ("数一数" in client.get(reverse("kit:jobs")).content.decode()) is sees
    for page in ("job", "job_state"):
        assert client.get(reverse(f"kit:{page}", args=[queued.pk])).status_code == (200 if sees else 404)
    assert client.post(reverse("kit:cancel_job", args=[queued.pk])).status_code == (302 if sees else 404)


def test_the_state_of_a_job_is_told_as_the_page_asks_for_it(town, queued, signed_in):
    client = signed_in(town.clerk)
    address = f"/jobs/{queued.pk}.json"
    Job.objects.update(done_steps=1, total_steps=4, note="第一步")
    told = client.get(address).json()
    assert (told["open"], told["label"], told["done_steps"], told["total_steps"]) == (True, "排队中", 1, 4)
    jobs.run_one(NOW)
    told = client.get(address).json()
    assert (told["open"], told["state"], told["outcome"]) == (False, "done", {"counted": 3})
    assert client.get(address)["Cache-Control"] == "no-store"
    assert "counted" in client.get(f"/jobs/{queued.pk}/").content.decode()


def test_cancelling_is_a_post_and_happens(town, queued, signed_in):
    client = signed_in(town.clerk)
    address = reverse("kit:cancel_job", args=[queued.pk])
    assert client.get(address).status_code == 405
    assert client.post(address).url == f"/jobs/{queued.pk}/"
    queued.refresh_from_db()
    assert queued.state == "cancelled"
    assert "已经结束" in client.post(address, follow=True).content.decode()


def test_jobs_are_filtered_by_state(town, queued, signed_in):
    client = signed_in(town.clerk)
    assert "数一数" in client.get("/jobs/?state=queued").content.decode()
    assert "数一数" not in client.get("/jobs/?state=done").content.decode()


@pytest.mark.parametrize(("who", "sees"), [("boss", {"总", "分"}), ("clerk", {"分"}), ("guest", {"分"})])
def test_changes_are_read_where_one_may_view(town, rename, signed_in, who, sees):
    rename(town.root, by=town.boss, now=NOW, name="新总")
    rename(town.branch, by=town.clerk, now=NOW, name="新分")
    client = signed_in(getattr(town, who))
    text = client.get("/changes/").content.decode().split("<main", 1)[1]  # the frame names the top one
    assert {name for name in ("总", "分") if f"新{name}" in text} == sees
    exported = b"".join(client.get("/changes/?format=csv").streaming_content).decode()
    assert {name for name in ("总", "分") if f"新{name}" in exported} == sees
    assert "更名" in exported and "分部 → 新分" in exported


def test_changes_are_filtered_by_what_who_and_local_day(town, rename, signed_in):
    late = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)  # 00:30 on the 25th, local time
    rename(town.branch, by=town.clerk, now=NOW, name="甲名")
    rename(town.branch, by=town.boss, now=late, name="乙名", why="整合")
    client = signed_in(town.boss)

    def find(query):
        text = b"".join(client.get(f"/changes/?format=csv&{query}").streaming_content).decode()
        return {name for name in ("甲名", "乙名") if f"→ {name}" in text}

    assert find("") == find("what=test.rename") == {"甲名", "乙名"}
    assert find("who=clerk") == {"甲名"} and find("q=整合") == {"乙名"}
    assert find("until=2026-11-24") == {"甲名"} and find("since=2026-11-25") == {"乙名"}
    assert find("what=nonsense") == {"甲名", "乙名"}, (
        "an unknown filter is said in the form and narrows nothing"
    )


def test_a_hostile_change_is_inert(town, rename, signed_in):
    hostile = "<script>alert(1)</script>"
    rename(town.branch, by=town.clerk, now=NOW, name=hostile, why=hostile)
    assert hostile not in signed_in(town.boss).get("/changes/").content.decode()
