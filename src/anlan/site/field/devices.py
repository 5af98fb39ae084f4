"""The phones on which people use the field app: registered by their person, revoked by him or by who manages people."""

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anlan.domains.accounts.terms import Right
from anlan.kit.actions import action, check, done, note
from anlan.kit.models import FieldDevice
from anlan.site.field.answers import NotTaken
from anlan.site.field.terms import Refusal

MOST_DEVICES = 20
MOST_NAME = 60


@action("field.register", label=_("登记移动终端"))
def register_device(person, *, by, now, uid, name):
    """Register a phone for oneself by the uid that it gave itself. Raises Refused."""
    name = name.strip()
    check(None if 0 < len(name) <= MOST_NAME and name.isprintable() else Refusal.DEVICE_NAME)
    in_use = FieldDevice.objects.filter(person=person, revoked_at=None).count()
    check(Refusal.DEVICES_MOST % {"most": MOST_DEVICES} if in_use >= MOST_DEVICES else None)
    device = FieldDevice.objects.create(
        uid=uid, name=name, person=person, organisation=person.organisation, registered_at=now, seen_at=now
    )
    return done(device, after=note(device, "name", "person"))


@action("field.revoke", label=_("停用移动终端"))
def revoke_device(device, *, by, now, why=""):
    """Take nothing more from a phone; its sealed export may still be handed in. Raises Refused."""
    check(None if may_revoke(by, device) else Refusal.DEVICE_NOT_YOURS)
    check(Refusal.REVOKED_ALREADY if device.revoked_at else None)
    before = note(device, "revoked_at")
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    return done(device, before=before)


def may_revoke(person, device):
    """Whether it is his own, or he manages the people of its organisation."""
    return device.person_id == person.pk or person.may(Right.ACCOUNTS_MANAGE, device.organisation)


def visible_devices(person):
    """A person's own phones, and those of the people whom he manages."""
    managed = FieldDevice.objects.filter(person.reach(Right.ACCOUNTS_MANAGE))
    own = FieldDevice.objects.filter(person=person)
    return (
        (own | managed)
        .select_related("person", "organisation")
        .order_by(F("revoked_at").asc(nulls_first=True), "-id")
    )


def device_of(uid, person, *, now):
    """The person's phone in use; notes that it was seen. Raises NotTaken where it is not registered, not his, or revoked."""
    device = FieldDevice.objects.filter(uid=uid).first()
    if device is None:
        raise NotTaken(404, Refusal.DEVICE_UNKNOWN)
    if device.person_id != person.pk:
        raise NotTaken(403, Refusal.DEVICE_NOT_YOURS)
    if device.revoked_at:
        raise NotTaken(403, Refusal.DEVICE_REVOKED)
    FieldDevice.objects.filter(pk=device.pk).update(seen_at=now)
    return device
