"""Safety advice as it holds: the product's, and over it the district's own newest version."""

from anlan.domains.notices import rules
from anlan.domains.notices.models import NoticeTemplate


def own_versions():
    """{code: NoticeTemplate} of the newest own version of each code, withdrawn ones too."""
    return {row.code: row for row in NoticeTemplate.objects.order_by("code", "version")}


def advice_list():
    """Every Advice that is offered, by hazard as the product orders them, then the district's own."""
    own = own_versions()
    found = [as_advice(own[one.code]) if one.code in own else one for one in rules.DEFAULTS]
    known = {one.code for one in rules.DEFAULTS}
    found += [as_advice(row) for code, row in own.items() if code not in known]
    withdrawn = {code for code, row in own.items() if row.is_withdrawn}
    return [one for one in found if one.code not in withdrawn]


def find_advice(code):
    """The Advice of a code, withdrawn ones too, or None."""
    newest = newest_version(code)
    return as_advice(newest) if newest else rules.find_default(code)


def newest_version(code):
    """The newest own version of a code, or None."""
    return NoticeTemplate.objects.filter(code=code).order_by("-version").first()


def as_advice(row):
    """A row as an Advice, every text there."""
    return rules.Advice(row.code, row.version, row.hazard, dict.fromkeys(rules.TEXTS, "") | row.texts)
