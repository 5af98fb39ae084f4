"""What group robots share: the key out of a pasted address, and when everybody in the group is called."""

import re

from anlan.channels.sending import Outgoing, Setting

ROBOT_SETTINGS = (
    Setting("mention_all", "紧急消息@所有人", "urgent texts mention everybody", is_required=False, kind="yes_no"),
)  # fmt: skip


def token_in(pasted: str, mark: str) -> str:
    """The key after `mark` where somebody pasted the whole address; else what was given, as it is."""
    found = re.search(re.escape(mark) + r"([^&?#/\s]+)", pasted)
    return found[1] if found else pasted.strip()


def is_on(settings: dict, name: str) -> bool:
    """Whether a yes/no setting says yes, however its form stored it."""
    return str(settings.get(name, "")).strip().lower() in ("1", "true", "yes", "on", "是")


def is_calling_all(settings: dict, outgoing: Outgoing) -> bool:
    """Whether everybody in the group is to be mentioned."""
    return outgoing.is_urgent and is_on(settings, "mention_all")
