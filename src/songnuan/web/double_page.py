"""What the page of double payments says of each finding: this line, what it is held against, and why."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from songnuan.benefits.double_models import Double, DoubleVerb, Finding, KnownDead
from songnuan.benefits.double_queries import Group, open_findings
from songnuan.benefits.models import Entitlement, Reckoning, Settlement
from songnuan.kernel.names import mask_name
from songnuan.organisation.permissions import Permission
from songnuan.people.masking import listed_name
from songnuan.people.models import Person
from songnuan.plans.models import Plan
from songnuan.plans.queries import visible_plans
from songnuan.web.double_forms import DoubleForm
from songnuan.web.views.shared import Reader, names_on


@dataclass(frozen=True, slots=True)
class Against:
    """What a line is held against: a person of a list, a sum that is settled, or a record of a death.

    What the reader may not see of another unit is not told: `minor` None, the name masked.
    """

    title: str
    url: str = ""
    name: str = ""
    unit: str = ""
    minor: int | None = None
    day: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A finding in words; `decision` is empty while it is open, or where it needs none."""

    finding: Finding
    why: str
    name: str
    unit: str
    minor: int
    against: Against
    sharing: int
    is_open: bool
    may_take_other: bool
    decision: str
    form: DoubleForm | None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """Open findings of one kind against one list, that may be decided at once."""

    group: Group
    why: str
    against: str
    form: DoubleForm


def person_name(person: Person) -> str:
    """Return the name of a person as the list shows it."""
    return listed_name(person.name, minor=person.restricted) or "—"


class Sides:
    """Everything that the findings of a page are held against, fetched once for all of them."""

    def __init__(self, rows: Collection[Finding], reader: Reader) -> None:
        self.reader = reader
        self.reach = reader.reach_ids(Permission.BENEFIT_VIEW)
        plans = {row.other_reckoning.measure.plan_id for row in rows if row.other_reckoning}
        seen = visible_plans(reader.actor, reader.at).filter(pk__in=plans)
        self.plans = set(seen.values_list("pk", flat=True)) if plans else set()
        self.settled = {
            row.pk: row
            for row in Settlement.objects.filter(pk__in=_keys(rows, "settled")).select_related("standard")
        }
        self.dead = KnownDead.objects.in_bulk(list(_keys(rows, "dead")))
        self.units = _units(rows)
        asked = {row.line.unit_id for row in rows} | set(self.units.values())
        asked |= {row.other_reckoning.measure.plan.unit_id for row in rows if row.other_reckoning}
        asked |= {row.standard.unit_id for row in self.settled.values()}
        self.names = names_on(asked, reader.day)

    def against(self, row: Finding) -> Against:
        """Return what one finding is held against."""
        what, _colon, key = row.other.partition(":")
        minor = json.loads(row.facts)["other_minor"]
        if what == "dead":
            return self._dead(self.dead.get(int(key)))
        if what == "settled":
            return self._settled(self.settled.get(int(key)), minor)
        assert row.other_person is not None  # noqa: S101 - what is a person has one
        if row.other_reckoning is None:
            unit = self.names.get(self.units.get((row.reckoning_id, row.other_person.pk), 0), "")
            return Against(_("the same list"), name=person_name(row.other_person), unit=unit, minor=minor)
        return self._listed(row.other_reckoning, row.other_person, minor)

    def plan_seen(self, plan: Plan) -> bool:
        """Return whether the reader may see the lists of a plan."""
        return plan.unit_id in self.reach and plan.pk in self.plans

    def _listed(self, other: Reckoning, person: Person, minor: int) -> Against:
        plan = other.measure.plan
        if not self.plan_seen(plan):
            return Against(
                _("a list of another unit"),
                name=mask_name(person.name),
                unit=self.names.get(plan.unit_id, ""),
            )
        return Against(
            plan.title,
            url=reverse("grants", args=(other.measure_id,)),
            name=person_name(person),
            unit=self.names.get(self.units.get((other.pk, person.pk), plan.unit_id), ""),
            minor=minor,
            day=other.as_of,
        )

    def _settled(self, row: Settlement | None, minor: int) -> Against:
        title = _("settled by another standard")
        if row is None:
            return Against(title)
        unit = self.names.get(row.standard.unit_id, "")
        if row.standard.unit_id not in self.reach:
            return Against(title, unit=unit)
        url = reverse("standard", args=(row.standard.slug,))
        return Against(title, url=url, unit=unit, minor=minor, day=row.paid_on, note=row.source)

    def _dead(self, row: KnownDead | None) -> Against:
        title = _("record of a death")
        return Against(title) if row is None else Against(title, day=row.died_on, note=row.source)


