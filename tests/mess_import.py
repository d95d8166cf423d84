"""How the tests of messy workbooks bring them in, and set up the house that they come into."""

import json
import tempfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from click.testing import CliRunner
from hypothesis import settings

from mess import Made
from mess_people import UNITS, Invented
from pairs import enrol, roster
from pairs import person as entered
from songnuan.cli.commands import songnuan
from songnuan.journeys.create_units import NewUnit, create_units
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.models import Unit
from songnuan.organisation.queries import now
from songnuan.people.models import Enrolment, FamilyLink, Person, Service

BUREAU = "澄江省水运管理局"


def some(share: float) -> settings:
    """Return the profile's settings with a share of its examples: each takes about a second."""
    return settings(max_examples=max(round(settings().max_examples * share), 4))


def bring(made: Made, *options: str, kind: str = "people") -> Any:
    """Import a file by the command; return its document."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / made.name
        path.write_bytes(made.content)
        arguments = ["roster", "import", str(path), "--kind", kind, "--json", *options]
        result = CliRunner().invoke(songnuan, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def figures(done: Any) -> tuple[int, int, int, int]:
    """Return rows, accepted, unchanged, rejected."""
    return done["rows"], done["accepted"], done["unchanged"], done["rejected"]


def set_up_units() -> dict[str, int]:
    """Set up a bureau with every unit that rosters name; return their ids by name."""
    rows = [NewUnit(BUREAU, "bureau", "")]
    rows += [NewUnit(name, "subordinate", rows[0].name) for name in UNITS]
    return create_units(rows=rows, opened_on=date(2020, 1, 1), actor=SYSTEM, at=now())


def put_on_staff(people: Iterable[Invented], units: dict[str, int]) -> None:
    """Enter people whom the register is to know, with number and phone, at their units."""
    staff = roster(units[BUREAU], key="staff")
    for one in people:
        numbers = {"id_number": one.id_number} if one.kind else {}
        enrol(staff, entered(one.name, phone=one.phone, **numbers), unit_id=units[one.unit])


def register() -> set[tuple[object, ...]]:
    """Return what of the register moves when anything in it changes."""
    dated = ("pk", "person_id", "told_digest", "starts_on", "ends_on")
    return {
        *Person.objects.values_list("pk", "key", "changed_at"),
        *(("enrolment", *row) for row in Enrolment.objects.values_list(*dated, "unit_id")),
        *(("link", *row) for row in FamilyLink.objects.values_list(*dated, "relative_id")),
        *(("service", *row) for row in Service.objects.values_list(*dated, "withdrawn_on")),
        ("units", Unit.objects.count()),
    }
