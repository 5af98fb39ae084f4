"""Channel C on record: episodes in which a space has far more people than usual."""

from django.db import transaction

from anlan.domains.crowd.models import UnusualCount


def follow_unusual(found, *, scene, names, place_ids, now):
    """Begin, raise and end episodes so that those open at `now` are what channel C (rules.find_unusual) says.

    The episodes are the record; no change row is written: it is a word and no warning.
    """
    told = {one.space: one for one in found}
    with transaction.atomic():
        for row in UnusualCount.objects.filter(scene=scene, closed_at=None):
            one = told.pop(row.space_code, None)
            if one is None:
                row.closed_at = now
                row.save(update_fields=["closed_at"])
            elif one.times > row.times:
                row.times, row.reason, row.numbers = one.times, one.reason, one.numbers
                row.save(update_fields=["times", "reason", "numbers"])
        UnusualCount.objects.bulk_create(
            UnusualCount(
                scene=scene, space_code=code, space_name=names.get(code, code), place_id=place_ids.get(code),
                times=one.times, reason=one.reason, numbers=one.numbers, opened_at=now,
            )
            for code, one in told.items()
        )  # fmt: skip
