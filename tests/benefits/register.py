"""Staff, families and service straight in the tables, by single letters."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from benefits.union import NOW, TODAY, Union, make_union
from goods.builders import make_measure
from songnuan.kernel.actor import Actor
from songnuan.people.models import (
    Enrolment,
    FamilyLink,
    ImportStatus,
    Person,
    Roster,
    RosterImport,
    RosterKind,
    Service,
)
from songnuan.plans.models import Measure, Plan

STARTED = date(2020, 1, 1)


@dataclass
class Register:
    """A union with a plan, a measure of it, and rosters; `people` by the names of the test."""

    union: Union
    measure: Measure
    staff: Roster
    source: RosterImport
    people: dict[str, Person] = field(default_factory=dict)

    @property
    def officer(self) -> Actor:
        """The union's officer."""
        return self.union.officer

    def measure_now(self) -> Measure:
        """Return the measure as it stands."""
        return Measure.objects.select_related("plan").get(pk=self.measure.pk)

    def person(self, name: str) -> Person:
        """Return the person of a name, made when first asked for."""
        if name not in self.people:
            self.people[name] = Person.objects.create(
                key=uuid4().hex, name=name, created_at=NOW, changed_at=NOW
            )
        return self.people[name]

    def employ(self, *names: str, **facts: object) -> None:
        """Let people stand in the roster of staff, with their place in the list as number."""
        for name in names:
            number = f"{Enrolment.objects.count() + 1}"
            told = {"employee_number": number, "told_digest": "x", "starts_on": STARTED, **facts}
            Enrolment.objects.create(
                roster=self.staff,
                person=self.person(name),
                unit=self.union.unit,
                told_by=self.source,
                **told,
            )

    def relate(self, name: str, relation: str, *relatives: str, **facts: object) -> None:
        """Note what the relatives are to a person: spouse, parent, child."""
        for relative in relatives:
            told = {"told_digest": "x", "starts_on": STARTED, **facts}
            FamilyLink.objects.create(
                roster=self.staff,
                person=self.person(name),
                relative=self.person(relative),
                relation=relation,
                told_by=self.source,
                **told,
            )

    def serve(self, names: Sequence[str], place: str = "本市", **facts: object) -> None:
        """Let people serve at a place from 20 January to 18 February 2020, if nothing else is told."""
        for name in names:
            told = {
                "starts_on": date(2020, 1, 20),
                "ends_on": date(2020, 2, 18),
                "told_digest": "x",
                "recorded_on": TODAY,
                **facts,
            }
            Service.objects.create(
                roster=self.staff,
                person=self.person(name),
                unit=self.union.unit,
                place=place,
                told_by=self.source,
                **told,
            )


def make_register() -> Register:
    """Make the union, its plan and an empty roster of staff."""
    union = make_union()
    plan = Plan.objects.create(slug=f"families-{union.unit.pk}", title="关爱家属方案", unit=union.unit)
    staff = Roster.objects.create(
        key="staff", title="职工名册", kind=RosterKind.PEOPLE, unit=union.unit, created_at=NOW
    )
    source = RosterImport.objects.create(
        key=uuid4().hex,
        roster=staff,
        roster_key=staff.key,
        roster_title=staff.title,
        unit=union.unit,
        kind=RosterKind.PEOPLE,
        file_name="职工.xlsx",
        file_digest="0" * 64,
        file_size=1,
        status=ImportStatus.APPLIED,
        applied_at=NOW,
        created_at=NOW,
        touched_at=NOW,
        day=STARTED,
    )
    return Register(union, make_measure(plan), staff, source)
