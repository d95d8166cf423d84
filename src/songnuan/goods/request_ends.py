"""How a request for a purchase ended: what was bought on it, or who sent it back or withdrew it."""

from django.utils.translation import gettext as _

from songnuan.approvals.models import Act, Verb
from songnuan.approvals.models import RequestStatus as Answer
from songnuan.approvals.queries import latest
from songnuan.funds.models import Entry, Kind
from songnuan.goods.models import Purchase, PurchaseRequest, RequestStatus
from songnuan.goods.request_queries import subject_of
from songnuan.goods.request_rules import request_number
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written


def end_of(row: PurchaseRequest) -> str:
    """Return what became of a request that is over, and what can be done; empty while it waits or stands."""
    if row.status == RequestStatus.BOUGHT:
        purchase = Purchase.objects.filter(request=row, cancelled_at__isnull=True).order_by("-pk").first()
        if purchase is None:  # cancelled since the row was read: the request stands again, or is over
            return ""
        sentence = _(
            "Request %(request)s was bought already: purchase No. %(number)s, bought on %(day)s. What else is"
            " needed is requested anew."
        )
        day = written(purchase.bought_on, "full")
        return sentence % {**_facts(row), "number": purchase.number, "day": day}
    if row.status == RequestStatus.RETURNED:
        act = Act.objects.filter(request=latest(subject_of(row.pk)), verb=Verb.RETURN).latest("pk")
        sentence = _(
            "Request %(request)s was sent back by %(person)s on %(time)s: %(reason)s. What is still needed is"
            " requested anew."
        )
        told = {"person": act.person.name or act.person.username, "reason": act.remark.rstrip("。.")}
        return sentence % {**_facts(row), **told, "time": written(act.at.astimezone(CHINA), "moment")}
    return _withdrawn(row) if row.status == RequestStatus.WITHDRAWN else ""


def _withdrawn(row: PurchaseRequest) -> str:
    """Return who ended a request: while it waited it was taken back, later its money was released."""
    asked = latest(subject_of(row.pk))
    if asked is not None and asked.status == Answer.WITHDRAWN:
        by, at = asked.withdrawn_by, asked.withdrawn_at
    else:
        freed = Entry.objects.filter(commitment=row.commitment_id, kind=Kind.RELEASE).latest("pk")
        by, at = freed.entered_by, freed.at
    if row.withdrawn_why:
        sentence = _(
            "Request %(request)s was withdrawn by %(person)s on %(time)s: %(reason)s. What is still needed is"
            " requested anew."
        )
    else:
        sentence = _(
            "Request %(request)s was withdrawn by %(person)s on %(time)s. What is still needed is requested"
            " anew."
        )
    told = {
        "person": (by.name or by.username) if by else "",
        "time": written(at.astimezone(CHINA), "moment") if at else "",
        "reason": row.withdrawn_why.rstrip("。."),
    }
    return sentence % {**_facts(row), **told}


def _facts(row: PurchaseRequest) -> dict[str, str]:
    return {"request": request_number(row.number)}
