"""How many kits people are to pick up, reckoned from their roster, against how many were bought."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from songnuan.goods.figures import kit_figures
from songnuan.goods.models import Distribution
from songnuan.goods.pickup_queries import coverages, roster_counts
from songnuan.goods.pickup_rules import Coverage
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.pickup_settings import PICKUPS, PickupsSettings, mode_of, settings_of
from songnuan.people.models import Roster, RosterKind, RosterStatus
from songnuan.plans.models import Measure


@dataclass(frozen=True, slots=True)
class Need:
    """How many `people` stand on the roster, None while none is known, and how many kits that takes.

    `least` and `most` differ while it is open whether batches divide the people or are rounds for all.
    """

    people: int | None = None
    least: int = 0
    most: int = 0
    bought: int = 0

    @property
    def kits(self) -> int | None:
        """How many kits it takes, once that is known."""
        return self.least if self.people is not None and self.least == self.most else None

    @property
    def lacks(self) -> int:
        """How many kits are still to be bought, at least."""
        return max(self.least - self.bought, 0)


def span_of(people: int, settings: PickupsSettings, mode: Mode | None) -> tuple[int, int]:
    """Return how many kits so many people take, at least and at most."""
    rounds = max(len(settings.batches), 1)
    if mode is None:
        return people, people * rounds
    kits = people * rounds if mode is Mode.ROUNDS else people
    return kits, kits


def roster_called(key: str) -> Roster | None:
    """Return the roster of people that a plan names by its key, as long as it is kept."""
    return _kept().filter(key=key).first()


def _kept() -> QuerySet[Roster]:
    return Roster.objects.filter(kind=RosterKind.PEOPLE, status=RosterStatus.OPEN).exclude(key="")


def kit_measures(measures: Iterable[Measure]) -> dict[int, int]:
    """Return the measure that buys the kits of each of these, by ids, where the plan has it."""
    rows = list(measures)
    buying = Measure.objects.filter(plan__in={row.plan_id for row in rows}, kind="kit_purchase")
    found = {(plan, key): pk for pk, plan, key in buying.values_list("pk", "plan_id", "key")}
    keys = {row.pk: (row.plan_id, settings_of(row).kit) for row in rows}
    return {pk: found[key] for pk, key in keys.items() if key in found}


def needs(measures: Sequence[Measure]) -> dict[int, Need]:
    """Return the need of each measure that hands kits out, by its id."""
    opened = {row.measure_id: row for row in Distribution.objects.filter(measure__in=measures)}
    rosters = {row.pk: opened[row.pk].roster_id for row in measures if row.pk in opened}
    named = {row.pk: settings_of(row).roster for row in measures if row.pk not in opened}
    by_key = dict(_kept().filter(key__in=set(named.values())).values_list("key", "pk"))
    rosters |= {pk: by_key[key] for pk, key in named.items() if key in by_key}
    people = roster_counts(rosters.values())
    covered = coverages(row.pk for row in opened.values())
    buying = kit_measures(measures)
    bought = {pk: figures.whole for pk, figures in kit_figures(buying.values()).items()}
    return {
        row.pk: _need(
            row,
            people.get(rosters[row.pk], 0) if row.pk in rosters else None,
            covered.get(opened[row.pk].pk) if row.pk in opened else None,
            bought.get(buying.get(row.pk, 0), 0),
        )
        for row in measures
    }


def _need(measure: Measure, people: int | None, covered: Coverage | None, bought: int) -> Need:
    if covered is not None and covered.due:
        return Need(people, covered.due, covered.due, bought)
    least, most = span_of(people or 0, settings_of(measure), mode_of(measure))
    return Need(people, least, most, bought)


def kits_needed(measure: Measure) -> int | None:
    """Return how many kits people are to pick up of those that a measure buys; None where nobody can say."""
    rows = [
        row
        for row in Measure.objects.filter(plan_id=measure.plan_id, kind=PICKUPS).select_related("plan")
        if settings_of(row).kit == measure.key
    ]
    told: Mapping[int, Need] = needs(rows) if rows else {}
    return next((need.kits for need in told.values()), None)
