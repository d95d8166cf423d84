"""Kits that people pick up (分批发放): one for everybody on a roster, in batches, at desks."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.goods.models import Batch, Distribution, Pickup
from songnuan.goods.pickup_models import PickupDoubt, PickupStatus
from songnuan.goods.pickup_queries import coverages, doubtful, overdue
from songnuan.goods.pickup_rules import Coverage
from songnuan.goods.pickup_states import Mode
from songnuan.journeys.measures.base import Evidence, Kind, Opening, Progress
from songnuan.journeys.pickup_needs import Need, needs
from songnuan.journeys.pickup_settings import PICKUPS, PickupsSettings
from songnuan.kernel.days import written
from songnuan.organisation.queries import day_of, last_names
from songnuan.plans.lint import LintFinding, Severity
from songnuan.plans.models import Measure
from songnuan.plans.planfile import ClauseEntry, PlanFile

MODES = frozenset(one.value for one in Mode)


def lint(plan: PlanFile, clause: ClauseEntry, settings: PickupsSettings) -> Iterator[LintFinding]:
    """The plan buys a kit for each person, batches lie within it, what is open is a question of it."""
    yield from _lint_kit(plan, clause, settings)
    yield from _lint_batches(plan, clause, settings)
    if settings.question:
        yield from _lint_question(plan, clause, settings.question)


def _lint_kit(plan: PlanFile, clause: ClauseEntry, settings: PickupsSettings) -> Iterator[LintFinding]:
    buying = {
        measure.key: measure.settings.get("per", "unit")
        for _clause, measure in plan.measures()
        if measure.kind == "kit_purchase"
    }
    if settings.kit not in buying:
        message = _("Kits are picked up, but the plan has no measure “%(key)s” that buys them.")
        mend = _("Add the purchase of the kits, or correct its short name.")
        yield _error("pickups_no_kit", clause, message % {"key": settings.kit}, mend)
    elif buying[settings.kit] != "person":
        message = _("People pick these kits up, but they are bought for units or families.")
        mend = _("Set the standard of the kits per person.")
        yield _error("pickups_not_per_person", clause, message, mend)
    if any(measure.kind == "unit_visits" for _clause, measure in plan.measures()):
        message = _("People pick these kits up, but visits of the plan bring its kits.")
        mend = _("Let kits go out one way only: write the visits into another plan.")
        yield _error("pickups_with_visits", clause, message, mend)


def _lint_batches(plan: PlanFile, clause: ClauseEntry, settings: PickupsSettings) -> Iterator[LintFinding]:
    if not settings.batches:
        message = _("Kits are picked up, but the measure names no day.")
        yield _error("pickups_no_days", clause, message, _("Name the day and the place of each batch."))
    for day, count in Counter(batch.day for batch in settings.batches).items():
        facts = {"day": written(day)}
        if count > 1:
            message = _("Two batches are handed out on %(day)s.")
            yield _error("batch_twice", clause, message % facts, _("Give each batch a day of its own."))
        early = plan.starts_on is not None and day < plan.starts_on
        if early or (plan.due_on is not None and day > plan.due_on):
            message = _("The batch of %(day)s lies outside of the days of the plan.")
            mend = _("Correct the day, or the days of the plan.")
            yield _error("batch_outside_plan", clause, message % facts, mend)


def _lint_question(plan: PlanFile, clause: ClauseEntry, key: str) -> Iterator[LintFinding]:
    question = next((one for one in plan.questions if one.key == key), None)
    if question is None:
        message = _("The plan has no question “%(key)s”.")
        mend = _("Add the question to the head of the plan, or correct its short name.")
        yield _error("question_unknown", clause, message % {"key": key}, mend)
    elif {choice.key for choice in question.choices} != MODES:
        message = _("The question “%(key)s” cannot be gone by: its answers are not the ones it takes.")
        mend = _("Give it choices with the keys %(known)s.") % {"known": "、".join(sorted(MODES))}
        yield _error("question_without_choices", clause, message % {"key": key}, mend)


def _error(code: str, clause: ClauseEntry, message: str, mend: str) -> LintFinding:
    return LintFinding(code, Severity.ERROR, clause.heading, message, mend)


def open_(_opening: Opening) -> None:
    """Nothing to prepare: the office opens the handing out, once its roster is there."""


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is known of a distribution: how far it is, what is late by unit, and what waits."""

    covered: Coverage = field(default_factory=Coverage)
    late: Counter[int] = field(default_factory=Counter)
    doubtful: int = 0
    batches: Sequence[Batch] = ()


