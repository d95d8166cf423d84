"""What journeys share: telling whoever asked how an approval ended."""

from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


def tell_maker(request: Request, url: str, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for who asked: approved, or returned and with what remark."""
    maker = User.objects.filter(pk__in=request.acts.filter(verb=Verb.REQUEST).values("person"))
    last = request.acts.order_by("-pk")[0]
    is_returned = request.status == RequestStatus.RETURNED

    def say() -> tuple[str, str]:
        title = _("Returned: %(title)s") if is_returned else _("Approved: %(title)s")
        return title % {"title": request.title}, last.remark

    tell(
        maker,
        say,
        topic="approval.returned" if is_returned else "approval.approved",
        key=f"approval:{request.pk}:{request.status}",
        url=url,
        actor=actor,
        at=at,
    )
