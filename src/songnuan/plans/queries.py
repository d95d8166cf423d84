"""Reads for others: plans, and what stands in their current version."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from songnuan.approvals.queries import subjects_of
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import Assignment, UnitLink
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import scope
from songnuan.organisation.rules import live
from songnuan.plans.models import (
    AMENDMENT_OPEN,
    Amendment,
    AmendmentStatus,
    Basis,
    Blocks,
    Clause,
    Measure,
    MeasureStatus,
    Plan,
    PlanVersion,
    Question,
)
from songnuan.plans.planfile import PlanFile
from songnuan.records.models import Receipt


def plan_by_slug(slug: str) -> Plan | None:
    """Return the plan of this slug, or None."""
    return Plan.objects.filter(slug=slug).first()


def visible_plans(actor: Actor, at: datetime) -> QuerySet[Plan]:
    """Return the plans the actor may see, the latest first.

    These are the plans whose unit or office lies in the actor's scope, and those in which a unit of
    that scope takes part, as the lead of a pairing or as the unit that is looked after; those that were
    issued to such a unit; and those that wait for the actor's decision, or that the actor has decided about.
    """
    if actor.is_system:
        return Plan.objects.order_by("-starts_on", "-pk")
    units = scope(actor, Permission.PLAN_VIEW, at).values("pk")
    taking_part = Assignment.objects.filter(Q(holder__in=units) | Q(subject__in=units)).values("purpose")
    received = Receipt.objects.filter(unit__in=units).values_list("document__subject", flat=True)
    told = {
        subject.removeprefix("plans.plan:").rpartition("@")[0]
        for subject in (*subjects_of(actor, at, "plan."), *received.distinct())
    }
    seen = Q(unit__in=units) | Q(office__in=units) | Q(slug__in=taking_part) | Q(slug__in=told)
    return Plan.objects.filter(seen).order_by("-starts_on", "-pk")


def current_version(plan: Plan) -> PlanVersion:
    """Return the version the plan stands on, with its source and digest."""
    return PlanVersion.objects.get(plan=plan, number=plan.version)


def version_of(plan: Plan, number: int) -> PlanVersion | None:
    """Return one version of the plan, with its source, or None."""
    return PlanVersion.objects.filter(plan=plan, number=number).select_related("created_by").first()


def authors(plan: Plan) -> set[int]:
    """Return everybody who wrote a version of the plan."""
    written = PlanVersion.objects.filter(plan=plan, created_by__isnull=False)
    return set(written.values_list("created_by_id", flat=True).distinct())


def amendment_of(plan: Plan) -> Amendment | None:
    """Return the amendment that is under way, or None."""
    return (
        Amendment.objects.filter(plan=plan, status__in=AMENDMENT_OPEN)
        .select_related("begun_by", "sent_back_by")
        .first()
    )


def in_force(plan: Plan) -> list[Amendment]:
    """Return the amendments that came into force, the latest first."""
    return list(Amendment.objects.filter(plan=plan, status=AmendmentStatus.IN_FORCE).order_by("-pk"))


def clause_keys_used(plan: Plan, until: int) -> set[str]:
    """Return the keys of clauses that the versions up to `until` have used."""
    found = Clause.objects.filter(version__plan=plan, version__number__lte=until)
    return set(found.values_list("key", flat=True))


def measure_keys_used(plan: Plan, text: PlanFile) -> set[str]:
    """Return the keys of measures in the text, and of those that the plan has put into action."""
    opened = Measure.objects.filter(plan=plan).exclude(status=MeasureStatus.PLANNED)
    return {entry.key for _clause, entry in text.measures()} | set(opened.values_list("key", flat=True))


def versions(plan: Plan) -> QuerySet[PlanVersion]:
    """Return every version of the plan, the latest first, without their sources."""
    return PlanVersion.objects.filter(plan=plan).order_by("-number").defer("source")


def clauses(plan: Plan) -> list[Clause]:
    """Return the clauses of the current version, in the order of the text."""
    current = Clause.objects.filter(version__plan=plan, version__number=plan.version)
    return list(current.order_by("position"))


def clause_headings(plan: Plan, keys: Collection[str]) -> dict[str, str]:
    """Return number and title of these clauses, each as in the latest version up to the current one."""
    if not keys:
        return {}
    rows = Clause.objects.filter(version__plan=plan, version__number__lte=plan.version, key__in=keys)
    told = rows.order_by("version__number").values_list("key", "number", "title")
    return {key: f"{number}{title}" for key, number, title in told}


def basis(plan: Plan) -> list[Basis]:
    """Return what the current version rests on, in the order of the file."""
    current = Basis.objects.filter(version__plan=plan, version__number=plan.version)
    return list(current.order_by("position"))


def measures(plan_id: int) -> list[Measure]:
    """Return the measures of the plan, in the order of the text; each has its plan at hand."""
    return list(Measure.objects.filter(plan_id=plan_id).select_related("plan").order_by("position"))


def kinds_around(unit_ids: Collection[int], kinds: Collection[str], on: date) -> frozenset[str]:
    """Return those kinds of measures that a plan above, at or below some units has under way, or had."""
    # From the few plans to their units, not from a post to the thousands below it.
    links, unit = UnitLink.objects.filter(live(on)), OuterRef("plan__unit")
    above = links.filter(ancestor=unit, descendant__in=unit_ids)
    below = links.filter(descendant=unit, ancestor__in=unit_ids)
    rows = Measure.objects.filter(Exists(above) | Exists(below), kind__in=kinds)
    return frozenset(rows.exclude(opened_at=None).order_by().values_list("kind", flat=True).distinct())


def questions(plan: Plan) -> list[Question]:
    """Return the questions of the plan, answered and open, in the order of the file."""
    return list(Question.objects.filter(plan=plan).select_related("answered_by").order_by("position"))


def open_questions(plan_id: int, blocks: Collection[Blocks] = tuple(Blocks)) -> list[Question]:
    """Return the questions without an answer that block one of `blocks`, in the order of the file."""
    rows = Question.objects.filter(plan_id=plan_id, answer="", blocks__in=list(blocks))
    return list(rows.order_by("position"))


def choice_of(plan_id: int, key: str) -> str | None:
    """Return the key of the choice that answers a question; None while it is open, or without choices."""
    rows = Question.objects.filter(plan_id=plan_id, key=key).exclude(choice="")
    return rows.values_list("choice", flat=True).first()


def questions_of(plans: Iterable[Plan]) -> QuerySet[Question]:
    """Return the questions of these plans that have no answer, in the order of the files."""
    rows = Question.objects.filter(plan__in=list(plans), answer="").select_related("plan")
    return rows.order_by("plan_id", "position")
