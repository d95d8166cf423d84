"""Reads of flexible work: the families it follows from, the requests, and how each arrangement stands."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.casework.flexible_freezing import SEALED
from songnuan.casework.flexible_models import (
    Dependant,
    FlexibleAct,
    FlexibleRequest,
    FlexibleStatus,
    FlexibleVerb,
)
from songnuan.casework.flexible_rules import Family, Kin, Spouse, Terms, decide_due, served_until
from songnuan.kernel.bulk import among
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of
from songnuan.people.masking import listed_name
from songnuan.people.models import (
    OPEN,
    STANDING,
    Enrolment,
    FamilyLink,
    Person,
    PersonStatus,
    Relation,
    Service,
)
from songnuan.people.queries import standing_for
from songnuan.people.queries.accounts import accounts_among
from songnuan.people.queries.front import Serving, not_over, serving
from songnuan.people.rules import is_minor

_ELDERS = (Relation.PARENT, Relation.PARENT_IN_LAW, Relation.GRANDPARENT)
_TOLD = (Relation.SPOUSE, Relation.CHILD, *_ELDERS)
# What the employee is to whoever tells of them: told from the other side, a parent is a child.
_BACK = {
    Relation.SPOUSE: Relation.SPOUSE,
    Relation.PARENT: Relation.CHILD,
    Relation.CHILD: Relation.PARENT,
    Relation.GRANDCHILD: Relation.GRANDPARENT,
}


def employees(roster: str, units: Collection[int]) -> QuerySet[Enrolment]:
    """Return who stands in a roster at one of these units."""
    rows = Enrolment.objects.filter(OPEN, roster__key=roster, person__status=PersonStatus.ACTIVE)
    return rows.filter(unit__in=among(units)).select_related("person")


def at_stake(rows: QuerySet[Enrolment], on: date) -> QuerySet[Enrolment]:
    """Return those of whom a spouse is at the front on a day: nobody else can be eligible."""
    serve = Service.objects.filter(not_over(on), starts_on__lte=on).values("person")
    links = FamilyLink.objects.filter(OPEN, relation=Relation.SPOUSE)
    told = links.filter(person=OuterRef("person"), relative__in=serve)
    told_of = links.filter(relative=OuterRef("person"), person__in=serve)
    return rows.filter(Exists(told) | Exists(told_of))


_Tie = tuple[int, Relation]
"""A person by the id, and what they are to the other one."""


def families(ids: Collection[int], on: date) -> dict[int, Family]:
    """Return what the register tells of the households of employees on a day, whoever asks.

    To it belong the spouse, the children and parents of both, and grandparents where they are told of.
    """
    merged = standing_for(ids)
    stands = {pk: merged.get(pk, pk) for pk in ids}
    ties = _ties(set(stands.values()))
    spouses = {pk for some in ties.values() for pk, relation in some if relation == Relation.SPOUSE}
    ties |= _ties(spouses - ties.keys())
    everybody = set(stands.values()) | {pk for some in ties.values() for pk, _relation in some}
    rows = Person.objects.filter(pk__in=among(everybody), status=PersonStatus.ACTIVE)
    persons = {one.pk: one for one in rows}
    serves, ended = serving(everybody, on, ahead=False), _ended(spouses, on)
    known = _Known(ties, persons, serves, ended, on)
    return {pk: known.family(one) for pk, one in stands.items()}


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read of many persons at once."""

    ties: Mapping[int, list[_Tie]]
    persons: Mapping[int, Person]
    serves: Mapping[int, tuple[Serving, ...]]
    ended: Mapping[int, date]
    on: date

    def family(self, pk: int) -> Family:
        """Return the household of an employee."""
        own = [tie for tie in self.ties[pk] if tie[0] in self.persons]
        spouses = list(dict.fromkeys(one for one, relation in own if relation == Relation.SPOUSE))
        beside = [tie for one in spouses for tie in self.ties.get(one, ()) if tie[1] != Relation.SPOUSE]
        kin: dict[int, Kin] = {}
        for one, relation in [*own, *beside]:
            if one != pk and one not in spouses and one not in kin and one in self.persons:
                kin[one] = self._kin(one, relation)
        return Family(
            serves=pk in self.serves,
            spouses=tuple(self._spouse(one) for one in spouses),
            kin=tuple(sorted(kin.values(), key=lambda one: (one.kind, one.birth_on or date.max, one.key))),
        )

    def _kin(self, pk: int, relation: Relation) -> Kin:
        one = self.persons[pk]
        kind = Dependant.CHILD if relation == Relation.CHILD else Dependant.ELDER
        return Kin(one.key, name_shown(one, kind, self.on), kind, one.birth_on, serves=pk in self.serves)

    def _spouse(self, pk: int) -> Spouse:
        one, serves = self.persons[pk], self.serves.get(pk, ())
        if not serves:
            return Spouse(one.key, one.name, served_until=self.ended.get(pk))
        last = (
            None
            if any(row.ends_on is None for row in serves)
            else max(row.ends_on or self.on for row in serves)
        )
        return Spouse(one.key, one.name, serves[0].place, serves[0].starts_on, last)


