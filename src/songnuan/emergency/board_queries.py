"""Reads of the board of a plan: each in as many statements for thousands of units as for one."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from songnuan.emergency.models import (
    Alert,
    AlertStatus,
    Muster,
    MusterEntry,
    ReportCount,
    ReportPeriod,
    ReportSlot,
    ScreeningRound,
    ScreeningShare,
)
from songnuan.emergency.muster_rules import Presence, presence, tally
from songnuan.emergency.screening_rules import Coverage
from songnuan.organisation.models import UnitLink, UnitRecord
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure


def measures_of(plan_id: int) -> dict[str, list[Measure]]:
    """Return the measures of a plan that were opened, by kind: those that are open first, in their order."""
    rows = Measure.objects.filter(plan=plan_id).exclude(opened_at=None).select_related("plan")
    found: dict[str, list[Measure]] = {}
    for row in sorted(rows, key=lambda one: (one.closed_at is not None, one.position, one.pk)):
        found.setdefault(row.kind, []).append(row)
    return found


def last_due(period: ReportPeriod, at: datetime) -> ReportPeriod | None:
    """Return the newest period before this one that is due; a drill's beside a drill's, else a real one."""
    rows = ReportPeriod.objects.filter(
        measure=period.measure_id, is_drill=period.is_drill, starts_at__lt=period.starts_at, due_at__lt=at
    )
    return rows.order_by("-starts_at").first()


def slots_right_below(period_id: int, node_id: int) -> QuerySet[ReportSlot]:
    """Return the slots of a node itself and of the units right below it, in the order of the units."""
    rows = ReportSlot.objects.filter(Q(parent=node_id) | Q(unit=node_id), period=period_id)
    return rows.order_by("unit")


def open_alerts_of(plan_id: int, node_id: int) -> list[Alert]:
    """Return the alerts of a plan about a node or what stood below it that are open.

    Those that nobody has acknowledged come first, in either part the oldest.
    """
    rows = Alert.objects.filter(
        Q(path__contains=f",{node_id},") | Q(unit=node_id), measure__plan=plan_id
    ).exclude(status=AlertStatus.CLOSED)
    found = rows.select_related("period").order_by("raised_at", "pk")
    return sorted(found, key=lambda one: one.status != AlertStatus.RAISED)


@dataclass(frozen=True, slots=True)
class MusterCount:
    """A muster, with how many stand how."""

    muster: Muster
    counts: dict[str, int]

    @property
    def expected(self) -> int:
        """How many are expected."""
        return sum(self.counts.values())


def muster_shown(measure_id: int) -> MusterCount | None:
    """Return the muster of a plan that runs, a real one before a drill's, else the last one."""
    rows = Muster.objects.filter(activation__measure=measure_id).select_related("activation")
    found = rows.order_by(F("closed_at").desc(nulls_first=True), "activation__is_drill", "-pk").first()
    if found is None:
        return None
    told = MusterEntry.objects.filter(muster=found).values_list("arrived_at", "excused_at", "absent_at")
    counts = tally([presence(found.due_at, *one) for one in told])
    return MusterCount(found, {Presence(one).value: count for one, count in counts.items()})


@dataclass(frozen=True, slots=True)
class RoundCount:
    """A round of screening, with what is counted of a node."""

    round: ScreeningRound
    told: Coverage


def round_shown(plan_id: int, node_id: int, on: date) -> RoundCount | None:
    """Return the newest round begun by a day that is open, else the newest, with what a node counts in it."""
    rows = ScreeningRound.objects.filter(measure__plan=plan_id, first_on__lte=on)
    found = rows.order_by(F("closed_at").desc(nulls_first=True), "-pk").first()
    if found is None:
        return None
    shares = ScreeningShare.objects.filter(round=found, path__contains=f",{node_id},")
    told = shares.aggregate(expected=Sum("expected"), screened=Sum("screened"), unwell=Sum("unwell"))
    return RoundCount(found, Coverage(**{name: count or 0 for name, count in told.items()}))


@dataclass(frozen=True, slots=True)
class Staff:
    """How many people work at units, as far as it is known: of `known` of `units`."""

    people: int
    known: int
    units: int


def staff_counted(period_id: int, node_id: int) -> Staff | None:
    """Return the staff of the units that report below a node in a period, as it was known on its first day.

    None where the period does not count the node, or is from before staff was counted.
    """
    rows = ReportCount.objects.filter(period=period_id, node=node_id, staff__isnull=False)
    told = rows.aggregate(people=Sum("staff"), known=Sum("staffed"), units=Sum("expected"))
    return None if told["people"] is None else Staff(**told)


def staff_below(node_id: int, on: date) -> Staff:
    """Return the staff that the house knows of a unit and all below it on a day."""
    below = UnitLink.objects.filter(live(on), ancestor_id=node_id).values("descendant")
    told = UnitRecord.objects.filter(live(on), unit__in=below).aggregate(
        staff=Sum("staff_count", default=0), known=Count("staff_count"), units=Count("pk")
    )
    return Staff(told["staff"], told["known"], told["units"])
