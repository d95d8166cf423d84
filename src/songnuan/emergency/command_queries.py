"""Reads for others: the group of a day, what is in force, what waits, and the timeline."""

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Q, QuerySet

from songnuan.emergency.command_rules import Signing, signing
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    ActivationStatus,
    AfterAction,
    Handover,
    HandoverStatus,
    Member,
    Order,
    Position,
    StandIn,
)
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live


def members_on(measure_id: int, on: date) -> list[Member]:
    """Return the leading group on a day: the leader, deputies in their order, members."""
    rank = list(Position)
    rows = Member.objects.filter(live(on), measure=measure_id).select_related("user")
    return sorted(rows, key=lambda one: (rank.index(Position(one.position)), one.turn, one.pk))


def member_of(measure_id: int, user_id: int | None, on: date) -> Member | None:
    """Return somebody's place in the group on a day."""
    rows = Member.objects.filter(live(on), measure=measure_id, user=user_id or 0)
    return rows.select_related("user").first()


def stand_ins_at(measure_id: int, at: datetime) -> list[StandIn]:
    """Return who acts for whom at this moment."""
    rows = StandIn.objects.filter(absent__measure=measure_id, starts_at__lte=at, ends_at__gt=at)
    rows = rows.filter(Q(ended_at__isnull=True) | Q(ended_at__gt=at))
    return list(rows.select_related("absent__user", "member__user").order_by("pk"))


def signing_of(
    measure_id: int, issuers: Collection[str], user_id: int | None, at: datetime
) -> Signing | None:
    """Return how somebody signs orders at this moment; None where they may not."""
    return signing(members_on(measure_id, day_of(at)), stand_ins_at(measure_id, at), issuers, user_id)


def activations_of(measure_ids: Collection[int]) -> QuerySet[Activation]:
    """Return all responses of measures, the newest first."""
    told = (
        "measure__plan",
        "holder__user",
        "issued_by",
        "issued_as",
        "stands_for__user",
        "order",
        "end_order",
        "ended_by",
    )
    return Activation.objects.filter(measure__in=measure_ids).select_related(*told).order_by("-pk")


def in_force(measure_ids: Collection[int]) -> list[Activation]:
    """Return what is in force of measures: real responses before drills."""
    rows = activations_of(measure_ids).filter(status=ActivationStatus.ACTIVE)
    return list(rows.order_by("is_drill", "-pk"))


def shown_of(measure_id: int) -> list[Activation]:
    """Return what is in force of a measure, real responses before drills; else the last one that was.

    Without the people around them, for who shows thousands of units beside it.
    """
    rows = list(Activation.objects.filter(measure=measure_id).order_by("is_drill", "-pk"))
    active = [one for one in rows if one.status == ActivationStatus.ACTIVE]
    return active or sorted(rows, key=lambda one: one.pk)[-1:]


def offer_of(activation_id: int) -> Handover | None:
    """Return the handing over that waits for an answer."""
    rows = Handover.objects.filter(activation=activation_id, status=HandoverStatus.OFFERED)
    return rows.select_related("giver__user", "successor__user", "order", "offered_by").first()


def acts_of(activation_id: int) -> list[ActivationAct]:
    """Return the timeline of a response, in the order in which it happened."""
    rows = ActivationAct.objects.filter(activation=activation_id)
    told = ("by", "as_member", "other__user", "order")
    return list(rows.select_related(*told).order_by("happened_at", "pk"))


def open_orders(measure_ids: Collection[int]) -> QuerySet[Order]:
    """Return the orders that wait for an answer, the most urgent first."""
    rows = Order.objects.filter(measure__in=measure_ids, answered_at__isnull=True)
    return rows.select_related("activation", "successor__user").order_by("due_at", "pk")


def measures_of_member(user_id: int, on: date) -> list[int]:
    """Return the measures in whose leading group somebody is on a day."""
    rows = Member.objects.filter(live(on), user=user_id)
    return sorted(rows.values_list("measure", flat=True))


def after_action_of(activation_id: int) -> AfterAction | None:
    """Return the newest version of the after-action report of a response."""
    rows = AfterAction.objects.filter(activation=activation_id).select_related("written_by")
    return rows.order_by("-version").first()


def unreported(measure_ids: Collection[int]) -> list[Activation]:
    """Return the responses that were stood down and have no after-action report, the oldest first."""
    rows = activations_of(measure_ids).filter(status=ActivationStatus.ENDED)
    return list(rows.exclude(pk__in=AfterAction.objects.values("activation")).order_by("ended_at"))


def may_end_or_is_asked(measure_id: int, user_id: int) -> bool:
    """Return whether somebody holds the authority to end a response in force, or is asked to take it on."""
    active = Activation.objects.filter(measure=measure_id, status=ActivationStatus.ACTIVE)
    asked = Handover.objects.filter(
        activation__in=active, status=HandoverStatus.OFFERED, successor__user=user_id
    )
    return active.filter(holder__user=user_id).exists() or asked.exists()
