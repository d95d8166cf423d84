"""How the tests of rosters' pages browse: a roster made, a workbook brought, the worker's work done."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from people import Bureau, at
from roster_files import HEADINGS, number, person, take, text
from songnuan.jobs.worker import run_pending
from songnuan.journeys.create_account import create_account
from songnuan.journeys.create_roster import create_roster
from songnuan.journeys.give_post import give_post
from songnuan.kernel.actor import SYSTEM, Actor
from songnuan.organisation.permissions import Role
from songnuan.organisation.queries import actor_of
from songnuan.people.models import Enrolment, Person, RosterImport
from songnuan.people.queries import import_of
from web.browsing import as_, on, trail_length

# A number whose last character does not fit.
WRONG = number(2)[:17] + ("1" if number(2)[17] != "1" else "2")


def unit_liaison(unit_id: int, username: str = "keeper") -> Actor:
    """Return somebody who keeps the rosters of one unit."""
    user = create_account(username=username, name="管花名", password=None, actor=SYSTEM, at=at(1))
    give_post(user_id=user.pk, unit_id=unit_id, role=Role.UNIT_LIAISON, actor=SYSTEM, at=at(1))
    return actor_of(user)


def told(unit_id: int, **changes: Any) -> dict[str, Any]:
    """Return the form of a new roster as an officer fills it in."""
    return {
        "key": str(uuid4()),
        "title": "在岗人员名册",
        "kind": "people",
        "unit": unit_id,
        "purpose": "走访慰问一线人员。",
        "legal_ground": "duty",
        "notice": "本名册仅用于走访慰问。",
        "retain_until": "2022-12-31",
        **changes,
    }


def stocked(bureau: Bureau, content: bytes, **options: Any) -> str:
    """Bring people into the roster of the bureau, and return its key."""
    take(content, bureau, **options)
    return str(options.get("key") or options.get("kind", "people"))


def upload(actor: Actor, roster: str, content: bytes, name: str = "花名册.csv", **fields: str) -> Any:
    """Bring a workbook in on 8 April, and return the answer."""
    with on(at(8)):
        form = {"workbook": SimpleUploadedFile(name, content), **fields}
        return as_(actor).post(reverse("roster_bring", args=(roster,)), form)


def read(actor: Actor, roster: str, content: bytes, **fields: str) -> RosterImport:
    """Bring a workbook in, have it read, and return the import."""
    answer = upload(actor, roster, content, **fields)
    assert answer.status_code == 302
    work()
    return RosterImport.objects.get(key=answer.url.rstrip("/").rpartition("/")[2])


def work(moment: datetime | None = None) -> None:
    """Let the worker do what is due."""
    with on(moment or at(8)):
        run_pending()


def see(actor: Actor, source: RosterImport, query: str = "", part: str = "") -> Any:
    """Return the page of an import, or a part of it."""
    with on(at(8, 11)):
        return as_(actor).get(reverse(f"roster_import{part}", args=(source.key,)) + query)


def act(
    actor: Actor,
    source: RosterImport,
    name: str,
    fields: Mapping[str, Any] | None = None,
    *,
    script: bool = False,
) -> Any:
    """Post to an import."""
    headers = {"HX-Request": "true"} if script else {}
    with on(at(8, 12)):
        url = reverse(f"roster_import_{name}", args=(source.key,))
        return as_(actor).post(url, dict(fields or {}), headers=headers)


def own_roster(bureau: Bureau) -> str:
    """Make a roster of the lead office, and return its key."""
    return create_roster(
        title="航道处名册",
        kind="people",
        unit_id=bureau.lead_id,
        purpose="",
        legal_ground="duty",
        notice="",
        retain_until=None,
        key=uuid4(),
        actor=bureau.officer,
        at=at(6),
    )


def kept() -> list[Path]:
    """Return the files that wait."""
    return sorted(Path(settings.FILES_ROOT).glob("uploads/*"))


def messy(*changed: list[object]) -> bytes:
    """Return a file with one new person in order, and these rows."""
    return text(HEADINGS, person(10), *changed)


def count() -> tuple[int, int, int]:
    """Return how many people and enrolments there are, and how long the trail is."""
    return Person.objects.count(), Enrolment.objects.count(), trail_length()


def again(source: RosterImport) -> RosterImport:
    """Return the import as it is now."""
    found = import_of(source.key)
    assert found is not None
    return found
