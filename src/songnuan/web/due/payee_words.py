"""What is due about money of which its payees say that it did not come."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.payments.actions.payee_words import ANSWERING
from songnuan.payments.models import PaymentList
from songnuan.payments.payee_queries import answerers_not, open_counts
from songnuan.payments.rules import list_number
from songnuan.web.due.base import Desk, Due


def to_answer_payees(desk: Desk) -> Iterator[Due]:
    """Yield the lists of which payees say that money did not come, to whoever may answer them."""
    reach = set().union(*(desk.reach_ids(one) for one in ANSWERING))
    plans = [plan for plan in desk.plans if plan.unit_id in reach]
    counts = open_counts(PaymentList.objects.filter(measure__plan__in=plans))
    if not counts:
        return
    not_theirs = answerers_not(list(counts), desk.user.pk)
    rows = PaymentList.objects.filter(pk__in=counts).exclude(pk__in=not_theirs)
    for row in rows.select_related("measure__plan").order_by("pk"):
        title = ngettext(
            "%(count)s payee of list %(number)s says that the money did not come",
            "%(count)s payees of list %(number)s say that the money did not come",
            counts[row.pk],
        )
        yield Due(
            title=title % {"count": counts[row.pk], "number": list_number(row.number)},
            plan=row.measure.plan.title,
            url=f"{reverse('payment_list', args=(row.pk,))}#payees",
            action=_("Read and answer"),
            today=desk.day,
        )
