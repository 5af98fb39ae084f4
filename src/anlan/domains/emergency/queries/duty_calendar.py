"""iCalendar: a person's or a post's duty as a calendar that phones subscribe to, and shifts read from one."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vText

from anlan.domains.accounts.queries import fingerprint
from anlan.domains.emergency.models import CalendarLink
from anlan.domains.emergency.queries.duty import watches
from anlan.domains.emergency.queries.duty_board import posts_of

BACK, AHEAD = timedelta(days=7), timedelta(days=90)
SHIFTS_MOST = 500


def find_calendar(token):
    """The calendar's address in use that this token belongs to, or None."""
    rows = CalendarLink.objects.filter(revoked_at=None, person__is_active=True)
    found = rows.select_related("person__organisation", "post__organisation")
    return found.filter(token_sha256=fingerprint(token)).first() if token else None


def calendar_text(link, now):
    """The calendar of an address as text/calendar: shifts from a week ago to three months ahead, in the local zone."""
    sheet = Calendar()
    sheet.add("prodid", "-//Anlan//duty//ZH")
    sheet.add("version", "2.0")
    sheet.add("x-wr-calname", _("值班：%(name)s") % {"name": link.post or link.person})
    posts = [link.post] if link.post else posts_of(link.person)
    for post in posts:
        for one in watches(post, now - BACK, now + AHEAD):
            if link.post or one.person == link.person:
                sheet.add_component(entry_of(post, one, now))
    sheet.add_missing_timezones()
    return sheet.to_ical()


def entry_of(post, watch, now):
    """One shift as a calendar entry; its identifier stays the same while the shift does."""
    zone = timezone.get_default_timezone()
    entry = Event()
    entry.add("uid", f"{post.code}-{watch.role}-{watch.seat}-{watch.since:%Y%m%dT%H%MZ}@anlan")
    entry.add("dtstamp", now.astimezone(UTC))
    entry.add("dtstart", watch.since.astimezone(zone))
    entry.add("dtend", watch.until.astimezone(zone))
    words = {"post": post.name, "role": watch.role_label, "person": watch.person.name}
    entry.add("summary", _("%(post)s %(role)s %(person)s") % words)
    entry["categories"] = vText(post.code)
    entry.add("x-anlan-person", watch.person.username)
    entry.add("x-anlan-role", watch.role)
    entry.add("x-anlan-seat", str(watch.seat))
    if post.phone:
        entry.add("description", _("值班电话 %(phone)s") % {"phone": post.phone})
    return entry


def rows_of_icalendar(body):
    """[{post, username, name, role, seat, since, until, note}] of a calendar's entries. Raises ValueError.

    The post's code stands in CATEGORIES, the person in X-ANLAN-PERSON or at the end of SUMMARY; repeated entries are
    refused: a rotation is laid down as a roster.
    """
    calendar = Calendar.from_ical(body)
    entries = list(calendar.walk("VEVENT"))
    if not entries:
        raise ValueError(_("文件中没有日程。"))
    if len(entries) > SHIFTS_MOST:
        raise ValueError(_("日程超过 %(n)d 条。") % {"n": SHIFTS_MOST})
    return [row_of_entry(entry) for entry in entries]


def row_of_entry(entry):
    """One entry as a row of the import's table."""
    if entry.get("rrule"):
        raise ValueError(
            _("日程“%(name)s”是重复日程。请展开后导入，或编排值班表。") % {"name": entry.get("summary", "")}
        )
    start, end = entry.decoded("dtstart", None), entry.decoded("dtend", None)
    summary = str(entry.get("summary", "")).split()
    return {
        "post": first_word(entry.get("categories")), "username": str(entry.get("x-anlan-person", "")),
        "name": summary[-1] if summary else "", "role": str(entry.get("x-anlan-role", "")),
        "seat": str(entry.get("x-anlan-seat", "1")), "since": local_text(start),
        "until": local_text(end), "note": "",
    }  # fmt: skip


def first_word(categories):
    """The first of an entry's categories."""
    if isinstance(categories, list):
        categories = categories[0] if categories else None
    names = getattr(categories, "cats", None)
    return str(names[0] if names else categories or "")


def local_text(moment):
    """A moment or a date of an entry as the import reads it."""
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    if not isinstance(moment, datetime):
        return ""
    if timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return f"{moment:%Y-%m-%d %H:%M}"