def progress(measures: Sequence[Measure], at: datetime) -> Mapping[int, Progress]:
    """Count who has a kit; late is what nobody fetched by the last batch."""
    day, need = day_of(at), needs(measures)
    opened = {row.measure_id: row for row in Distribution.objects.filter(measure__in=measures)}
    ids = [row.pk for row in opened.values()]
    covered, late, waiting = coverages(ids), overdue(ids, day), doubtful(ids)
    batches: dict[int, list[Batch]] = defaultdict(list)
    for batch in Batch.objects.filter(distribution__in=ids).order_by("position"):
        batches[batch.distribution_id].append(batch)
    names = last_names({unit for counted in late.values() for unit in counted})
    found = {}
    for measure in measures:
        row = opened.get(measure.pk)
        if row is None:
            found[measure.pk] = _unopened(need[measure.pk])
            continue
        pk = row.pk
        stands = _Standing(
            covered.get(pk, Coverage()), late.get(pk, Counter()), waiting[pk], batches.get(pk, ())
        )
        found[measure.pk] = _one(row, stands, need[measure.pk], names, day)
    return found


def _unopened(need: Need) -> Progress:
    return Progress(
        due=need.least,
        headline=_("Not handed out yet"),
        next=_("Open the handing out of the kits"),
        notes=_need_words(need),
    )


def _one(row: Distribution, stands: _Standing, need: Need, names: Mapping[int, str], day: date) -> Progress:
    covered, coming = stands.covered, next((one for one in stands.batches if one.on >= day), None)
    notes = list(_need_words(need))
    if covered.settled:
        sentence = ngettext(
            "%(count)s kit was settled otherwise", "%(count)s kits were settled otherwise", covered.settled
        )
        notes.append(sentence % {"count": covered.settled})
    if stands.doubtful:
        sentence = ngettext(
            "%(count)s record waits for a decision", "%(count)s records wait for a decision", stands.doubtful
        )
        notes.append(sentence % {"count": stands.doubtful})
    due = covered.due - covered.settled
    return Progress(
        done=covered.taken,
        due=due if row.mode else need.least,
        late=stands.late.total(),
        late_names=tuple(names.get(unit_id, "") for unit_id in sorted(stands.late)),
        headline=_("%(taken)s of %(due)s picked up") % {"taken": covered.taken, "due": due}
        if row.mode
        else _("It is open what the batches are"),
        next=_next(row, stands, coming),
        notes=tuple(notes),
        undecided=not row.mode or stands.doubtful > 0,
    )


def _next(row: Distribution, stands: _Standing, coming: Batch | None) -> str:
    """Return what is to be done next: what waits for somebody before the next day."""
    if not row.mode:
        return _("Answer whether the batches divide the people or are rounds for all")
    if stands.doubtful:
        return _("Decide about the records in doubt")
    if stands.late:
        return _("Settle what nobody picked up")
    if coming is None or not stands.covered.open:
        return ""
    return " ".join(filter(None, [_("Next batch: %(day)s") % {"day": written(coming.on)}, coming.place]))


def _need_words(need: Need) -> tuple[str, ...]:
    """Say how many kits the roster takes, against how many were bought."""
    if need.people is None:
        return ()
    facts = {"people": need.people, "kits": need.least, "most": need.most, "bought": need.bought}
    if need.kits is None:
        words = _("%(people)s people on the roster: %(kits)s kits needed, or %(most)s; %(bought)s bought")
    else:
        words = _("%(people)s people on the roster: %(kits)s kits needed, %(bought)s bought")
    return (words % facts,)


def evidence(measure: Measure, _at: datetime) -> list[Evidence]:
    """List what desks recorded, by the numbers of the portions: no names."""
    rows = Pickup.objects.filter(desk__distribution__measure=measure).exclude(status=PickupStatus.VOID)
    label, back = _("%(desk)s · portion %(number)s · %(who)s"), PickupStatus.RETURNED.label
    columns = ("pk", "taken_at", "status", "doubt", "desk__name", "portion", "by__name")
    notes = {doubt.value: str(doubt.label) for doubt in PickupDoubt}
    return [
        Evidence(
            kind="pickup",
            ref=str(pk),
            at=taken_at,
            label=label % {"desk": desk, "number": portion, "who": who},
            note=str(back) if status == PickupStatus.RETURNED else notes.get(doubt, ""),
        )
        for pk, taken_at, status, doubt, desk, portion, who in rows.order_by("pk").values_list(*columns)
    ]


KIND = Kind(
    name=PICKUPS,
    label=lambda: _("Kits picked up"),
    settings=PickupsSettings,
    lint=lint,
    open=open_,
    progress=progress,
    evidence=evidence,
    fixed=frozenset({"kit", "roster", "mode", "question"}),
)
