"""What journeys share: telling whoever asked how an approval ended, and whose office was used."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from songnuan.approvals.models import Request, RequestStatus, Verb
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User


def tell_maker(request: Request, url: str, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for who asked: approved, or returned or taken back by another, and with what remark."""
    status = RequestStatus(request.status)
    last = request.acts.order_by("-pk")[0]
    remark = request.withdrawn_why if status is RequestStatus.WITHDRAWN else last.remark

    def say() -> tuple[str, str]:
        titles = {
            RequestStatus.APPROVED: _("Approved: %(title)s"),
            RequestStatus.RETURNED: _("Returned: %(title)s"),
            RequestStatus.WITHDRAWN: _("Taken back by another: %(title)s"),
        }
        return titles[status] % {"title": request.title}, remark

    tell(
        _maker(request).exclude(pk=actor.user_id or 0),
        say,
        topic=f"approval.{status.value}",
        key=f"approval:{request.pk}:{status.value}",
        url=url,
        actor=actor,
        at=at,
    )


def tell_holder(request: Request, url: str, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for whose office the last act was done in, where somebody stood in for them."""
    last = request.acts.select_related("person").order_by("-pk")[0]
    if last.holder_id == last.person_id:
        return
    titles = {
        Verb.APPROVE.value: gettext_noop("%(person)s signed in your office: %(title)s"),
        Verb.RETURN.value: gettext_noop("%(person)s returned in your office: %(title)s"),
    }

    def say() -> tuple[str, str]:
        return _(titles[last.verb]) % {"person": last.person.name, "title": request.title}, last.remark

    tell(
        User.objects.filter(pk=last.holder_id),
        say,
        topic="approval.in_your_office",
        key=f"approval:{request.pk}:act:{last.pk}",
        url=url,
        actor=actor,
        at=at,
    )


def tell_sent_back(request: Request, remark: str, url: str, *, actor: Actor, at: datetime) -> None:
    """Leave a notice for who asked: what was approved goes back to be changed, with what remark."""

    def say() -> tuple[str, str]:
        return _("Back to be changed: %(title)s") % {"title": request.title}, remark

    tell(
        _maker(request).exclude(pk=actor.user_id or 0),
        say,
        topic="approval.returned",
        key=f"approval:{request.pk}:sent_back",
        url=url,
        actor=actor,
        at=at,
    )


def _maker(request: Request) -> QuerySet[User]:
    return User.objects.filter(pk__in=request.acts.filter(verb=Verb.REQUEST).values("person"))