def _keys(rows: Iterable[Finding], what: str) -> set[int]:
    return {int(row.other.partition(":")[2]) for row in rows if row.other.startswith(f"{what}:")}


def _units(rows: Collection[Finding]) -> Mapping[tuple[int, int], int]:
    """Return where the people of lists stand whom lines are held against, by list and person."""
    held = [row for row in rows if row.other_person_id]
    found = Entitlement.objects.filter(
        reckoning__in={row.other_reckoning_id or row.reckoning_id for row in held},
        payee__in={row.other_person_id for row in held},
    )
    return {(listed, payee): unit for listed, payee, unit in found.values_list("reckoning", "payee", "unit")}


def rows_of(
    rows: Collection[Finding], reader: Reader, tried: Mapping[int, DoubleForm] | None
) -> list[FindingRow]:
    """Return findings in words.

    Args:
        rows: The findings of a page.
        reader: Who reads.
        tried: Forms that were refused, by finding; None for a reader who decides nothing.

    """
    if not rows:
        return []
    sides = Sides(rows, reader)
    first = next(iter(rows))
    still = set(
        open_findings(first.reckoning).filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    )
    return [
        FindingRow(
            finding=row,
            why=str(Double(row.kind).label),
            name=person_name(row.line.payee),
            unit=sides.names.get(row.line.unit_id, ""),
            minor=row.line.amount_minor + row.line.out_minor,
            against=sides.against(row),
            sharing=row.sharing,
            is_open=row.pk in still,
            may_take_other=row.other_person_id is not None
            and row.other_reckoning_id is None
            and row.sharing <= 2,
            decision=str(DoubleVerb(row.decision.verb).label) if row.decision else "",
            form=None if tried is None else tried.get(row.pk) or DoubleForm(auto_id=f"id_{row.pk}_%s"),
        )
        for row in rows
    ]


def group_rows(groups: Iterable[Group], reader: Reader, tried: Mapping[int, DoubleForm]) -> list[GroupRow]:
    """Return what may be decided at once, where it is several findings; `tried` by the group's place."""
    several = [group for group in groups if group.count > 1]
    lists = Reckoning.objects.select_related("measure__plan").in_bulk(
        [group.other_reckoning_id for group in several if group.other_reckoning_id]
    )
    plans = {one.measure.plan for one in lists.values()}
    seen = set(visible_plans(reader.actor, reader.at).filter(pk__in=[plan.pk for plan in plans]))
    reach = reader.reach_ids(Permission.BENEFIT_VIEW)
    units = names_on({plan.unit_id for plan in plans}, reader.day)

    def against(group: Group) -> str:
        if group.other_reckoning_id is None:
            return ""
        plan = lists[group.other_reckoning_id].measure.plan
        if plan in seen and plan.unit_id in reach:
            return plan.title
        return _("a list of another unit") + f" · {units.get(plan.unit_id, '')}"

    return [
        GroupRow(
            group,
            str(group.kind.label),
            against(group),
            tried.get(at) or DoubleForm(auto_id=f"id_all{at}_%s"),
        )
        for at, group in enumerate(several)
    ]
