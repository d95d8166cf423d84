"""Puts registers and lists of a few people straight into the tables, to look for double payments in them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from benefits.double_oracle import Man, Seen, Sum, World
from benefits.register import Register
from benefits.union import NOW, TODAY
from goods.builders import acting, make_measure
from songnuan.benefits.double_models import Finding, KnownDead
from songnuan.benefits.doubling import found_in
from songnuan.benefits.listing import figures_of
from songnuan.benefits.models import Entitlement, Reckoning, Settlement, Standard, StandardVersion
from songnuan.people.models import Person, PersonStatus
from songnuan.plans.models import Measure, Plan

INDEXED = ("number", "account", "phone")


@dataclass
class Doubling:
    """A union's register with a list, those of other plans, a standard beside, and what is found."""

    register: Register
    version: StandardVersion
    others: list[Measure] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    reckoning: Reckoning | None = None
    lists: list[Reckoning] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    dead: list[int] = field(default_factory=list)

    def fill(self, world: World) -> Reckoning:
        """Write all that a world holds, and find what is paid twice."""
        self.people = []
        for man in world.men:
            self.people.append(_person(man, None if man.into is None else self.people[man.into]))
        other = Standard.objects.get_or_create(
            slug="other", defaults={"unit": self.register.union.unit, "created_at": NOW}
        )[0]
        self.settled = [
            Settlement.objects.create(
                standard=other,
                payee=self.people[payee],
                amount_minor=minor,
                paid_on=TODAY,
                source="市中心医院工会",
                recorded_at=NOW,
            ).pk
            for payee, minor in world.settled
        ]
        self.dead = [
            KnownDead.objects.create(id_index=number, died_on=TODAY, source=f"{at}", recorded_at=NOW).pk
            for at, number in enumerate(world.dead)
        ]
        self.lists = [self._list(at, lines) for at, lines in enumerate(world.lists)]
        self.reckoning = self.made(self.register.measure, world.own)
        with acting():
            found_in(self.reckoning)
        return self.reckoning

    def _list(self, at: int, lines: Sequence[Sum]) -> Reckoning:
        """Make a list of another plan that counts."""
        if at == len(self.others):
            plan = Plan.objects.create(
                slug=f"other-{at}", title=f"春节慰问方案{at}", unit=self.register.union.unit
            )
            self.others.append(make_measure(plan))
        return self.made(self.others[at], lines, is_listed=True)

    def made(self, measure: Measure, lines: Sequence[Sum], *, is_listed: bool = False) -> Reckoning:
        """Make a reckoning of these lines."""
        made = Reckoning.objects.create(
            measure=measure,
            version=self.version,
            roster=self.register.staff,
            as_of=TODAY,
            made_at=NOW,
            is_listed=is_listed,
        )
        for line in lines:
            Entitlement.objects.create(
                reckoning=made,
                payee=self.people[line.payee],
                qualifier=self.people[line.qualifier],
                unit=self.register.union.unit,
                reckoned_minor=line.minor,
                after_settled_minor=line.minor,
                after_time_minor=line.minor,
                after_family_minor=line.minor,
                amount_minor=line.minor,
            )
        Reckoning.objects.filter(pk=made.pk).update(**figures_of(made))
        made.refresh_from_db()
        return made

    def found(self) -> set[Seen]:
        """Return what was found, in the words of the oracle."""
        assert self.reckoning is not None
        rows = list(Entitlement.objects.filter(reckoning=self.reckoning).order_by("pk"))
        lines = {row.pk: at for at, row in enumerate(rows)}
        return {self._seen(row, lines) for row in Finding.objects.filter(reckoning=self.reckoning)}

    def _seen(self, row: Finding, lines: dict[int, int]) -> Seen:
        facts = json.loads(row.facts)
        what, _colon, key = row.other.partition(":")
        keys = [person.key for person in self.people]
        other_list = None
        match what:
            case "dead":
                other = self.dead.index(int(key))
            case "settled":
                other = self.settled.index(int(key))
            case "person":
                other = keys.index(key)
            case _:
                listed, _colon, key = key.partition(":")
                other_list = [one.pk for one in self.lists].index(int(listed))
                other = keys.index(key)
                assert row.other_reckoning_id == int(listed)
        if row.other_person_id:
            assert row.other_person_id == self.people[other].pk
        line = Entitlement.objects.get(pk=row.line_id)
        assert facts["minor"] == line.amount_minor + line.out_minor
        assert facts["sharing"] == row.sharing
        assert (facts["on"] is not None) == (what in {"dead", "settled"})
        return Seen(lines[row.line_id], row.kind, other, other_list, facts["other_minor"], row.sharing)


def _person(man: Man, into: Person | None) -> Person:
    return Person.objects.create(
        status=PersonStatus.ACTIVE if into is None else PersonStatus.MERGED,
        merged_into=into,
        key=uuid4().hex,
        name=man.name,
        birth_on=man.birth or None,
        id_number=man.number or None,
        id_index=man.number,
        account=man.account or None,
        account_index=man.account,
        phone=man.phone or None,
        phone_index=man.phone,
        created_at=NOW,
        changed_at=NOW,
    )


def empty(register: Register, version: StandardVersion) -> Doubling:
    """Return a register without people, after what was put into it before is gone."""
    Finding.objects.all().delete()
    Reckoning.objects.all().delete()
    Settlement.objects.all().delete()
    KnownDead.objects.all().delete()
    Person.objects.filter(merged_into__isnull=False).delete()
    Person.objects.all().delete()
    others = list(Measure.objects.exclude(pk=register.measure.pk).order_by("pk"))
    return Doubling(register, version, others)
