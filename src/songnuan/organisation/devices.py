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
from songnuan.organisation.accounts import require_over
from songnuan.organisation.models import Device

KEY_BYTES = 32
NAME_LONGEST = 60
OPEN_MOST = 20


@transaction.atomic(savepoint=False)
def open_device(*, number: UUID, name: str, actor: Actor, at: datetime) -> Device:
    """Open the field app on a device, or give its key once more to whom it belongs: the PIN was forgotten.

    Raises:
        Refusal: `device_closed`, `device_of_another`, `devices_many`, `device_of_nobody`.

    """
    if actor.user_id is None:
        raise Refusal("device_of_nobody", _("Only somebody with an account opens the app on a device."))
    found = Device.objects.select_for_update().filter(number=number).first()
    if found is None:
        return _opened(number, name, actor.user_id, actor, at)
    if found.user_id != actor.user_id:
        sentence = _("This device was set up by somebody else. Clear the app on it first.")
        raise Refusal("device_of_another", sentence, device=found.pk)
    if found.closed_at is not None:
        sentence = _("This device was closed. What the app keeps on it is deleted.")
        raise Refusal("device_closed", sentence, device=found.pk)
    _note("give_device_key", found, actor, at)
    return found


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

    People close their own; an administrator closes anybody's.

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
    found.key, found.closed_at, found.closed_by_id = None, at, actor.user_id
    found.save(update_fields=["key", "closed_at", "closed_by"])
    _note("close_device", found, actor, at, unsent=found.unsent)
    return True


@transaction.atomic(savepoint=False)
def note_device_seen(*, number: UUID, unsent: int, actor: Actor, at: datetime) -> Device:
    """Note that a device was here, and how many records it still holds; return how it stands.

    That it came is no act of anybody: the trail does not tell it.

    Raises:
        Refusal: `device_unknown` where it is not the actor's.

    """
    found = Device.objects.filter(number=number, user_id=actor.user_id).first()
    if found is None:
        raise Refusal("device_unknown", _("There is no such device."))
    if at >= found.seen_at:
        Device.objects.filter(pk=found.pk).update(seen_at=at, unsent=unsent)
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
