"""Reads of the kit."""

from anlan.kit.models import Change


def last_change_id():
    """The id of the newest change row, 0 while there is none: a cheap answer to "did anything change?"."""
    return Change.objects.order_by("-id").values_list("id", flat=True).first() or 0
