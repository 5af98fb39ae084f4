"""Numbers and names by which an enterprise is known: is a code sound, and do two names mean the same."""

import re
import unicodedata

from anlan.domains.enterprises.terms import Refusal

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
LENGTH = 18
WEIGHTS = tuple(pow(3, place, len(SIGNS)) for place in range(LENGTH - 1))  # GB 32100-2015: 3^(i−1) mod 31
FORMER = re.compile(r"\d{13}|\d{15}")  # registration numbers from before 2015-10-01
TEMPORARY = "T"
FORMS = (("有限责任公司", "有限公司"), ("股份有限公司", "股份公司"))
LEFT_OUT = re.compile(r"[\s\-_·•.,，。、'\"“”‘’()（）\[\]【】《》]")


def check_sign(first):
    """The eighteenth sign of a unified social credit code, from the seventeen before it (GB 32100-2015, mod 31).

    Raises ValueError for a sign that no code has.
    """
    total = sum(SIGNS.index(sign) * weight for sign, weight in zip(first, WEIGHTS, strict=True))
    return SIGNS[-total % len(SIGNS)]


def tidy_code(text):
    """A code as it is kept: capitals, without spaces and hyphens, full-width signs made plain."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", str(text))).upper()


def check_code(code):
    """Why a unified social credit code (tidied) is not one, or None."""
    if len(code) != LENGTH:
        return Refusal.CODE_LENGTH % {"length": len(code)}
    if strange := sorted(set(code) - set(SIGNS)):
        return Refusal.CODE_SIGNS % {"signs": "".join(strange)}
    if check_sign(code[:-1]) != code[-1]:
        return Refusal.CODE_CHECK % {"code": code}
    return None


def check_former(number):
    """Why a registration number of the old kind is not one, or None."""
    return None if not number or FORMER.fullmatch(number) else Refusal.FORMER_FORM


def temporary_code(number):
    """The number of an enterprise whose code is not known yet; its form is no code's, so that nobody takes it for one."""
    return f"{TEMPORARY}{number:09d}"


def name_key(name):
    """What a name is held against others by: width, brackets, signs and the usual short forms make no difference."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    plain = LEFT_OUT.sub("", plain)
    for long, short in FORMS:
        plain = plain.replace(long, short)
    return plain[:120]
