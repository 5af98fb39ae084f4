"""PDF through LibreOffice, where it is installed."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from anlan.kit import store
from anlan.kit.actions import Refused
from anlan.kit.documents.actions import keep_pdf
from anlan.kit.terms import FileRefusal

LIMIT_S = 90
PROGRAMS = ("soffice", "libreoffice")


def find_office():
    """The LibreOffice program, or None."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def read_pdf(document):
    """The document as PDF: made once, stored, the same ever after. Raises Refused where it cannot be made."""
    if not document.pdf_sha256:
        keep_pdf(document, convert(read_docx(document)))
    return read_bytes(document.pdf_sha256)


def read_docx(document):
    """The document's stored bytes. Raises Refused where they are gone."""
    return read_bytes(document.sha256)


def read_bytes(digest):
    try:
        return store.get(digest)
    except store.Lost:
        raise Refused(str(FileRefusal.BYTES_GONE)) from None


def convert(body):
    """`.docx` bytes as PDF bytes. Raises Refused where LibreOffice is missing or fails."""
    program = find_office()
    if program is None:
        raise Refused(str(FileRefusal.NO_OFFICE))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "document.docx"
        source.write_bytes(body)
        words = [
            program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "pdf",
            "--outdir", folder, str(source),
        ]  # fmt: skip
        try:
            ran = subprocess.run(words, capture_output=True, text=True, timeout=LIMIT_S)
        except subprocess.TimeoutExpired:
            raise Refused(str(FileRefusal.OFFICE_FAILED % {"why": f"{LIMIT_S} s"})) from None
        made = source.with_suffix(".pdf")
        if ran.returncode or not made.exists():
            said = (ran.stderr or ran.stdout).strip()[-200:]
            raise Refused(str(FileRefusal.OFFICE_FAILED % {"why": said}))
        return made.read_bytes()
