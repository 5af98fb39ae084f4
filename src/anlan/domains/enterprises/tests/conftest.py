"""What the tests of enterprises act on: a department with a clerk, and a street beside it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from anlan.domains.accounts.models import Organisation, Person, Role, RoleHolding
from anlan.domains.accounts.terms import Right
from anlan.domains.enterprises import actions
from anlan.domains.enterprises.models import EnterpriseImport
from anlan.kit.imports.steps import queue

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CODE, OTHER_CODE = "91350100M000100Y43", "91310106MA00000019"


@pytest.fixture
def town(db):
    """root (boss edits all) with trade (clerk edits, guest views), street (nobody), shop (keeper, an enterprise's own)."""
    root = Organisation.objects.create(code="root", name="示范区", path="000001")
    branches = {
        code: Organisation.objects.create(parent=root, code=code, name=code, path=f"000001{number:06d}")
        for number, code in enumerate(("TRADE", "STREET", "SHOP"), 2)
    }
    editor = Role.objects.create(code="editor", name="登记", rights=[Right.VIEW, Right.ENTERPRISES_EDIT])
    viewer = Role.objects.create(code="viewer", name="查看", rights=[Right.VIEW])
    people = {}
    for username, code, role in (
        ("boss", None, editor), ("clerk", "TRADE", editor), ("guest", "TRADE", viewer), ("keeper", "SHOP", viewer)
    ):  # fmt: skip
        organisation = branches.get(code, root)
        people[username] = Person.objects.create(
            username=username, name=f"某{username}", organisation=organisation
        )
        RoleHolding.objects.create(person=people[username], role=role, organisation=organisation)
    return SimpleNamespace(root=root, **branches, **people)


@pytest.fixture
def estate(town, tmp_path, settings):
    """An enterprise with all that hangs on it, one closed, one merged, and an import in each state that a step needs."""
    settings.DATA = tmp_path
    by, now = {"by": town.clerk, "now": timezone.now()}, timezone.now()
    today = timezone.localdate(now)
    yesterday = today - timedelta(days=1)

    def register(name, code=""):
        return actions.register_enterprise(town.TRADE, name=name, code=code, **by).subject

    shop, twin = register("示例商店", CODE), register("示例  商店")
    actions.give_account(shop, account=town.SHOP, **by)
    text = actions.lay_down_text(town.TRADE, text="我单位承诺……", valid_from=yesterday, **by).subject
    pledge = actions.record_pledge(shop, signer="某人", post="经理", signed_on=yesterday, **by).subject
    licence = actions.add_licence(shop, kind="许可", number="1", valid_until=today, **by).subject
    site = actions.add_site(shop, address="示例路 1 号", **by).subject
    request = actions.ask_update(shop, by=town.keeper, now=now, asked={"address": "新址"}).subject
    closed = register("关店")
    actions.close_enterprise(closed, why="停业", **by)
    merged = register("并店")
    actions.merge_enterprise(merged, into=shop, why="同一家", **by)

    def hand_in(state):
        row = EnterpriseImport.objects.create(
            organisation=town.TRADE, file_name="list.csv", sha256="0" * 64, by=town.clerk, uploaded_at=now, state=state
        )  # fmt: skip
        queue(row, "enterprises.read", "%(name)s", town.clerk, now)
        row.job.state = "done"
        row.job.save()
        return row

    waiting, over = hand_in("preview"), hand_in("confirmed")
    by_name = {
        "by_id": shop.pk, "template": "csv", "withdraw_request": request.pk, "pledge": pledge.pk, "break_pledge": pledge.pk,
        **dict.fromkeys(("request", "accept_request", "refuse_request"), request.pk),
        **dict.fromkeys(("edit_licence", "withdraw_licence"), licence.pk), "close_site": site.pk,
        **dict.fromkeys(("import", "import_faults", "confirm_import", "discard_import"), waiting.pk), "undo_import": over.pk,
        **dict.fromkeys(("file", "edit", "close", "account", "add_licence", "add_site", "responsibilities", "record_pledge"), shop.code),
        "reopen": closed.code, "merge": twin.code, "unmerge": merged.code,
    }  # fmt: skip
    street = Person.objects.create(username="street", name="某人", organisation=town.STREET)
    street.holds.create(role=town.boss.holds.get().role, organisation=town.STREET)
    return SimpleNamespace(
        by_name=by_name,
        town=town,
        text=text,
        today=today,
        people={"other": "street"},
        request=request,
        shop=shop,
    )
