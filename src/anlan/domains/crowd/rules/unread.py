"""What sort of reason a decoder gave for not reading a payload, told by the words it always uses."""

import re

# In this order: a mapping's refusal may also name a limit.
SORTS = (
    ("mapping", r"^mapping: |needs a mapping|mapping's rows|^JSONPath|^XPath|^rows selects|sensor's mapping"),
    ("too_large", r"more than|nested deeper|Excessive depth|the limit is|too many"),
    ("broken", r"^not valid|truncated|^neither JSON nor XML|^text is not valid|is damaged|ends early|cannot be opened|cut short|neither hex nor|is not hex"),
    ("foreign", r"^not (an?|native)\b|: not (an?|the|one)\b|^uplink | is not an? |^neither Axis|^no (kind|measurement|totalHuman)|no header|is unknown"),
)  # fmt: skip
IN_WORDS = re.compile(r"^[\u3400-\u9fff]")


def sort_of_refusal(reason: str) -> str:
    """The sort of a refusal, one of `terms.UnreadSort`; "told" where the interface's own words say it already."""
    if IN_WORDS.match(reason):
        return "told"
    return next((sort for sort, signs in SORTS if re.search(signs, reason)), "other")