def name_shown(person: Person, kind: str, on: date) -> str:
    """Return the name of a child or an elder as lists show it: masked of a child of unknown age too."""
    is_untold = kind == Dependant.CHILD and person.birth_on is None
    return listed_name(person.name, minor=person.restricted or is_untold or is_minor(person.birth_on, on))


def _ties(ids: Collection[int]) -> dict[int, list[_Tie]]:
    """Return who is what to these, told from either side, in the order of the ids."""
    ties: dict[int, list[_Tie]] = {pk: [] for pk in ids}
    links = FamilyLink.objects.filter(OPEN)
    columns = ("person", "relative", "relation")
    told = links.filter(relation__in=_TOLD, person__in=among(ids))
    for person, relative, relation in told.values_list(*columns):
        ties[person].append((relative, Relation(relation)))
    told_of = links.filter(relation__in=_BACK, relative__in=among(ids))
    for person, relative, relation in told_of.values_list(*columns):
        ties[relative].append((person, _BACK[Relation(relation)]))
    return {pk: sorted(some) for pk, some in ties.items()}


def _ended(ids: Collection[int], on: date) -> dict[int, date]:
    """Return the last day of the service of each that is over."""
    rows = Service.objects.filter(STANDING, person__in=among(ids), ends_on__lt=on).order_by("ends_on")
    return {pk: last for pk, last in rows.values_list("person", "ends_on") if last is not None}


def employee_accounts(person: Person) -> set[int]:
    """Return which users of the house an employee is, by the entry that stands for them today."""
    known = person.merged_into or person
    users = User.objects.filter(name=known.name).values_list("pk", "name", "phone")
    return set(accounts_among(Person.objects.filter(pk=known.pk), users))


def requests_of(measures: Collection[int]) -> QuerySet[FlexibleRequest]:
    """Return the requests of these measures, the newest first."""
    rows = FlexibleRequest.objects.filter(measure__in=list(measures))
    return rows.select_related("measure__plan", "person", "made_by").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Arrangement:
    """An approved request as it stands: the newest decision about it, and whether one is due now.

    `over_since` is the last day of the spouse's service where that is over and nobody decided since.
    """

    row: FlexibleRequest
    act: FlexibleAct
    over_since: date | None = None

    @property
    def terms(self) -> Terms:
        """Return how the person works."""
        return terms_in(self.act)

    def is_due(self, on: date) -> bool:
        """Return whether somebody has to look at it on a day."""
        return self.over_since is not None or (self.act.review_on is not None and self.act.review_on <= on)


def terms_in(row: FlexibleRequest | FlexibleAct) -> Terms:
    """Return how somebody works by a request or a decision."""
    return Terms(row.form, row.weekdays, row.begins, row.ends, row.pattern)


def standing(rows: QuerySet[FlexibleRequest], on: date) -> list[Arrangement]:
    """Return the arrangements among requests that are not over on a day, those that begin later too."""
    found = list(rows.filter(status=FlexibleStatus.APPROVED, ends_on__gte=on).defer(*SEALED))
    acts = acts_of(found)
    over = service_over([row.person_id for row in found], on)
    told = []
    for row in found:
        own = acts[row.pk]
        knew = [day_of(act.at) for act in own if act.service_over]
        since = over.get(row.person_id)
        is_due = decide_due(over_since=since, decided_over_on=max(knew, default=None))
        told.append(Arrangement(row, own[-1], since if is_due else None))
    return told


def acts_of(rows: Iterable[FlexibleRequest]) -> dict[int, list[FlexibleAct]]:
    """Return what was decided about each arrangement, in order."""
    found: dict[int, list[FlexibleAct]] = defaultdict(list)
    wanted = [row.pk for row in rows]
    for act in FlexibleAct.objects.filter(request__in=among(wanted)).select_related("by").order_by("pk"):
        found[act.request_id].append(act)
    return found


def service_over(persons: Collection[int], on: date) -> dict[int, date]:
    """Return since when no spouse of a person serves, of those of whom one did."""
    told = families(set(persons), on)
    return {pk: last for pk, family in told.items() if (last := served_until(family)) is not None}


def of_employee(person_id: int) -> Q:
    """Return the condition that a request is about an employee, under whatever entry it was made."""
    known = standing_for([person_id]).get(person_id, person_id)
    return Q(person=known) | Q(person__merged_into=known)


def days_worked(
    acts: Iterable[FlexibleAct], starts_on: date, ends_on: date
) -> list[tuple[date, date, Terms]]:
    """Return from when to when somebody works how, by what was decided about an arrangement, in order."""
    spans: list[tuple[date, Terms]] = []
    end = ends_on
    for act in acts:
        if act.verb == FlexibleVerb.END:
            end = min(end, act.from_on)
            break
        first = max(act.from_on, starts_on)
        spans = [span for span in spans if span[0] < first]
        spans.append((first, terms_in(act)))
    following = [first for first, _terms in spans[1:]]
    lasts = [date.fromordinal(first.toordinal() - 1) for first in following] + [end]
    pairs = zip(spans, lasts, strict=True) if spans else ()
    return [(first, min(last, end), terms) for (first, terms), last in pairs if first <= min(last, end)]
