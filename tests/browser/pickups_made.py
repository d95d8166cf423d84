"""Fills a house with a kit that people pick up, for tests in a browser: a script to run on its data folder.

Prints the session of the office and that of somebody who came in with a code of theirs.
"""

import json
import sys
from datetime import datetime, timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402 - after Django is set up
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402

from goods import builders, pickups  # noqa: E402
from songnuan.goods.models import Kit  # noqa: E402
from songnuan.jobs.backend import new_job  # noqa: E402
from songnuan.jobs.models import Job  # noqa: E402
from songnuan.journeys.schedule import SCHEDULE  # noqa: E402
from songnuan.kernel.clock import CHINA, wall  # noqa: E402
from songnuan.organisation.models import User  # noqa: E402
from songnuan.plans.models import Measure, Plan  # noqa: E402
from web.browsing import opened_by_code, user_of  # noqa: E402


def main() -> None:
    """Make the house: nine people on a roster, of whom nobody is assigned to a batch yet."""
    now = wall().astimezone(CHINA) - timedelta(minutes=10)
    for module in (builders, pickups):
        module.NOW, module.TODAY = now, now.date()  # type: ignore[attr-defined]  # the house of today
    pickups.FIRST, pickups.SECOND = now.date(), now.date() + timedelta(15)
    names = ["赵安澜", "钱守正", "孙明溪", "李望舒", "周归雁", "吴听雨", "郑怀远", "王若水", "冯知秋"]
    gate = pickups.make_gate(kits=30)
    Plan.objects.filter(pk=gate.store.house.plan.pk).update(title="教职工关爱包发放方案", status="approved")
    Measure.objects.filter(pk=gate.measure.pk).update(kind="pickups")
    Kit.objects.update(name="爱心关爱包")
    gate.enrol(*names)
    _night_is_over(now)
    made = {
        "pk": gate.distribution.pk,
        "office": _signed_in(user_of(gate.officer)),
        "person": _come_in(gate, "钱守正", now),
    }
    sys.stdout.write(json.dumps(made))


def _night_is_over(now: datetime) -> None:
    """Let the worker find the night's work done: what differs from the roster is left to the office."""
    entry = next(entry for entry in SCHEDULE if entry.name == "pickups.keep")
    job = new_job(entry.task, now)
    job.schedule, job.due_at, job.status = entry.name, entry.due_at(wall()), Job.Status.DONE
    job.finished_at = now
    job.save()


def _signed_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def _come_in(gate: pickups.Gate, name: str, now: datetime) -> str:
    session = SessionStore()
    session.update(opened_by_code(gate.people[name], gate.officer, now))
    session.save()
    return str(session.session_key)


main()
