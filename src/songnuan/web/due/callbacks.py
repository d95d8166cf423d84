"""What is due about money that was paid: people to call back, and what they said that nobody looked into."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.journeys.inspection import payment_flags
from songnuan.organisation.permissions import Permission
from songnuan.payments.sample_queries import to_call
from songnuan.visits.sample_queries import noted_flags
from songnuan.web.callback_words import payees_left
from songnuan.web.due.base import Desk, Due


def to_call_payees(desk: Desk) -> Iterator[Due]:
    """Yield every draw of payments of which people are still to be called, the oldest of each plan first."""
    plans = desk.where(Permission.LIST_INSPECT)
    if not plans:
        return
    for plan_id, rows in to_call(plans).items():
        for left in rows:
            yield Due(
                title=payees_left(left),
                plan=plans[plan_id].title,
                detail=_("Draw %(number)s of payments") % {"number": left.number},
                url=reverse("callback_sample", args=(left.sample_id,)),
                action=_("Open the call list"),
                today=desk.day,
            )


def to_look_into(desk: Desk) -> Iterator[Due]:
    """Yield what people said to be amiss, until an inspector notes what came of it."""
    plans = desk.where(Permission.LIST_INSPECT)
    if not plans:
        return
    noted = noted_flags(plans)
    for plan_id, rows in payment_flags(plans, desk.day).items():
        for payment_id, flag in rows:
            if (plan_id, flag.key) not in noted:
                yield Due(
                    title=_("Somebody says otherwise of the money they were paid"),
                    plan=plans[plan_id].title,
                    detail=flag.sentence,
                    url=reverse("callback", args=(payment_id,)),
                    action=_("Look into it"),
                    today=desk.day,
                )
