"""What is due about lists of payments beside their approvals: to sign as inspector, to make anew."""

from collections import Counter
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.approvals.hold_queries import active_among
from songnuan.kernel.money import yuan
from songnuan.organisation.permissions import Permission
from songnuan.payments.actions.releases import CONFIRMING
from songnuan.payments.models import ListAct, ListStatus, PaymentBatch, PaymentList, Verb
from songnuan.payments.notice_rules import Standing
from songnuan.payments.notices import signed_lists
from songnuan.payments.queries import is_paid, lists_of
from songnuan.payments.release_queries import paid_of, told_now, unpaid_lines
from songnuan.payments.rules import list_number, subject_of
from songnuan.people.models import PersonStatus
from songnuan.plans.models import Measure
from songnuan.web.due.base import Desk, Due


def to_sign_as_inspector(desk: Desk) -> Iterator[Due]:
    """Yield the approved lists that wait for the reader's signature."""
    running = desk.running(desk.reach_ids(Permission.LIST_INSPECT))
    if not running:
        return
    rows = PaymentList.objects.filter(status=ListStatus.APPROVED, measure__plan__in=running)
    acted = ListAct.objects.filter(person=desk.user).values("payment_list")
    found = list(rows.exclude(pk__in=acted).select_related("measure__plan").order_by("pk"))
    held = active_among([subject_of(row.pk) for row in found]) if found else {}
    for row in found:
        if not is_paid(row.pk, desk.user.pk):
            yield Due(
                title=_("Sign payment list %(number)s") % {"number": list_number(row.number)},
                plan=row.measure.plan.title,
                detail=_sum(row),
                url=reverse("payment_list", args=(row.pk,)),
                action=_("Read and sign"),
                today=desk.day,
                due_on=row.measure.plan.due_on,
                is_held=subject_of(row.pk) in held,
            )


def to_release(desk: Desk) -> Iterator[Due]:
    """Yield the signed lists whose notice is over, to who can release them."""
    running = desk.running(desk.reach_ids(Permission.PAYMENT_RELEASE))
    if not running:
        return
    acted = ListAct.objects.filter(person=desk.user).values("payment_list")
    found = [
        one
        for one in signed_lists([plan.pk for plan in running])
        if one.gate.standing(desk.day) is Standing.OVER
    ]
    own = set(
        acted.filter(payment_list__in=[one.row.pk for one in found]).values_list("payment_list", flat=True)
    )
    held = active_among([subject_of(one.row.pk) for one in found]) if found else {}
    for one in found:
        if one.row.pk not in own and not is_paid(one.row.pk, desk.user.pk):
            yield Due(
                title=_("Release payment list %(number)s") % {"number": list_number(one.row.number)},
                plan=one.row.measure.plan.title,
                detail=_sum(one.row),
                url=reverse("payment", args=(one.row.pk,)),
                action=_("Read and release"),
                today=desk.day,
                due_on=one.row.measure.plan.due_on,
                is_held=subject_of(one.row.pk) in held,
            )


def to_pay(desk: Desk) -> Iterator[Due]:
    """Yield the released lists of which something is to be booked, or is not paid, to who pays."""
    running = desk.running(desk.reach_ids(Permission.PAYMENT_RELEASE))
    if not running:
        return
    rows = PaymentList.objects.filter(status=ListStatus.RELEASED, measure__plan__in=running)
    found = list(rows.select_related("measure__plan").order_by("pk"))
    paid = paid_of([row.pk for row in found])
    for row in found:
        told, number = paid[row.pk], {"number": list_number(row.number)}
        failed = told.failed.count + told.returned.count
        if told.is_done:
            continue
        if failed:
            title = _("Payments of list %(number)s failed or came back") % number
            count = ngettext("%(count)s line", "%(count)s lines", failed) % {"count": failed}
            action, late = _("Look at them"), True
        else:
            title = _("Book what became of list %(number)s") % number
            count = ngettext("%(count)s line", "%(count)s lines", told.sent.count) % {
                "count": told.sent.count
            }
            action, late = _("Open the payment"), False
        yield Due(
            title=title,
            plan=row.measure.plan.title,
            detail=count,
            url=reverse("payment", args=(row.pk,)),
            action=action,
            today=desk.day,
            due_on=desk.day if late else row.measure.plan.due_on,
        )


def to_confirm_accounts(desk: Desk) -> Iterator[Due]:
    """Yield the lists of which a line is paid to a new account once a second person has confirmed it."""
    running = desk.running(frozenset[int]().union(*(desk.reach_ids(one) for one in CONFIRMING)))
    if not running:
        return
    rows = PaymentList.objects.filter(status=ListStatus.RELEASED, measure__plan__in=running)
    own = PaymentBatch.objects.filter(released_by=desk.user).values("payment_list")
    found = list(rows.exclude(pk__in=own).select_related("measure__plan").order_by("pk"))
    differing = told_now(unpaid_lines(*(row.pk for row in found))).filter(
        differs=True, payee__status=PersonStatus.ACTIVE
    )
    lines = Counter(pk for _line, pk in differing.values_list("pk", "payment_list")) if found else Counter()
    for row in found:
        count = lines[row.pk]
        if not count or is_paid(row.pk, desk.user.pk):
            continue
        yield Due(
            title=_("Confirm a new account: list %(number)s") % {"number": list_number(row.number)},
            plan=row.measure.plan.title,
            detail=ngettext("%(count)s line", "%(count)s lines", count) % {"count": count},
            url=f"{reverse('payment', args=(row.pk,))}#open",
            action=_("Look and confirm"),
            today=desk.day,
            due_on=desk.day,
        )


def to_make_anew(desk: Desk) -> Iterator[Due]:
    """Yield the lists of the reader that were returned, until the clause has another list."""
    running = desk.running(desk.reach_ids(Permission.BENEFIT_WRITE))
    if not running:
        return
    measures = list(Measure.objects.filter(plan__in=running, kind="grants").values_list("pk", flat=True))
    newest = {row.measure_id: row for row in lists_of(measures).order_by("pk")}
    returned = {row.pk: row for row in newest.values() if row.status == ListStatus.RETURNED}
    acts = ListAct.objects.filter(payment_list__in=returned).order_by("pk")
    mine = set(acts.filter(verb=Verb.MAKE, person=desk.user).values_list("payment_list", flat=True))
    said = dict(acts.filter(verb=Verb.RETURN, stood_in=False).values_list("payment_list", "remark"))
    for pk, row in returned.items():
        if pk in mine:
            yield Due(
                title=_("Payment list %(number)s was returned: reckon it and make it anew")
                % {"number": list_number(row.number)},
                plan=row.measure.plan.title,
                detail=said.get(pk, ""),
                url=reverse("payment_list", args=(pk,)),
                action=_("See the remarks"),
                today=desk.day,
                due_on=row.measure.plan.due_on,
            )


def _sum(row: PaymentList) -> str:
    people = ngettext("%(count)s person", "%(count)s people", row.people_count) % {"count": row.people_count}
    return _("%(people)s, %(sum)s yuan") % {"people": people, "sum": yuan(row.total_minor)}
