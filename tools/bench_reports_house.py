"""A tree of thousands of units that report, each with a liaison who is signed in; made by its tables."""

from datetime import date, datetime, timedelta
from typing import Any

DAY = date(2020, 1, 1)
DISTRICTS = 20
TOKEN = "b" * 32
"""What the check of origin compares: the cookie of every request, and what its form says."""


def make(units: int) -> list[tuple[int, int, str]]:
    """Make the house and open the period of today; return slot, unit and session of each unit."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.db import connection, transaction

    from songnuan.emergency.models import ReportSlot
    from songnuan.journeys.report_periods import open_report_periods
    from songnuan.kernel.actor import SYSTEM
    from songnuan.organisation.models import Installation, InstallationKind
    from songnuan.organisation.queries import now

    at = now()
    with transaction.atomic(), connection.cursor() as cursor:
        serial = "BIGSERIAL" if connection.vendor == "postgresql" else "INTEGER"
        cursor.execute(
            f"CREATE TABLE bench_row (id {serial} PRIMARY KEY, unit_id BIGINT, words TEXT, at TIMESTAMP)"
        )
        Installation.objects.get_or_create(
            pk=1, defaults={"kind": InstallationKind.REAL, "keys_fingerprint": "", "created_at": at}
        )
        top, leaves = _tree(units)
        users = _people(leaves, at)
        _plan(top, at)
    open_report_periods(actor=SYSTEM, at=at)
    slots = dict(ReportSlot.objects.values_list("unit_id", "pk"))
    sessions, found = [], []
    encode = SessionStore().encode
    for unit_id, user in zip(leaves, users, strict=True):
        key = f"{user.pk:032d}"
        told = {
            "_auth_user_id": str(user.pk),
            "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
            "_auth_user_hash": user.get_session_auth_hash(),
        }
        sessions.append(
            Session(session_key=key, session_data=encode(told), expire_date=at + timedelta(days=1))
        )
        found.append((slots[unit_id], unit_id, key))
    Session.objects.bulk_create(sessions, batch_size=1000)
    return found


def _tree(units: int) -> tuple[int, list[int]]:
    """Make a centre, its districts, and the units in them; return the centre and the units."""
    from songnuan.organisation.models import Unit, UnitLink, UnitRecord

    count = 1 + DISTRICTS + units
    made = Unit.objects.bulk_create(
        [Unit(key=f"u{place}", opened_on=DAY) for place in range(count)], batch_size=1000
    )
    ids = [unit.pk for unit in made]
    top, districts, leaves = ids[0], ids[1 : 1 + DISTRICTS], ids[1 + DISTRICTS :]
    parents: dict[int, int | None] = {top: None, **dict.fromkeys(districts, top)}
    parents |= {unit: districts[place % DISTRICTS] for place, unit in enumerate(leaves)}
    UnitRecord.objects.bulk_create(
        [
            UnitRecord(
                unit_id=unit,
                parent_id=parent,
                name=f"单位{unit}",
                kind="bureau" if parent is None else "subordinate" if parent == top else "front_line",
                starts_on=DAY,
            )
            for unit, parent in parents.items()
        ],
        batch_size=1000,
    )
    links = [UnitLink(ancestor_id=unit, descendant_id=unit, depth=0, starts_on=DAY) for unit in ids]
    for unit, parent in parents.items():
        if parent is not None:
            links.append(UnitLink(ancestor_id=parent, descendant_id=unit, depth=1, starts_on=DAY))
            if parent != top:
                links.append(UnitLink(ancestor_id=top, descendant_id=unit, depth=2, starts_on=DAY))
    UnitLink.objects.bulk_create(links, batch_size=1000)
    return top, leaves


def _people(leaves: list[int], at: datetime) -> list[Any]:
    """Give every unit a liaison."""
    from songnuan.organisation.models import Post, User

    users = User.objects.bulk_create(
        [
            User(username=f"l{unit}", name=f"联络员{unit}", password="!", created_at=at)  # noqa: S106 - opens nothing
            for unit in leaves
        ],
        batch_size=1000,
    )
    Post.objects.bulk_create(
        [
            Post(user=user, unit_id=unit, role="unit_liaison", starts_on=DAY)
            for user, unit in zip(users, leaves, strict=True)
        ],
        batch_size=1000,
    )
    return users


def _plan(top: int, at: datetime) -> None:
    """Open a measure whose units report by the end of the day."""
    from songnuan.plans.models import Measure, Plan

    plan = Plan.objects.create(
        slug="bench", title="应急预案", unit_id=top, kind="emergency", status="open", version=1
    )
    Measure.objects.create(
        plan=plan,
        position=1,
        key="daily",
        clause_key="reports",
        kind="situation_reports",
        settings={
            "period": "day",
            "due": "23:59",
            "kinds": [{"kind": "front_line"}],
            "figures": [{"key": "fever", "label": "发热人数"}],
            "superior": "上级",
            "superior_due": "23:59",
            "code": "临澄社防",
        },
        status="open",
        opened_at=at - timedelta(days=1),
    )
