"""Phones and tablets on which people opened the field app: their keys, and that one was lost."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.accounts import end_sessions, require_over
from songnuan.organisation.models import Device

KEY_BYTES = 32
NAME_LONGEST = 60
OPEN_MOST = 20


@transaction.atomic(savepoint=False)
def open_device(*, number: UUID, name: str, actor: Actor, at: datetime) -> tuple[Device, bool]:
    """Open the field app on a device, or give its key once more to whom it belongs: the PIN was forgotten.

    Return the device, and whether it is new.

    Raises:
        Refusal: `device_closed`, `device_of_another`, `devices_many`, `device_of_nobody`.

    """
    user_id = _person(actor)
    found = Device.objects.select_for_update().filter(number=number).first()
    if found is None:
        return _opened(number, name, user_id, actor, at), True
    if found.user_id != user_id:
        sentence = _("This device was set up by somebody else. Clear the app on it first.")
        raise Refusal("device_of_another", sentence, device=found.pk)
    if found.closed_at is not None:
        sentence = _("This device was closed. What the app keeps on it is deleted.")
        raise Refusal("device_closed", sentence, device=found.pk)
    _note("give_device_key", found, actor, at)
    return found, False


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise Refusal("device_of_nobody", _("Only somebody with an account opens the app on a device."))
    return actor.user_id


def _opened(number: UUID, name: str, user_id: int, actor: Actor, at: datetime) -> Device:
    if Device.objects.filter(user_id=user_id, closed_at=None).count() >= OPEN_MOST:
        sentence = _("You have %(count)s devices open. Close one that you use no more.")
        raise Refusal("devices_many", sentence % {"count": OPEN_MOST})
    made = Device.objects.create(
        number=number,
        user_id=user_id,
        name=" ".join(name.split())[:NAME_LONGEST],
        key=base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        opened_at=at,
        seen_at=at,
    )
    _note("open_device", made, actor, at)
    return made


@transaction.atomic(savepoint=False)
def close_device(*, device_id: int, actor: Actor, at: datetime) -> bool:
    """Close a device: it gets no key any more, and deletes what it keeps. Return whether it was open.

    People close their own; an administrator closes anybody's. Whoever holds the device may be signed in on
    it: all sign-ins of its person end.

    Raises:
        Refusal: `device_unknown`, `not_permitted`.

    """
    found = Device.objects.select_for_update().filter(pk=device_id).first()
    if found is None:
        raise Refusal("device_unknown", _("There is no such device."))
    if found.user_id != actor.user_id:
        require_over(actor, found.user_id, at)
    if found.closed_at is not None:
        return False
    _close(found, actor, at)
    end_sessions(found.user_id)
    return True


def close_devices(user_id: int, actor: Actor, at: datetime) -> None:
    """Close all devices of a person, within what shuts the account."""
    for found in Device.objects.select_for_update().filter(user_id=user_id, closed_at=None).order_by("pk"):
        _close(found, actor, at)


def _close(device: Device, actor: Actor, at: datetime) -> None:
    device.key, device.closed_at, device.closed_by_id = None, at, actor.user_id
    device.save(update_fields=["key", "closed_at", "closed_by"])
    _note("close_device", device, actor, at, unsent=device.unsent)


@transaction.atomic(savepoint=False)
def note_device_seen(*, number: UUID, unsent: int, actor: Actor, at: datetime) -> Device:
    """Note that a device was here, and how many records it still holds; return how it stands.

    That it came is no act of anybody: the trail does not tell it.

    Raises:
        Refusal: `device_unknown` where it is not the actor's; `device_of_nobody`.

    """
    found = device_of(number, _person(actor))
    if at >= found.seen_at:
        Device.objects.filter(pk=found.pk).update(seen_at=at, unsent=unsent)
    return found


def device_of(number: UUID, user_id: int) -> Device:
    """Return a device of a person, open or closed.

    Raises:
        Refusal: `device_unknown` where there is none, or it is somebody else's.

    """
    found = Device.objects.filter(number=number, user_id=user_id).first()
    if found is None:
        raise Refusal("device_unknown", _("There is no such device."))
    return found


def devices_of(user_id: int) -> QuerySet[Device]:
    """Return the devices of a person, open ones first, the latest first."""
    return Device.objects.filter(user_id=user_id).order_by("closed_at", "-opened_at", "-pk")


def is_closed(number: UUID) -> bool:
    """Return whether a device was closed; one that nobody knows was not."""
    return Device.objects.filter(number=number, closed_at__isnull=False).exists()


def _note(verb: str, device: Device, actor: Actor, at: datetime, **facts: int) -> None:
    record(
        stream="accounts",
        action=f"organisation.{verb}",
        subject=f"organisation.user:{device.user_id}",
        actor=actor,
        at=at,
        facts={"device": device.pk, **facts},
    )
