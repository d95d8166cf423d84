"""An emergency plan is set in motion by somebody of the leading group who signs (启动)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from django.utils.translation import gettext as _

from songnuan.emergency.actions import command
from songnuan.emergency.actions.command import Launch
from songnuan.emergency.models import Activation
from songnuan.emergency.noting import held_measure
from songnuan.jobs import actions as jobs
from songnuan.journeys.base import journey
from songnuan.journeys.commanding import ACTIVATE, earlier, next_serial, tell_group
from songnuan.journeys.measures.response import allowed_by, number_of
from songnuan.kernel.actor import Actor


@journey
def activate_plan(*, measure_id: int, launch: Launch, key: UUID, actor: Actor, at: datetime) -> int:
    """Set the plan in motion, once for each `key`; return the id of the activation.

    Raises:
        Refusal: As `emergency.actions.command.activate`, and `key_reused`.

    """
    measure = held_measure(measure_id)
    if (found := earlier(key, ACTIVATE, (measure_id, launch), actor=actor, at=at)) is not None:
        return found
    serial = next_serial(measure, ACTIVATE, is_drill=launch.is_drill, at=at)
    row = command.activate(
        measure_id=measure_id,
        launch=launch,
        allowed=allowed_by(measure),
        serial=serial,
        actor=actor,
        at=at,
    )
    tell_group(row, partial(_words, row), "activated", actor=actor, at=at)
    jobs.settle(key=key, result=str(row.pk))
    return row.pk


def _words(row: Activation) -> tuple[str, str]:
    facts = {
        "number": number_of(row),
        "level": row.level_label,
        "who": row.issued_by.name,
    }
    return _("%(number)s: %(level)s, signed by %(who)s") % facts, f"{row.scope}\n{row.reason}"
