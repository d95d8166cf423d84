"""What is due about returnees, to ask after and to see to; and about rounds of screening."""

from collections.abc import Collection, Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.emergency.models import Returnee, ReturneeStatus
from songnuan.emergency.models.returnees import STANDING
from songnuan.emergency.returnee_access import reached
from songnuan.emergency.returnee_queries import KIND
from songnuan.emergency.screening_queries import due_shares, late_rounds
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.due.base import Desk, Due
from songnuan.web.returnee_page import PersonRow, person_rows
from songnuan.web.views.shared import names_on


def to_ask_after(desk: Desk) -> Iterator[Due]:
    """Yield whom the reader asks after today, as one; and those of whom days were missed."""
    own = Returnee.objects.filter(helper=desk.user.pk, status=ReturneeStatus.OBSERVED)
    found = list(own.select_related("measure__plan", "helper").order_by("number"))
    if not found:
        return
    rows = person_rows(found, desk)
    waiting = [one for one in rows if one.is_due or one.missed]
    if waiting:
        title = ngettext("Ask after %(count)s returnee", "Ask after %(count)s returnees", len(waiting))
        missed = [day for one in waiting for day in one.missed]
        yield Due(
            title=title % {"count": len(waiting)},
            plan=waiting[0].row.measure.plan.title,
            url=reverse("returnees"),
            action=pgettext("returnees", "Ask after them"),
            today=desk.day,
            due_on=min(missed, default=desk.day),
        )


def to_keep_the_register(desk: Desk) -> Iterator[Due]:
    """Yield what the office and the liaisons see to: who is unwell, missing, waiting, alone, or over."""
    units = desk.reach_ids(Permission.RETURNEE_KEEP) | desk.reach_ids(Permission.EMERGENCY_MANAGE)
    if not units:
        return
    measures = list(Measure.objects.filter(kind=KIND, status=MeasureStatus.OPEN).select_related("plan"))
    offices = desk.reach_ids(Permission.EMERGENCY_MANAGE)
    for measure in measures:
        is_office = measure.plan.unit_id in offices
        rows = reached(desk.actor, desk.at).filter(measure=measure, status__in=STANDING)
        people = person_rows(rows.order_by("number"), desk)
        if is_office:
            yield from _office(measure, people, desk)
        kept = None if is_office else desk.reach_ids(Permission.RETURNEE_KEEP)
        yield from _keeping(measure, people, kept, desk)


def to_screen(desk: Desk) -> Iterator[Due]:
    """Yield the rounds in which the reader's units are not through yet."""
    shares = list(due_shares(desk.reach_ids(Permission.SITUATION_REPORT), desk.day))
    names = names_on((one.unit_id for one in shares), desk.day)
    for share in shares:
        found = share.round
        left = share.expected - share.screened
        yield Due(
            title=_("Screening “%(title)s”: %(unit)s") % {"title": found.title, "unit": names[share.unit_id]},
            plan=found.measure.plan.title,
            detail=_("%(left)s of %(expected)s still to be screened")
            % {"left": left, "expected": share.expected},
            url=reverse("screening_round", args=(found.pk,)),
            action=pgettext("screening", "Report"),
            today=desk.day,
            due_on=found.last_on,
        )


def to_chase_screening(desk: Desk) -> Iterator[Due]:
    """Yield the rounds that go on past their last day, in which units of the office's plan are late."""
    managed = {plan.unit_id for plan in desk.running(desk.reach_ids(Permission.EMERGENCY_MANAGE))}
    for found, late in late_rounds(managed, desk.day) if managed else ():
        detail = ngettext("%(count)s unit is late.", "%(count)s units are late.", late)
        yield Due(
            title=_("Screening “%(title)s” is not through") % {"title": found.title},
            plan=found.measure.plan.title,
            detail=detail % {"count": late},
            url=reverse("screening_round", args=(found.pk,)),
            action=_("Remind"),
            today=desk.day,
            due_on=found.last_on,
        )


def _office(measure: Measure, rows: Sequence[PersonRow], desk: Desk) -> Iterator[Due]:
    for one in rows:
        if one.is_unwell:
            yield Due(
                title=_("Returnee No. %(number)s is unwell") % {"number": one.row.number},
                plan=measure.plan.title,
                detail=one.unit,
                url=reverse("returnee", args=(one.row.pk,)),
                action=pgettext("returnees", "See to it"),
                today=desk.day,
            )


def _keeping(
    measure: Measure, rows: Sequence[PersonRow], kept: Collection[int] | None, desk: Desk
) -> Iterator[Due]:
    """Yield what concerns somebody of a unit whose people the reader keeps, None for all units.

    Each counts all that the list behind it shows, which may be more: the reader's own among them.
    """
    board = reverse("returnees_board", args=(measure.pk,))
    late = [one for one in rows if one.is_observed and one.missed]
    waiting = [one for one in rows if one.row.status == ReturneeStatus.WAITING]
    alone = [one for one in rows if one.is_observed and one.row.helper_id is None]
    past = [one for one in rows if one.may_end]
    told = (
        (
            late,
            "late",
            ngettext("%(count)s returnee: status missing", "%(count)s returnees: status missing", len(late)),
            _("Remind") if kept is None else _("See the list"),
        ),
        (
            waiting,
            "waiting",
            ngettext(
                "%(count)s registration of a returnee waits",
                "%(count)s registrations of returnees wait",
                len(waiting),
            ),
            pgettext("returnees", "Look at them"),
        ),
        (
            alone,
            "alone",
            ngettext(
                "%(count)s returnee has no contact person",
                "%(count)s returnees have no contact person",
                len(alone),
            ),
            pgettext("returnees", "Name somebody"),
        ),
        (
            past,
            "past",
            ngettext("%(count)s returnee to be released", "%(count)s returnees to be released", len(past)),
            pgettext("returnees", "See whom"),
        ),
    )
    for some, show, title, action in told:
        others = [one for one in some if show != "late" or one.row.helper_id != desk.user.pk]
        if any(kept is None or one.row.unit_id in kept for one in others):
            days = [day for one in some for day in one.missed] if show == "late" else []
            yield Due(
                title=title % {"count": len(some)},
                plan=measure.plan.title,
                url=f"{board}?show={show}",
                action=action,
                today=desk.day,
                due_on=min(days, default=None),
            )
