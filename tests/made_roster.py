"""A roster of people on which nobody stands yet, and the import that tells of who comes."""

from datetime import datetime
from uuid import uuid4

from songnuan.organisation.models import Unit
from songnuan.organisation.queries import day_of
from songnuan.people.models import ImportStatus, Roster, RosterImport, RosterKind


def make_roster(
    unit: Unit, at: datetime, *, key: str = "", title: str = "在岗教师名册"
) -> tuple[Roster, RosterImport]:
    """Make a roster that a unit keeps, and the import."""
    roster = Roster.objects.create(
        key=key or uuid4().hex, title=title, kind=RosterKind.PEOPLE, unit=unit, created_at=at
    )
    told_by = RosterImport.objects.create(
        key=uuid4().hex,
        roster=roster,
        roster_key=roster.key,
        roster_title=roster.title,
        unit=unit,
        kind=RosterKind.PEOPLE,
        file_name="名册.xlsx",
        file_digest="0" * 64,
        file_size=1,
        status=ImportStatus.APPLIED,
        applied_at=at,
        created_at=at,
        touched_at=at,
        day=day_of(at),
    )
    return roster, told_by
