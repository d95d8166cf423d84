"""What is due about supervision: holds to answer and to lift, receipts to call back about."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.approvals.hold_queries import active_over
from songnuan.organisation.permissions import Permission
from songnuan.visits.sample_queries import to_check as left_to_check
from songnuan.web.due.base import Desk, Due
from songnuan.web.inspection_words import calls_left
from songnuan.web.trail_named import Named
from songnuan.web.trail_subjects import look_up


def to_hold(desk: Desk) -> Iterator[Due]:
    """Yield the holds that wait for the reader's answer, and those answered that they lift."""
    answers, inspects = (desk.reach_ids(one) for one in (Permission.HOLD_ANSWER, Permission.HOLD_PLACE))
    if not answers | inspects:
        return
    rows = [
        row
        for row in active_over(answers | inspects)
        if row.unit_id in (inspects if row.is_answered else answers)
    ]
    names = look_up({row.subject for row in rows}, desk)
    titles = {plan.slug: plan.title for plan in desk.plans}
    for row in rows:
        name = names.get(row.subject, Named(row.subject)).text
        title = _("Hold answered: %(thing)s") if row.is_answered else _("Answer the hold: %(thing)s")
        yield Due(
            title=title % {"thing": name},
            plan=titles.get(row.plan_slug, ""),
            detail=row.last_said if row.is_asked else row.reason,
            url=reverse("hold", args=(row.hold_id,)),
            action=_("Look into it") if row.is_answered else _("Answer"),
            today=desk.day,
        )


def to_call_back(desk: Desk) -> Iterator[Due]:
    """Yield every sample whose units the reader has still to call back, the oldest of each plan first."""
    plans = desk.where(Permission.RECEIPT_CHECK)
    if not plans:
        return
    for plan_id, rows in left_to_check(plans).items():
        for left in rows:
            yield Due(
                title=calls_left(left),
                plan=plans[plan_id].title,
                detail=_("Draw %(number)s") % {"number": left.number},
                url=reverse("sample", args=(left.sample_id,)),
                action=_("Open the sample"),
                today=desk.day,
            )
