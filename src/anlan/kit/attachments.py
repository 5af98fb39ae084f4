"""Files kept with a row: known by their content, pictures written anew, everything under its hash.

photo = keep(alarm, by=request.user, now=now, name="front.jpg", body=upload.read()).subject
attachments_of(alarm)
"""

import contextlib
import hashlib
import io
from datetime import datetime
from pathlib import PurePosixPath
from zipfile import BadZipFile, ZipFile

import filetype
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps

from anlan.kit import store
from anlan.kit.actions import action, check, done, note, organisation_of
from anlan.kit.models import Attachment
from anlan.kit.terms import FileRefusal

MOST_BYTES = 20 * 2**20
MOST_PIXELS = 60_000_000  # more than phones take; a picture that claims more is a trap for memory
LONGEST_SIDE = 2560  # enough to read a nameplate in the middle of a photo
MOST_UNPACKED = 200 * 2**20
JPEG, PNG, WEBP, PDF, TEXT = "image/jpeg", "image/png", "image/webp", "application/pdf", "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX, XLSX = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet"
ENDINGS = {
    JPEG: (".jpg", ".jpeg"), PNG: (".png",), WEBP: (".webp",), PDF: (".pdf",), DOCX: (".docx",), XLSX: (".xlsx",),
    TEXT: (".txt", ".csv", ".md", ".json"),
}  # fmt: skip
PICTURES = {JPEG, PNG, WEBP}


@action("attachments.keep", machine=True, label=_("上传附件"))
def keep(about, *, by, now, name, body):
    """Keep `body` with the row `about`; the caller has asked whether `by` (None: somebody without account) may add to it.

    Raises Refused for an empty, too large or broken file, and for one that is not what its ending says.
    """
    name = clean_name(name)
    check(None if body else FileRefusal.EMPTY % {"name": name})
    most_mb, mb = MOST_BYTES // 2**20, -(-len(body) // 2**20)
    check(
        FileRefusal.TOO_LARGE % {"name": name, "mb": mb, "most": most_mb} if len(body) > MOST_BYTES else None
    )
    media_type = tell_type(body)
    check(None if media_type else FileRefusal.KIND_UNKNOWN % {"name": name})
    differs = not name.lower().endswith(ENDINGS[media_type])
    check(FileRefusal.KIND_DIFFERS % {"name": name, "found": media_type} if differs else None)
    kept, noted = body, {}
    if media_type in PICTURES:
        kept, noted = rewrite_picture(body, media_type)
        check(None if kept else FileRefusal.PICTURE_BROKEN % {"name": name})
    row = Attachment.objects.create(
        about_kind=about._meta.label_lower, about_id=str(about.pk), organisation=organisation_of(about), name=name,
        media_type=media_type, size_bytes=len(kept), sha256=store.put(kept), noted=noted, kept_at=now, by=by,
        given_sha256=hashlib.sha256(body).hexdigest(),
    )  # fmt: skip
    return done(
        row, after=note(row, "name", "media_type", "size_bytes", "sha256", "given_sha256", "about_id")
    )


@action("attachments.withdraw", label=_("撤下附件"))
def withdraw(attachment, *, by, now, why):
    """Take a file off its row's page; its bytes and its record stay."""
    check(FileRefusal.ALREADY_WITHDRAWN if attachment.withdrawn_at else None)
    check(None if why.strip() else FileRefusal.NO_REASON)
    before = note(attachment, "withdrawn_at")
    attachment.withdrawn_at = now
    attachment.save(update_fields=["withdrawn_at"])
    return done(attachment, before=before)


def attachments_of(about):
    """The files kept with a row and not withdrawn, oldest first."""
    return Attachment.objects.filter(
        about_kind=about._meta.label_lower, about_id=str(about.pk), withdrawn_at=None
    ).select_related("by")


def clean_name(name):
    """A file's name without folders and control signs, at most 160 signs with its ending kept."""
    plain = "".join(sign for sign in PurePosixPath(name.replace("\\", "/")).name if sign.isprintable()).strip(
        ". "
    )
    stem, ending = plain[: -len(PurePosixPath(plain).suffix) or None], PurePosixPath(plain).suffix[:12]
    return (stem[: 160 - len(ending)] + ending) or "file"


def tell_type(body):
    """The media type by content, one of ENDINGS, or None."""
    guessed = filetype.guess(body)
    if guessed is None:
        return TEXT if is_text(body) else None
    if guessed.mime in {"application/zip", DOCX, XLSX}:
        return tell_office(body)
    return guessed.mime if guessed.mime in ENDINGS else None


def is_text(body):
    """Whether bytes are plain text in UTF-8 or GB 18030, without control signs or markup that a browser would run."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = body.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(sign) < 32 and sign not in "\t\r\n" for sign in text)
    return False


def tell_office(body):
    """DOCX or XLSX by what the archive holds; None for others, for macros, and for one that swells."""
    try:
        with ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            swells = sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED
    except BadZipFile:
        return None
    if swells or any("vbaProject" in name for name in names):
        return None
    return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None


def rewrite_picture(body, media_type):
    """(the picture written anew: upright, at most LONGEST_SIDE, without notes; what the camera noted) or (None, {})."""
    try:
        with Image.open(io.BytesIO(body), formats=["JPEG", "PNG", "WEBP"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None, {}
            noted = read_notes(picture)
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return encode(upright, media_type), noted
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None, {}


def encode(picture, media_type):
    """The bytes of a picture in its own format, nothing beside the pixels."""
    target = io.BytesIO()
    if media_type == JPEG:
        picture.convert("RGB").save(target, "JPEG", quality=85, optimize=True)
    else:
        mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
        plain = picture.convert(mode)
        plain.info.clear()
        plain.save(target, "PNG" if media_type == PNG else "WEBP")
    return target.getvalue()


def read_notes(picture):
    """What the camera noted of time and place: {"taken": text as noted, "lon", "lat"}; wrong notes are left out."""
    notes, exif = {}, picture.getexif()
    details, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    taken = details.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    with contextlib.suppress(ValueError):
        notes["taken"] = datetime.strptime(str(taken), "%Y:%m:%d %H:%M:%S").isoformat(sep=" ")
    lat = read_angle(place.get(ExifTags.GPS.GPSLatitude), place.get(ExifTags.GPS.GPSLatitudeRef) == "S", 90)
    lon = read_angle(
        place.get(ExifTags.GPS.GPSLongitude), place.get(ExifTags.GPS.GPSLongitudeRef) == "W", 180
    )
    return notes | ({"lon": lon, "lat": lat} if lat is not None and lon is not None else {})


def read_angle(parts, is_negative, most):
    """Degrees from (degrees, minutes, seconds), or None where they are none."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    return round(-angle if is_negative else angle, 6) if 0 <= angle <= most else None
