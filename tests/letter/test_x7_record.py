"""X7 「Tamper-evident record」: what was changed is chained, checked from an export alone, and altered by nobody."""

import gzip
import re
import subprocess
import time
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, transaction
from tests.browser.product import ANLAN, Product
from tests.letter.test_x10_one_box import Visitor, sign_in

from anlan.cli import export_log, verify_log
from anlan.kit import guards
from anlan.kit.sealing import Sealer


@pytest.fixture
def story(town, square):
    """A place is graded, and graded again; `seal()` is one look of the sealing loop."""
    review = town.today + timedelta(days=30)
    for grade, reason in (("A", "出口单一"), ("C", "新增南口")):
        town.browser("admin").fill_in("/places/SQ/grade/", grade=grade, reason=reason, review_on=review)
    Sealer().seal(town.now)
    return head_shown(town.browser("admin"))


def head_shown(browser):
    """What an administrator copies from 系统状态."""
    return browser.read("/status/").fact("校验值")


def run(verb, *words):
    """One verb at the terminal: (exit code, what it said)."""
    ran = CliRunner().invoke(verb.command, [str(word) for word in words])
    return ran.exit_code, ran.output


def test_the_head_that_was_written_down_proves_the_record_up_to_then(town, square, story, tmp_path):
    """An administrator writes the head down; later the export is checked against it, by whoever has the file."""
    assert re.fullmatch(r"\d+:[0-9a-f]{64}", story)
    town.browser("admin").fill_in(
        "/places/SQ/grade/", grade="B", reason="节日客流", review_on=town.today + timedelta(days=60)
    )
    code, said = run(export_log, tmp_path / "changes.ndjson.gz")
    assert code == 0 and "head" in said
    body = gzip.decompress((tmp_path / "changes.ndjson.gz").read_bytes()).decode()
    assert "出口单一" in body and "节日客流" in body
    code, said = run(verify_log, tmp_path / "changes.ndjson.gz", "--head", story)
    assert code == 0 and said.splitlines()[-1].startswith("whole: ")
    assert head_shown(town.browser("admin")) in said


def test_a_record_that_was_altered_in_the_file_is_told_with_its_place(story, tmp_path):
    """A reason is made to sound better, a row is left out, the end is cut: each is said, with the first broken position."""
    path, forged = tmp_path / "changes.ndjson", tmp_path / "forged.ndjson"
    assert run(export_log, path)[0] == 0
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    graded = next(number for number, line in enumerate(lines) if "出口单一" in line)
    position = (graded + 1) // 2
    forged.write_text("".join(lines).replace("出口单一", "出口充足"), encoding="utf-8")
    code, said = run(verify_log, forged)
    assert code == 1 and f"BROKEN at position {position}: altered" in said
    forged.write_text("".join(lines[:graded] + lines[graded + 2 :]), encoding="utf-8")
    code, said = run(verify_log, forged)
    assert code == 1 and f"BROKEN at position {position}: missing" in said
    forged.write_text("".join(lines[:graded]), encoding="utf-8")
    code, said = run(verify_log, forged)
    assert code == 1 and f"BROKEN at position {position}: truncated" in said


def test_a_record_that_was_altered_in_the_database_is_told(town, story, tmp_path):
    """Whoever owns the database can take the guards down: the page says so, and the export no longer fits its seals."""
    guards.take_down(connection)
    connection.cursor().execute("UPDATE kit_change SET subject_name = '别处' WHERE what LIKE 'places.%'")
    assert "触发器缺失" in town.browser("admin").read("/status/").line("变更记录链")
    assert run(export_log, tmp_path / "changes.ndjson")[0] == 0
    code, said = run(verify_log, tmp_path / "changes.ndjson", "--head", story)
    assert code == 1 and "altered" in said


@pytest.mark.parametrize("table", guards.TABLES)
def test_the_database_itself_refuses_to_delete(story, table):
    with pytest.raises(IntegrityError, match="never altered or deleted"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM {table}")


def test_what_is_no_export_and_no_head_is_refused(tmp_path):
    (tmp_path / "x.gz").write_bytes(b"not gzip")
    assert run(verify_log, tmp_path / "x.gz")[0] == 2
    (tmp_path / "x").write_text("no export\n")
    assert run(verify_log, tmp_path / "x")[0] == 2
    code, said = run(verify_log, tmp_path / "x", "--head", "12ab")
    assert code == 2 and "POSITION:DIGEST" in said


def test_a_running_server_seals_within_a_second_and_goes_on_after_a_kill(tmp_path):
    """The real server; the check runs where there is neither database nor data folder."""
    box = Product(tmp_path / "data", ("--no-demo",)).start()
    try:
        visitor = sign_in(box)
        before = shown_by(visitor)
        add_place(visitor, "甲广场")
        time.sleep(1)
        after = shown_by(visitor)
        assert int(after.partition(":")[0]) > int(before.partition(":")[0])
        add_place(visitor, "乙广场")
        box.kill()
        box.start()
        said = box.anlan("export-log", str(tmp_path / "changes.ndjson"))
    finally:
        box.stop()
    words = ["verify-log", str(tmp_path / "changes.ndjson"), "--head", before, "--head", after]
    checked = subprocess.run([ANLAN, *words], cwd=tmp_path, env={}, capture_output=True, text=True)
    assert checked.returncode == 0 and said.split()[-1] in checked.stdout
    assert "乙广场" in (tmp_path / "changes.ndjson").read_text(encoding="utf-8")


def shown_by(visitor: Visitor):
    return visitor.open("/status/")[1].get_element_by_id("head").text_content()


def add_place(visitor: Visitor, name):
    top = visitor.first_choice("/places/add/", "organisation")
    visitor.fill_in("/places/add/", code=f"P{ord(name[0])}", name=name, kind="square", organisation=top)
