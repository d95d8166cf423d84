"""What is due about public notices: lists to put up, objections to answer, and what comes after."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission
from songnuan.payments.actions.notices import ANSWERING
from songnuan.payments.notice_rules import Standing
from songnuan.payments.notices import Signed, deciders_not, signed_lists
from songnuan.payments.rules import list_number
from songnuan.web.due.base import Desk, Due


def to_notice(desk: Desk) -> Iterator[Due]:
    """Yield the signed lists to put up, with objections to answer, to cancel, or whose notice is over."""
    reach = {
        one: desk.reach_ids(one) for one in (*ANSWERING, Permission.BENEFIT_WRITE, Permission.PURCHASE_RECORD)
    }
    plans = desk.running(set().union(*reach.values()))
    if not plans:
        return
    found = signed_lists([plan.pk for plan in plans])
    not_theirs = deciders_not([one.row.pk for one in found], desk.user.pk)
    for one in found:
        unit_id = one.row.measure.plan.unit_id
        may = {permission for permission, units in reach.items() if unit_id in units}
        yield from _of(one, may, desk, decides=one.row.pk not in not_theirs)


def _of(one: Signed, may: set[Permission], desk: Desk, *, decides: bool) -> Iterator[Due]:
    standing, number = one.gate.standing(desk.day), list_number(one.row.number)
    page, told = reverse("payment_notice", args=(one.row.pk,)), {"number": number}
    plan = one.row.measure.plan.title
    if one.gate.waiting and decides and may & {*ANSWERING}:
        title = ngettext(
            "%(count)s objection to list %(number)s waits for an answer",
            "%(count)s objections to list %(number)s wait for an answer",
            one.gate.waiting,
        )
        yield Due(
            title=title % {**told, "count": one.gate.waiting},
            plan=plan,
            url=f"{page}#objections",
            action=_("Read and answer"),
            today=desk.day,
            due_on=one.gate.ends_on,
        )
    if standing is Standing.UPHELD and Permission.PURCHASE_RECORD in may:
        yield Due(
            title=_("List %(number)s has to be cancelled: an objection was upheld") % told,
            plan=plan,
            url=f"/lists/{one.row.pk}/",
            action=_("See the list"),
            today=desk.day,
        )
    if Permission.BENEFIT_WRITE not in may:
        return
    if standing is Standing.MISSING:
        yield Due(
            title=_("Put list %(number)s up for public notice") % told,
            plan=plan,
            detail=_("The inspector has signed it."),
            url=page,
            action=_("Put it up"),
            today=desk.day,
        )
    elif standing is Standing.OVER and one.gate.ends_on:
        yield Due(
            title=_("The public notice of list %(number)s is over") % told,
            plan=plan,
            detail=_("It ended on %(day)s, and nothing objected waits. The list may be paid.")
            % {"day": written(one.gate.ends_on)},
            url=f"/lists/{one.row.pk}/",
            action=_("See the list"),
            today=desk.day,
        )
