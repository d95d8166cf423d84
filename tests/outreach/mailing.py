"""What the tests of reminders that leave the house share."""

from datetime import datetime
from typing import Any

from django.core import mail
from django.core.mail import EmailMessage

from songnuan.jobs.models import Job, OutboxMessage
from songnuan.jobs.worker import run_pending
from songnuan.journeys.base import step
from songnuan.journeys.pass_on import pass_on
from songnuan.journeys.telling import tell
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.kernel.clock import wall
from songnuan.organisation.models import User
from songnuan.outreach.models import Way
from songnuan.outreach.queries import address_digest
from web.browsing import user_of


def reached(actor: Actor, since: datetime, address: str = "", channel: str = "email") -> Way:
    """Let the actor be reached by mail: an address, confirmed."""
    user = user_of(actor)
    told = address or f"{user.username}@example.org"
    User.objects.filter(pk=user.pk).update(email=told)
    digest = address_digest(channel, told)
    return Way.objects.create(user=user, channel=channel, since=since, address_digest=digest)


def notice(actor: Actor, title: str, moment: datetime, body: str = "", **changes: Any) -> None:
    """Leave a notice for the actor."""
    given = {"topic": "visit.recorded", "url": "/visits/1/", "plan": "", **changes}
    with step():
        tell([user_of(actor)], lambda: (title, body), key=f"test:{title}", actor=SYSTEM, at=moment, **given)


def posted(moment: datetime) -> list[EmailMessage]:
    """Let the worker look at `moment`, and return the letters that went out by it."""
    before = len(mail.outbox)
    pass_on(actor=SYSTEM, at=moment)
    run_all()
    return mail.outbox[before:]


def run_all() -> None:
    """Run every attempt of every job, without waiting between them."""
    again = True
    while again:
        Job.objects.filter(status=Job.Status.READY).update(run_after=wall())
        again = run_pending() > 0


def letters() -> int:
    """Return how many letters were written."""
    return OutboxMessage.objects.exclude(channel="in_app").count()
