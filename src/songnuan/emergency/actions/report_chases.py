"""Units are asked for the reports that are missing, one by one or all below a node."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency.models import ChaseWay, ReportChase, ReportPeriod, ReportSlot, SlotStatus
from songnuan.emergency.report_access import liaisons_of, overseen, person, require_open, require_overseer
from songnuan.emergency.report_queries import missing
from songnuan.emergency.report_rules import CHASED_AGAIN, REASON_LONGEST, nodes_of, said, stream_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.held import posts_of
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import refuse


@dataclass(frozen=True, slots=True)
class Chased:
    """Who was asked by a notice just now, how many were a moment before, how many are left to be asked."""

    made: tuple[ReportChase, ...]
    before: int
    left: int


@transaction.atomic(savepoint=False)
def chase_report(
    *, slot_id: int, way: str, words: str = "", actor: Actor, at: datetime
) -> ReportChase | None:
    """Record that somebody asks a unit for its report; return None where it was asked by notice just now.

    Raises:
        Refusal: `slot_unknown`, `not_permitted`, `measure_closed`, `nothing_missing`, `words_missing` without
            what was answered by telephone, `text_too_long`.

    """
    rows = ReportSlot.objects.select_related("period__measure")
    slot = rows.filter(pk=slot_id).first()
    if slot is None:
        raise Refusal("slot_unknown", _("There is no such report to ask for. Reload the page."))
    by = require_overseer(actor, slot.unit_id, nodes_of(slot.path), at)
    require_open(slot.period.measure)
    _alone(slot.period)
    slot.refresh_from_db(fields=["status", "is_excused"])
    if slot.status != SlotStatus.OPEN or slot.is_excused or at <= slot.period.due_at:
        raise _nothing_missing(slot.unit_id)
    is_phone = way == ChaseWay.PHONE
    answered = said(words, "words", REASON_LONGEST) if is_phone else ""
    if not is_phone and _just_now(at).filter(slot=slot).exists():
        return None
    made = ReportChase.objects.create(
        slot=slot, way=ChaseWay.PHONE if is_phone else ChaseWay.NOTICE, words=answered, by_id=by, at=at
    )
    _note(made, actor, at)
    return made


@transaction.atomic(savepoint=False)
def chase_missing(*, period: ReportPeriod, node_id: int, most: int, actor: Actor, at: datetime) -> Chased:
    """Record that somebody asks, by a notice, all that are missing below a node, as far as one may.

    Those who were asked a moment before are left out, so that pressing again reaches the ones after them.

    Raises:
        Refusal: `measure_closed`, `nothing_missing`, `not_permitted`.

    """
    by = person(actor, node_id)
    require_open(period.measure)
    _alone(period)
    again = _just_now(at).filter(slot=OuterRef("pk"))
    slots = [] if at <= period.due_at else list(missing(period.pk, node_id).annotate(again=Exists(again)))
    if not slots:
        raise _nothing_missing(node_id)
    mine = overseen(posts_of(actor, at), {slot.unit_id: nodes_of(slot.path) for slot in slots}, at)
    if not mine:
        refuse(Permission.EMERGENCY_MANAGE, unit_id=node_id)
    asked = [slot for slot in slots if slot.unit_id in mine]
    now = [slot for slot in asked if not slot.again]
    rows = [ReportChase(slot=slot, way=ChaseWay.NOTICE, by_id=by, at=at) for slot in now[:most]]
    made = ReportChase.objects.bulk_create(rows)
    for slot, one in zip(now, made, strict=False):
        slot.period = period
        _note(one, actor, at)
    return Chased(tuple(made), len(asked) - len(now), len(now) - len(made))


@transaction.atomic(savepoint=False)
def show_liaisons(
    *, period: ReportPeriod, slot_ids: Collection[int], actor: Actor, at: datetime
) -> dict[int, list[User]]:
    """Return whom to call at units whose reports are missing, by the slot; each look is recorded.

    Left out are units that the actor does not oversee, that have reported, or whose liaisons told no number.

    Raises:
        Refusal: `measure_closed`, `not_permitted`.

    """
    top = period.measure.plan.unit_id
    person(actor, top)
    require_open(period.measure)
    rows = ReportSlot.objects.filter(period=period, pk__in=slot_ids, status=SlotStatus.OPEN, is_excused=False)
    slots = list(rows.order_by("pk"))
    mine = overseen(posts_of(actor, at), {slot.unit_id: nodes_of(slot.path) for slot in slots}, at)
    if slots and not mine:
        refuse(Permission.EMERGENCY_MANAGE, unit_id=top)
    liaisons = liaisons_of(mine, at)
    found = {}
    for slot in slots:
        people = [one for one in liaisons.get(slot.unit_id, ()) if one.phone]
        if not people:
            continue
        found[slot.pk] = people
        record(
            stream=stream_of(period.measure_id, slot.unit_id),
            action="emergency.show_liaison",
            subject=f"emergency.slot:{slot.pk}",
            actor=actor,
            at=at,
            facts={"unit": slot.unit_id, "unmasked": True},
        )
    return found


def _alone(period: ReportPeriod) -> None:
    """Hold the period until commit, so that of two who ask at once the second sees it; reports go on."""
    ReportPeriod.objects.select_for_update(no_key=True).get(pk=period.pk)


def _just_now(at: datetime) -> QuerySet[ReportChase]:
    return ReportChase.objects.filter(way=ChaseWay.NOTICE, at__gt=at - CHASED_AGAIN)


def _nothing_missing(unit_id: int) -> Refusal:
    sentence = _("Nothing is missing from this unit: it has reported, is excused, or still has time.")
    return Refusal("nothing_missing", sentence, unit=unit_id)


def _note(made: ReportChase, actor: Actor, at: datetime) -> None:
    slot = made.slot
    record(
        stream=stream_of(slot.period.measure_id, slot.unit_id),
        action="emergency.chase_report",
        subject=f"emergency.slot:{slot.pk}",
        actor=actor,
        at=at,
        facts={"unit": slot.unit_id, "chase_way": made.way},
    )
