"""What is said to who decides about a thing that was decided before: a second click, or a second window."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from songnuan.approvals.models import Act, RequestStatus, Verb
from songnuan.approvals.queries import latest
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.organisation.models import User

_DECIDING = (Verb.APPROVE, Verb.RETURN)


def say_decided(request: HttpRequest, what: str, at: datetime, by: User | None, reader: User) -> None:
    """Say what is recorded: what the reader decided, or what somebody else did before."""
    facts = {"what": what, "time": written(at.astimezone(CHINA), "moment")}
    if by is not None and by.pk == reader.pk:
        sentence = _("This is recorded already: you decided “%(what)s” on %(time)s. Nothing was added to it.")
        messages.info(request, sentence % facts)
        return
    sentence = _("%(person)s decided “%(what)s” on %(time)s. Nothing of yours was recorded.")
    name = (by.name or by.username) if by is not None else ""
    messages.error(request, sentence % {**facts, "person": name})


def say_request_decided(request: HttpRequest, subject: str, reader: User) -> bool:
    """Say what is recorded of the newest request about `subject`; return whether there was anything to say.

    There is where the reader decided about it, or somebody else did to the end; not where it was taken back.
    """
    asked = latest(subject)
    acts = Act.objects.filter(request=asked, verb__in=_DECIDING).select_related("person").order_by("-pk")
    act = acts.filter(person=reader).first()
    if act is None and asked is not None and asked.status in {RequestStatus.APPROVED, RequestStatus.RETURNED}:
        act = acts.first()
    if act is None:
        return False
    say_decided(request, str(Verb(act.verb).label), act.at, act.person, reader)
    return True
