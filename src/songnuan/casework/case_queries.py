"""Reads of families and needs for pages, ledgers and reminders, in a number of queries that does not grow."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, QuerySet

from songnuan.casework.case_access import able_helpers
from songnuan.casework.case_models import (
    Case,
    Contact,
    Feedback,
    HelperAct,
    HelperState,
    HelperVerb,
    Need,
    NeedAction,
    NeedClosing,
    NeedGoods,
    NeedReopening,
)
from songnuan.casework.case_rules import Stage, Standing, printed_need
from songnuan.casework.proposing import Candidate, Family, propose
from songnuan.organisation.models import Post
from songnuan.organisation.queries import day_of
from songnuan.organisation.rules import live
from songnuan.people.queries.families import FamilyService, FrontFamily, front_families, services_of


def cases_of(measure_ids: Collection[int]) -> QuerySet[Case]:
    """Return the families of measures by their numbers, with helper and plan at hand."""
    rows = Case.objects.filter(measure__in=measure_ids)
    return rows.select_related("helper", "plan", "measure").order_by("measure", "number")


def open_needs() -> QuerySet[Need]:
    """Return the needs that are open."""
    standing = NeedClosing.objects.filter(need=OuterRef("pk"), reopening__isnull=True)
    return Need.objects.filter(~Exists(standing))


def open_needs_of(cases: Collection[int]) -> QuerySet[Need]:
    """Return the needs of cases that are open, in their order."""
    return needs_of(cases).filter(pk__in=open_needs().values("pk"))


def standings(cases: Sequence[Case], on: date) -> dict[int, Standing]:
    """Return what decides what is due of each of these families, by id of the case."""
    keys = [case.pk for case in cases]
    contacts = Contact.objects.filter(case__in=keys, reached=True).order_by()
    reached = dict(contacts.values_list("case").annotate(last=Max("happened_on")))
    visits = contacts.filter(home_visit__isnull=False)
    visited = dict(visits.values_list("case").annotate(last=Max("happened_on")))
    needs = dict(open_needs().filter(case__in=keys).order_by().values_list("case").annotate(Count("pk")))
    services = services_of({case.employee_id for case in cases if case.employee_id is not None}, on)
    found = {}
    for case in cases:
        # Of a special family nobody serves: contact is due until it has ended.
        service = (
            FamilyService(serves=case.ended_at is None)
            if case.employee_id is None
            else services[case.employee_id]
        )
        accepted_at = case.helper_at if case.helper_state == HelperState.ACCEPTED else None
        found[case.pk] = Standing(
            opened_on=day_of(case.opened_at),
            helped_since=day_of(accepted_at) if accepted_at else None,
            reached_on=reached.get(case.pk),
            visited_on=visited.get(case.pk),
            serves=service.serves,
            ended_on=service.ended_on,
            open_needs=needs.get(case.pk, 0),
        )
    return found


def families_to_open(measure_id: int, roster_key: str, on: date) -> list[FrontFamily]:
    """Return the families with somebody at the front that are not looked after yet, by id of the employee.

    Where the spouse's family is looked after, this one is: it is the same.
    """
    known = set(Case.objects.filter(measure=measure_id, lead=None).values_list("employee", flat=True))
    return [
        one
        for one in front_families(roster_key, on)
        if one.person_id not in known and known.isdisjoint(one.spouses)
    ]


def candidates(unit_id: int, plan_id: int, at: datetime, *, is_special: bool = False) -> list[Candidate]:
    """Return who may be asked to help, each with how many families of the plan they have by now."""
    users = [user.pk for user in able_helpers(unit_id, at, is_special=is_special)]
    units: dict[int, set[int]] = defaultdict(set)
    posts = Post.objects.filter(live(day_of(at)), user__in=users)
    for user_id, unit in posts.values_list("user", "unit"):
        units[user_id].add(unit)
    load = loads(plan_id)
    return [Candidate(pk, frozenset(units[pk]), load[pk]) for pk in users]


def loads(plan_id: int) -> Counter[int]:
    """Return how many families of a plan each helper has, or is asked about, by id of the user."""
    rows = Case.objects.filter(plan=plan_id, helper__isnull=False).order_by()
    return Counter(dict(rows.values_list("helper").annotate(Count("pk"))))


def proposal(cases: Sequence[Case], unit_id: int, at: datetime) -> dict[int, int]:
    """Return who is proposed as the helper of each of these families of one plan that has none."""
    without = [case for case in cases if case.helper_state == HelperState.NONE]
    if not without:
        return {}
    declined: dict[int, set[int]] = defaultdict(set)
    acts = HelperAct.objects.filter(case__in=without, verb=HelperVerb.DECLINE)
    for case_id, helper_id in acts.values_list("case", "helper"):
        declined[case_id].add(helper_id)
    families = [Family(case.pk, case.unit_id, frozenset(declined[case.pk])) for case in without]
    able = candidates(unit_id, without[0].plan_id, at, is_special=without[0].is_special)
    deputies = {case.pk: case.deputy_id for case in without if case.deputy_id}
    families = [
        replace(one, declined=one.declined | {deputies[one.case_id]}) if one.case_id in deputies else one
        for one in families
    ]
    return propose(families, able)


# Needs --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NeedRow:
    """A need and how it stands: `promised_on` is the day that holds, `need.promised_on` the first one."""

    need: Need
    promised_on: date
    round: int
    actions: tuple[NeedAction, ...]
    feedback: Feedback | None
    closing: NeedClosing | None
    goods: tuple[int, ...]

    @property
    def stage(self) -> Stage:
        """How far it is."""
        if self.closing is not None:
            return Stage.CLOSED
        return Stage.HEARD if self.feedback is not None else Stage.OPEN

    @property
    def number(self) -> str:
        """Its number as it is printed."""
        return printed_need(self.need.case.number, self.need.number)

    def is_late(self, on: date) -> bool:
        """Return whether it was promised for a day that is over."""
        return self.closing is None and self.promised_on < on

    def age(self, on: date) -> int:
        """Return how many days ago it came up."""
        return (on - self.need.raised_on).days


def need_rows(needs: Iterable[Need]) -> list[NeedRow]:
    """Return needs with how they stand, in their order; each with its case at hand."""
    found = list(needs)
    keys = [need.pk for need in found]
    actions: dict[int, list[NeedAction]] = defaultdict(list)
    told = NeedAction.objects.filter(need__in=keys).select_related("words", "by").order_by("done_on", "pk")
    for action in told:
        actions[action.need_id].append(action)
    reopened = Counter(
        dict(
            NeedReopening.objects.filter(closing__need__in=keys)
            .order_by()
            .values_list("closing__need")
            .annotate(Count("pk"))
        )
    )
    closings = NeedClosing.objects.filter(need__in=keys, reopening__isnull=True)
    closed = {row.need_id: row for row in closings.select_related("words", "by", "feedback")}
    heard: dict[tuple[int, int], Feedback] = {}
    answers = Feedback.objects.filter(need__in=keys).select_related("words", "said_by", "heard_by", "link")
    for answer in answers.order_by("pk"):
        heard[answer.need_id, answer.round] = answer
    goods: dict[int, list[int]] = defaultdict(list)
    for need_id, issue_id in NeedGoods.objects.filter(need__in=keys).values_list("need", "issue"):
        goods[need_id].append(issue_id)
    return [
        NeedRow(
            need=need,
            promised_on=_holds(need, actions[need.pk]),
            round=1 + reopened[need.pk],
            actions=tuple(actions[need.pk]),
            feedback=heard.get((need.pk, 1 + reopened[need.pk])),
            closing=closed.get(need.pk),
            goods=tuple(goods[need.pk]),
        )
        for need in found
    ]


def _holds(need: Need, actions: Sequence[NeedAction]) -> date:
    """Return the day that is promised by now: the one that was entered last."""
    moved = [action for action in actions if action.promised_on is not None]
    return max(moved, key=lambda one: one.pk).promised_on or need.promised_on if moved else need.promised_on


def needs_of(cases: Collection[int]) -> QuerySet[Need]:
    """Return the needs of cases, in their order."""
    rows = Need.objects.filter(case__in=cases).select_related("case", "words", "by")
    return rows.order_by("case__number", "number")


def needs_of_goods(issue_ids: Collection[int]) -> dict[int, str]:
    """Return the printed number of the need for which goods were given, by id of the issue."""
    rows = NeedGoods.objects.filter(issue__in=issue_ids)
    told = rows.values_list("issue", "need__case__number", "need__number")
    return {issue_id: printed_need(case, number) for issue_id, case, number in told}


def need_counts(measure_ids: Collection[int]) -> Mapping[int, tuple[int, int]]:
    """Return by measure how many needs came up, and how many of them are closed."""
    rows = Need.objects.filter(case__measure__in=measure_ids).order_by()
    all_ = dict(rows.values_list("case__measure").annotate(Count("pk")))
    left = open_needs().filter(case__measure__in=measure_ids).order_by()
    still = dict(left.values_list("case__measure").annotate(Count("pk")))
    return {pk: (all_.get(pk, 0), all_.get(pk, 0) - still.get(pk, 0)) for pk in measure_ids}
