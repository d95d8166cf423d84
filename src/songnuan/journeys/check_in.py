"""Somebody is there (签到): by the code at the place, with an account, or checked in by somebody else."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.emergency.actions import muster
from songnuan.emergency.actions.call_tree import phone_index
from songnuan.emergency.actions.muster import Arrival
from songnuan.emergency.models import ArrivalWay, CallLine, Muster, MusterEntry
from songnuan.emergency.muster_queries import own_line
from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.kernel.names import phone_parts, valid_phone
from songnuan.kernel.refusal import Refusal

AT_THE_PLACE = Actor(key="muster", label="现场签到")
"""Who checks in by the code that hangs at the place, without an account."""


@journey
def check_in_by_code(*, code: str, phone: str, arrival: Arrival, actor: Actor, at: datetime) -> MusterEntry:
    """Check in whoever has this telephone, by the code of the muster.

    Raises:
        Refusal: `muster_unknown`, `muster_closed`, `muster_phone` where no telephone of the list is this one.

    """
    found = Muster.objects.filter(code=code).first()
    if found is None:
        raise Refusal("muster_unknown", _("This code is of no muster. Ask at the place for the right one."))
    line = None
    if phone_parts(phone) is not None:
        told = phone_index(valid_phone(phone))
        line = CallLine.objects.filter(tree=found.tree_id, phone_index=told).first()
    if line is None:
        sentence = _(
            "This number is not in the call tree. Check it, or be checked in by the office at the place."
        )
        raise Refusal("muster_phone", sentence, field="phone", muster=found.pk)
    return muster.check_in(
        muster_id=found.pk, line_id=line.pk, way=ArrivalWay.CODE, arrival=arrival, actor=actor, at=at
    )


@journey
def check_in_oneself(*, muster_id: int, arrival: Arrival, actor: Actor, at: datetime) -> MusterEntry:
    """Check in with the own account.

    Raises:
        Refusal: `muster_unknown`, `muster_closed`, `muster_stranger`.

    """
    found = Muster.objects.filter(pk=muster_id).first()
    line = own_line(found.tree_id, actor.user_id) if found is not None else None
    if line is None:
        raise Refusal("muster_stranger", _("You are not expected at this muster. Ask the office."))
    return muster.check_in(
        muster_id=muster_id, line_id=line.pk, way=ArrivalWay.ACCOUNT, arrival=arrival, actor=actor, at=at
    )


@journey
def check_in_another(
    *, muster_id: int, line_id: int, arrival: Arrival | None = None, actor: Actor, at: datetime
) -> MusterEntry:
    """Check in somebody who has no telephone with them; `arrival` is what the phone says of who does it.

    Raises:
        Refusal: As `emergency.actions.muster.check_in`.

    """
    return muster.check_in(
        muster_id=muster_id,
        line_id=line_id,
        way=ArrivalWay.DEPUTY,
        arrival=arrival or Arrival(),
        actor=actor,
        at=at,
    )
