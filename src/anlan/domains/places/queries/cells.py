"""Reading the cells of an import: a value, or `Unread` with the reason, as the row's page tells it."""

import json

from django.conf import settings
from django.utils.translation import override

from anlan.domains.accounts.terms import Right
from anlan.domains.places.rules.columns import read_day, read_number, read_whole, read_yes_no
from anlan.domains.places.terms import Refusal, RowFault
from anlan.kit.geo import UnsoundGeometry, check_point, find_inner_point, read_outline, to_wgs84


class Unread(ValueError):
    """A cell does not say what its column asks for; the text says why."""


def read_cell(column, cell, planned, known):
    """What a cell of this column says. Raises Unread."""
    return READERS[column.read](column, cell, planned, known)


def read_text(column, cell, planned, known):
    """A text that is not too long."""
    if len(str(cell)) > column.most:
        raise Unread(RowFault.TOO_LONG % {"most": column.most})
    return str(cell)


def read_by(read, fault):
    """A reader of plain values; `read` gives None for what it cannot read, which `fault` then names."""

    def reader(column, cell, planned, known):
        value = read(cell)
        if value is None:
            raise Unread(fault % {"text": str(cell)[:20]})
        return value

    return reader


def read_word(column, cell, planned, known):
    """One of the column's words, in code, in Chinese or in the page's language."""
    found = known.words[column.name].get(str(cell).strip().lower())
    if found is None:
        raise Unread(RowFault.WORD_UNKNOWN % {"text": str(cell)[:40]})
    return found


def read_organisation(column, cell, planned, known):
    """An organisation by its code; whom a place is given to must be the person's to act for."""
    found = known.organisations.get(str(cell))
    if found is None or (column.name == "organisation" and not known.person.may(Right.PLACES_EDIT, found)):
        raise Unread(RowFault.ORGANISATION_UNKNOWN % {"text": str(cell)[:40]})
    return found


def read_lines(column, cell, planned, known):
    """Rail lines by their codes, separated by commas."""
    codes = [code.strip() for code in str(cell).replace("，", ",").replace("、", ",").split(",")]
    codes = [code for code in codes if code]
    if missing := [code for code in codes if code not in known.lines]:
        raise Unread(RowFault.LINE_UNKNOWN % {"text": missing[0][:20]})
    return [known.lines[code] for code in codes]


def read_zone(column, cell, planned, known):
    """A registered zone of the row's place by its code."""
    found = planned.place and known.zones.get((planned.place.code, str(cell)))
    if planned.place and found is None:
        raise Unread(RowFault.ZONE_UNKNOWN % {"text": str(cell)[:20]})
    return found


READERS = {
    "text": read_text,
    "yes_no": read_by(read_yes_no, RowFault.NOT_YES_NO),
    "number": read_by(read_number, RowFault.NOT_NUMBER),
    "whole": read_by(read_whole, RowFault.NOT_WHOLE),
    "day": read_by(read_day, RowFault.NOT_DAY),
    "word": read_word,
    "organisation": read_organisation,
    "lines": read_lines,
    "zone": read_zone,
}


def name_words(choices):
    """{what a cell may say: choice}: its code and its label in every language of the interface, also without unit."""
    words = {choice.value: choice for choice in choices}
    labels = []
    for language, _name in settings.LANGUAGES:  # the job child that imports has no page's language
        with override(language):
            labels += [(str(choice.label), choice) for choice in choices]
    for label, choice in labels:
        label = label.lower()
        words[label] = words[label.partition("（")[0]] = words[label.partition("(")[0].strip()] = choice
    return words


def read_point(planned, cells, known):
    """A position, moved from the declared datum to WGS-84."""
    numbers = {name: read_number(cells[name]) for name in ("lon", "lat") if name in cells}
    for name, number in numbers.items():
        if number is None:
            planned.refuse(name, RowFault.NOT_NUMBER % {"text": str(cells[name])[:20]})
    if not numbers or None in numbers.values():
        return
    if len(numbers) == 1:
        planned.refuse(*numbers, Refusal.HALF_POINT)
        return
    try:
        check_point(**numbers)
        lon, lat = to_wgs84(**numbers, datum=known.datum)
        planned.fields |= {"lon": round(lon, 7), "lat": round(lat, 7)}
    except UnsoundGeometry as error:
        planned.refuse("lon", str(error))


def read_outline_cell(planned, cells, known):
    """An outline, moved to WGS-84."""
    if "outline" in cells:
        try:
            planned.fields["outline"] = read_outline(parse_outline(cells["outline"]), datum=known.datum)
        except UnsoundGeometry as error:
            planned.refuse("outline", str(error))


def place_in_outline(planned):
    """The position that an outline alone gives."""
    fields, known = planned.fields, planned.subject
    if "outline" in fields and "lon" not in fields and not (known and known.lon is not None):
        fields["lon"], fields["lat"] = find_inner_point(fields["outline"])


def parse_outline(cell):
    """An outline cell as GeoJSON: itself, or parsed from its text. None, which read_outline refuses, for neither."""
    if isinstance(cell, dict):
        return cell
    try:
        return json.loads(cell)
    except (TypeError, ValueError, RecursionError):
        return None
