"""What is due about kits that people pick up: to open, decide, take over, settle; and batches of today."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.goods.models import Batch, Distribution, Pickup
from songnuan.goods.pickup_lists import counted_in_all, moved_on
from songnuan.goods.pickup_models import PickupStatus
from songnuan.journeys.pickup_settings import PICKUPS
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due.base import Desk, Due


def to_hand_out(desk: Desk) -> Iterator[Due]:
    """Yield the batches of today, to the office and to desks."""
    units = desk.reach_ids(Permission.PICKUP_MANAGE) | desk.reach_ids(Permission.PICKUP_RECORD)
    plans = [plan.pk for plan in desk.running(units)]
    if not plans:
        return
    today = Batch.objects.filter(
        on=desk.day, distribution__measure__plan__in=plans, distribution__measure__status=MeasureStatus.OPEN
    ).exclude(distribution__mode="")
    for batch in today.select_related("distribution__measure__plan", "distribution__kit").order_by("pk"):
        row = batch.distribution
        yield Due(
            title=_("Kits are handed out today: %(kit)s") % {"kit": row.kit.name},
            plan=row.measure.plan.title,
            detail=batch.place,
            url=reverse("pickups_one", args=(row.pk,)),
            action=pgettext("pickups", "See how far it is"),
            today=desk.day,
            due_on=desk.day,
        )


def to_keep_pickups(desk: Desk) -> Iterator[Due]:
    """Yield to the office what is to be opened, decided, taken over and settled."""
    plans = {plan.pk: plan for plan in desk.running(desk.reach_ids(Permission.PICKUP_MANAGE))}
    measures = (
        list(Measure.objects.filter(kind=PICKUPS, status=MeasureStatus.OPEN, plan__in=plans)) if plans else []
    )
    if not measures:
        return
    rows = list(
        Distribution.objects.filter(measure__in=measures).select_related("measure", "kit").order_by("pk")
    )
    opened = {row.measure_id for row in rows}
    for measure in measures:
        if measure.pk not in opened:
            yield Due(
                title=_("Open the handing out of kits"),
                plan=plans[measure.plan_id].title,
                url=reverse("pickups_new", args=(measure.pk,)),
                action=pgettext("pickups", "Open it"),
                today=desk.day,
            )
    if rows:
        yield from _of_rows(rows, desk, {row.pk: plans[row.measure.plan_id].title for row in rows})


def _of_rows(rows: list[Distribution], desk: Desk, titles: dict[int, str]) -> Iterator[Due]:
    ids = [row.pk for row in rows]
    waiting = Pickup.objects.filter(desk__distribution__in=ids, status=PickupStatus.WAITING)
    others = waiting.exclude(by=desk.user).order_by().values_list("desk__distribution")
    doubts, counted, moved = dict(others.annotate(rows=Count("pk"))), counted_in_all(ids), moved_on(ids)
    for row in rows:
        told = row, doubts.get(row.pk, 0), counted[row.pk].told.referred, row.pk in moved
        for title, page, action in _told(*told):
            url = reverse(page, args=(row.pk,))
            yield Due(title=title, plan=titles[row.pk], url=url, action=action, today=desk.day)


def _told(
    row: Distribution,
    doubts: int,
    referred: int,
    has_moved: bool,  # noqa: FBT001 - told in their order
) -> Iterator[tuple[str, str, str]]:
    """Yield what is due about a distribution: title, page, and the word on its button."""
    if doubts:
        sentence = ngettext(
            "%(kit)s: %(count)s record of a desk is to be decided",
            "%(kit)s: %(count)s records of desks are to be decided",
            doubts,
        )
        yield (
            sentence % {"kit": row.kit.name, "count": doubts},
            "pickups_doubts",
            pgettext("pickups", "Look and decide"),
        )
    if has_moved:
        sentence = _("%(kit)s: the roster has changed")
        yield sentence % {"kit": row.kit.name}, "pickups_roster", _("See who joined, left or moved")
    if referred:
        sentence = ngettext(
            "%(kit)s: %(count)s person picked nothing up",
            "%(kit)s: %(count)s people picked nothing up",
            referred,
        )
        yield sentence % {"kit": row.kit.name, "count": referred}, "pickups_missed", _("See whom")
