"""What goes into a template's variables: short plain words, no links (Aliyun refuses them)."""

import re

from anlan.channels.sending import Outgoing
from anlan.channels.texts import one_line, shorten

MOST_SIGNS = 35  # of one variable
_LINK = re.compile(r"https?://\S+")


def params_of(settings: dict, outgoing: Outgoing) -> dict[str, str]:
    """The variables of a template: those of the text itself, else the named ones made of its title and text."""
    given = outgoing.words.get("params")
    if given is None:
        ours = {"title": outgoing.title, "text": outgoing.text}
        names = [name.strip() for name in settings["template_params"].split(",")]
        given = {name: ours[name] for name in names if name in ours}
    return {
        str(name): shorten(one_line(_LINK.sub("", str(value))), MOST_SIGNS) for name, value in given.items()
    }
