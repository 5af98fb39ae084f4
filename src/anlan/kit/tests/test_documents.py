"""Documents: numbers without gaps, stored bytes, templates that people replace and that cannot run anything, codes."""

import io
import itertools
import stat
from datetime import timedelta

import pytest
from django.db import transaction
from docx import Document as Docx

from anlan.kit import documents, store
from anlan.kit.actions import Refused
from anlan.kit.documents import office
from anlan.kit.documents.drawing import draw_default
from anlan.kit.models import Document, DocumentSeries
from anlan.kit.tests.conftest import NOW

BACKEND = "django.contrib.auth.backends.ModelBackend"


def outline():
    return [
        ("title", "{{ title }}"),
        ("text", "{{ number }}　{{ issued_on }}"),
        ("text", "{{ body }}"),
        ("table", "rows"),
        ("signature", "{{ organ }}　校验码 {{ code }} {{ verify_at }}"),
    ]


@pytest.fixture(autouse=True)
def letter(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    monkeypatch.setattr("anlan.kit.documents.spec.KINDS", {})
    for user in ("actions", "pages"):
        monkeypatch.setattr(f"anlan.kit.documents.{user}.KINDS", documents.spec.KINDS)
    places = (
        documents.Place("body", "正文"),
        documents.Place("rows", "明细", (("name", "名称"), ("n", "数量"))),
    )
    return documents.register(
        documents.DocumentKind(
            "letter", "函", "{organ}函〔{year}〕{serial}号", places, outline, right="accounts.manage"
        )
    )


CODES = (f"CODE{number:010d}" for number in itertools.count(1))


def issue(town, about=None, **words):
    told = {"kind": "letter", "title": "关于客流的函", "verify_at": "https://example.test/verify/"}
    values = {"body": "第一行\n第二行 <b>&", "rows": [{"name": "甲", "n": 3}, {"name": "乙", "n": 4}]}
    told |= {"values": values, "new_code": lambda: next(CODES)}
    return documents.issue(about or town.branch, by=town.clerk, now=NOW, **told | words).subject


def read_texts(body):
    paper = Docx(io.BytesIO(body))
    return [p.text for p in paper.paragraphs] + [
        c.text for t in paper.tables for r in t.rows for c in r.cells
    ]


def test_a_document_is_the_template_filled_and_its_bytes_stay(town):
    row = issue(town)
    assert row.number == "分部函〔2026〕1号"
    texts = read_texts(store.get(row.sha256))
    assert "关于客流的函" in texts
    assert "分部函〔2026〕1号　2026年11月24日" in texts
    assert any("第一行\n第二行 <b>&" in text for text in texts)
    assert texts[-6:] == ["名称", "数量", "甲", "3", "乙", "4"]
    assert any(row.code in text and f"https://example.test/verify/{row.code}" in text for text in texts)
    assert list(documents.documents_of(town.branch)) == [row]


def test_numbers_have_no_gaps_per_organisation_and_year(town):
    numbers = [issue(town).serial, issue(town).serial, issue(town, about=town.annex).serial]
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        issue(town)
        raise ZeroDivisionError  # what the caller did afterwards failed: the number was not used
    with pytest.raises(Refused, match="body"):
        issue(town, values={"rows": []})  # the template misses a value: no number was used
    assert [*numbers, issue(town).serial] == [1, 2, 1, 3]
    next_year = documents.issue(
        town.branch, by=town.clerk, now=NOW + timedelta(days=60), kind="letter", title="函", verify_at="",
        values={"body": "", "rows": []},
    ).subject  # fmt: skip
    assert (next_year.year, next_year.serial) == (2027, 1)


def test_the_year_is_that_of_mainland_china(town):
    new_year = NOW.replace(month=12, day=31, hour=16, minute=30)  # half past midnight there
    row = documents.issue(
        town.branch, by=town.clerk, now=new_year, kind="letter", title="函", verify_at="",
        values={"body": "", "rows": []},
    ).subject  # fmt: skip
    assert (row.year, row.number) == (2027, "分部函〔2027〕1号")


def test_a_key_issues_once(town):
    assert issue(town, key="report/1") == issue(town, key="report/1")
    assert Document.objects.count() == 1
    assert DocumentSeries.objects.get().last == 1


def test_a_void_document_keeps_its_number_and_its_bytes(town, client):
    row = issue(town)
    with pytest.raises(Refused, match="理由"):
        documents.void(row, by=town.clerk, now=NOW, why="")
    documents.void(row, by=town.clerk, now=NOW, why="写错了")
    with pytest.raises(Refused, match="已作废"):
        documents.void(row, by=town.clerk, now=NOW, why="再来一次")
    assert issue(town).serial == 2
    assert "已作废" in client.get(f"/verify/{row.code}/").content.decode()
    assert store.get(row.sha256)


def test_who_may_not_void_is_refused(town):
    row = issue(town)
    with pytest.raises(Refused, match="权限"):
        documents.void(row, by=town.guest, now=NOW, why="我想")


def test_printed_again_it_is_the_same(town, client):
    row = issue(town)
    client.force_login(town.guest, backend=BACKEND)
    first, second = (client.get(f"/documents/{row.pk}/file.docx").content for _time in range(2))
    assert first == second == store.get(row.sha256)


# ── templates ───────────────────────────────────────────────────────────────────────────────────


def made(*texts):
    paper, target = Docx(), io.BytesIO()
    for text in texts:
        paper.add_paragraph(text)
    paper.save(target)
    return target.getvalue()


def replace(town, body, name="own.docx"):
    role = town.boss.holds.first().role
    role.rights = [*role.rights, "documents.edit"]
    role.save()
    town.boss.forget_holdings()
    return documents.replace_template(town.root, by=town.boss, now=NOW, kind="letter", name=name, body=body)


def test_a_district_replaces_a_template_and_goes_back(town):
    before = issue(town)
    own = replace(town, made("本区格式 {{ number }} {{ code }} {{ body }}")).subject
    row = issue(town)
    assert row.template_version == 1
    assert read_texts(store.get(row.sha256))[0].startswith("本区格式 分部函〔2026〕2号")
    documents.reset_template(own, by=town.boss, now=NOW, why="仍用默认")
    assert issue(town).template_version == 0
    assert store.get(before.sha256) == store.get(Document.objects.get(pk=before.pk).sha256)


BAD_TEMPLATES = [
    (b"not a docx", "docx"),
    (made("{{ number }}"), "code"),  # the code must be on it
    (made("{{ number }} {{ code }} {{ price }}"), "price"),
    (made("{{ number }} {{ code }} {% for x in %}"), "docx"),
]


@pytest.mark.parametrize(("body", "word"), BAD_TEMPLATES)
def test_a_template_that_cannot_be_used_is_refused_with_what_to_mend(town, body, word):
    with pytest.raises(Refused, match=word):
        replace(town, body)


@pytest.mark.parametrize(
    "trick",
    [
        "{{ body.__class__.__mro__ }}",
        "{{ ''.__class__ }}",
        "{{ rows.append(1) }}",
        "{% for x in range(10**9) %}{% endfor %}",
    ],
)
def test_a_template_runs_nothing(town, trick):
    with pytest.raises(Refused, match="模板"):
        replace(town, made("{{ number }} {{ code }}", trick))
        issue(town)


def test_the_default_template_can_be_handed_in_again(town, letter):
    replace(town, draw_default(letter))
    assert issue(town).template_version == 1


# ── PDF ─────────────────────────────────────────────────────────────────────────────────────────


def test_without_libreoffice_it_says_so(town, monkeypatch, client):
    monkeypatch.setattr(office, "PROGRAMS", ("no-such-program",))
    row = issue(town)
    with pytest.raises(Refused, match="LibreOffice"):
        office.read_pdf(row)
    client.force_login(town.guest, backend=BACKEND)
    assert "LibreOffice" in client.get(f"/documents/{row.pk}/file.pdf", follow=True).content.decode()


def test_a_pdf_is_made_once(town, monkeypatch, tmp_path):
    """Against a program that takes LibreOffice's own words and writes another file each time."""
    program = tmp_path / "office"
    program.write_text(
        '#!/bin/sh\nwhile [ "$1" != --outdir ]; do shift; done\nprintf "%%PDF-1.7 $$" > "$2/document.pdf"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(office, "find_office", lambda: str(program))
    row = issue(town)
    assert office.read_pdf(row) == office.read_pdf(Document.objects.get(pk=row.pk)) != b""


@pytest.mark.skipif(office.find_office() is None, reason="LibreOffice is not installed")
def test_libreoffice_makes_a_pdf(town):
    assert office.read_pdf(issue(town)).startswith(b"%PDF-")


# ── pages ───────────────────────────────────────────────────────────────────────────────────────


def test_pages_show_documents_to_those_who_may_view(town, client):
    row = issue(town)
    client.force_login(town.guest, backend=BACKEND)
    assert row.number in client.get("/documents/").content.decode()
    assert row.code in client.get(f"/documents/{row.pk}/").content.decode()
    assert client.get(f"/documents/{row.pk}/void/").status_code == 403
    client.force_login(town.clerk, backend=BACKEND)
    assert client.post(f"/documents/{row.pk}/void/", {"why": "写错了"}).status_code == 302
    other = issue(town, about=town.annex)
    assert client.get(f"/documents/{other.pk}/").status_code == 404


def test_template_pages(town, client):
    client.force_login(town.guest, backend=BACKEND)
    assert "函" in client.get("/documents/templates/").content.decode()
    assert "row.name" in client.get("/documents/templates/letter/").content.decode()
    assert client.post("/documents/templates/letter/", {}).status_code == 403
    assert client.get("/documents/templates/letter/file/").content.startswith(b"PK")
    assert client.get("/documents/templates/none/").status_code == 404


def test_anyone_verifies_a_code(town, client):
    row = issue(town)
    page = client.get("/verify/", {"code": f" {row.code[:5]} {row.code[5:].lower()}"}).content.decode()
    assert row.number in page
    assert row.sha256 in page
    wrong = client.get("/verify/", {"code": "<script>"})
    assert wrong.status_code == 404
    assert "<script>" not in wrong.content.decode()
    assert client.get("/verify/").status_code == 200
