"""A unit reports that all is safe, or an event; or corrects what it reported."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection
from django.utils.translation import gettext as _

from songnuan.emergency import actions as emergency
from songnuan.emergency.models import SituationReport, SlotStatus
from songnuan.emergency.report_access import liaisons_of
from songnuan.emergency.report_rules import Told
from songnuan.journeys.base import long_journey, short_step
from songnuan.journeys.report_periods import drill_marked, period_name
from songnuan.journeys.report_settings import settings_of
from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.kernel.combining import PATIENCE, Combiner
from songnuan.kernel.dialect import dialect_of
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, names_then


@long_journey
def report_situation(
    *, slot_id: int, told: Told, sent: emergency.Sent, actor: Actor, at: datetime
) -> SituationReport:
    """Take in what a unit reports, once for each key; an event is told to the office and the unit above.

    The same key with the same content changes nothing and returns the same report. `at` is when it was
    received. That all is safe is taken in together with those who say it at the same moment.

    Raises:
        Refusal: From `emergency.report_reading.read_report`, and `report_there`.

    """
    alone = partial(_take_in, slot_id, told, sent, actor, at)
    if told != _SAFE:
        return alone()
    return _together.act(emergency.Safe(slot_id, sent, actor, at), alone)


def _take_in_all(asked: Sequence[emergency.Safe]) -> list[SituationReport | None]:
    """Take in several who say that all is safe, in one transaction; None for each that is to come alone.

    One that changed since it was read undoes all of them: each is read anew.
    """
    ready = emergency.read_safe(asked)
    come = [emergency.Come(one, asked[place].actor, asked[place].at) for place, one in ready.items()]
    if not come:
        return [None] * len(asked)
    try:
        with short_step():
            with connection.cursor() as cursor:
                # Of those who wait for this set nobody is to wait behind its locks after their patience.
                dialect_of(connection).wait_at_most(cursor, PATIENCE / 2)
            made = emergency.report_all(come)
    except emergency.MovedMeanwhile:
        return [None] * len(asked)
    found = dict(zip(ready, made, strict=True)) if made else {}
    return [found.get(place) for place in range(len(asked))]


_SAFE = Told(SlotStatus.ZERO.value)
_together = Combiner(_take_in_all)


@long_journey
def enter_by_phone(
    *, slot_id: int, told: Told, sent: emergency.Sent, actor: Actor, at: datetime
) -> SituationReport:
    """Let the office enter what a unit told by telephone, with who told it and when; the unit is told so.

    With a reason it corrects what it entered so before.

    Raises:
        Refusal: As `report_situation`, and `told_by_missing`, `told_at_unfit`, `report_of_unit`.

    """
    return _take_in(slot_id, told, replace(sent, is_by_phone=True), actor, at)


def _take_in(slot_id: int, told: Told, sent: emergency.Sent, actor: Actor, at: datetime) -> SituationReport:
    while True:
        # Read before it is anybody's turn; what is written asks again whether it still stands so.
        ready = emergency.read_report(slot_id=slot_id, told=told, sent=sent, actor=actor, at=at)
        if ready.earlier is not None:
            return ready.earlier
        try:
            with short_step():
                written = emergency.report(ready=ready, actor=actor, at=at)
                if written is None:
                    continue
                made, is_new = written
                if is_new and made.told_at is not None:
                    _tell_unit(made, actor, at)
                if is_new and (made.kind == SlotStatus.EVENT or made.version > 1):
                    _tell(made, actor, at)
                return made
        except IntegrityError:
            # The key came with another unit's report at this very moment: read again, it is refused.
            if not emergency.was_received(sent.key):
                raise


def _tell_unit(made: SituationReport, actor: Actor, at: datetime) -> None:
    slot = made.slot
    name = names_then([slot.unit_id], day_of(at)).get(slot.unit_id, "")
    tell(
        liaisons_of([slot.unit_id], at).get(slot.unit_id, ()),
        partial(_entered_words, made, name[:NAME_SHOWN]),
        topic="situation.entered",
        key=f"situation.entered:{slot.pk}:{made.version}",
        url=f"/situation/slots/{slot.pk}/",
        plan=slot.period.measure.plan.title,
        actor=actor,
        at=at,
    )


def _entered_words(made: SituationReport, name: str) -> tuple[str, str]:
    period = made.slot.period
    if made.version > 1:
        title = _("Corrected by the office for %(unit)s, as told by telephone: %(what)s")
    else:
        title = _("Entered by the office for %(unit)s, by telephone: %(what)s")
    words = _("%(period)s. Correct it if it is wrong.")
    facts = {"unit": name, "what": made.get_kind_display()}
    shown = period_name(period, settings_of(period.measure).rhythm)
    return drill_marked(period, title % facts), words % {"period": shown}


def _tell(made: SituationReport, actor: Actor, at: datetime) -> None:
    slot = made.slot
    measure = slot.period.measure
    name = names_then([slot.unit_id], day_of(at)).get(slot.unit_id, "")
    readers: dict[int, User] = {
        user.pk: user
        for user in (
            *holders(Permission.EMERGENCY_MANAGE, measure.plan.unit_id, at),
            *holders(Permission.SITUATION_REPORT, slot.parent_id, at),
        )
        if user.pk != actor.user_id
    }
    tell(
        readers.values(),
        partial(_words, made, name[:NAME_SHOWN]),
        topic="situation.reported",
        key=f"situation.reported:{slot.pk}:{made.version}",
        url=f"/situation/slots/{slot.pk}/",
        plan=measure.plan.title,
        actor=actor,
        at=at,
    )


def _words(made: SituationReport, name: str) -> tuple[str, str]:
    """Return title and text of the notice: never what was said of people."""
    is_event = made.kind == SlotStatus.EVENT
    if made.version > 1 and made.told_at is not None:
        title = _("The office corrected what %(unit)s told by telephone: %(what)s")
    elif made.version > 1:
        title = _("%(unit)s corrected its report: %(what)s")
    else:
        title = _("%(unit)s reports an event: %(what)s")
    what = made.get_category_display() if is_event else made.get_kind_display()
    period = period_name(made.slot.period, settings_of(made.slot.period.measure).rhythm)
    return drill_marked(made.slot.period, title % {"unit": name, "what": what}), period
