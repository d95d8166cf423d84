"""Writes what is found of a list, what is decided of it, and who is known to have died."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.benefits import doubles
from songnuan.benefits.double_models import DoubleVerb, Finding, FindingDecision, KnownDead
from songnuan.benefits.double_queries import PAIR, open_findings
from songnuan.benefits.listing import figures_of
from songnuan.benefits.models import Entitlement, Reckoning
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows, upsert
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require
from songnuan.people.models import Person

REASON_MAX = 200
SOURCE_MAX = 200

# The last decision of the same counts, as long as it was made by the same facts.
_STAND = """
UPDATE benefits_finding SET decision_id = (
  SELECT d.id FROM benefits_entitlement e
  JOIN benefits_findingdecision d ON d.measure_id = %(measure)s AND d.payee_id = e.payee_id
    AND d.qualifier_id = e.qualifier_id AND d.kind = benefits_finding.kind
    AND d.other = benefits_finding.other
  WHERE e.id = benefits_finding.line_id AND d.facts = benefits_finding.facts AND NOT EXISTS (
    SELECT 1 FROM benefits_findingdecision l WHERE l.measure_id = d.measure_id AND l.payee_id = d.payee_id
      AND l.qualifier_id = d.qualifier_id AND l.kind = d.kind AND l.other = d.other AND l.id > d.id))
WHERE reckoning_id = %(reckoning)s
"""
_DECIDE = """
INSERT INTO benefits_findingdecision (
  measure_id, payee_id, qualifier_id, kind, other, facts, verb, reason, decided_by_id, decided_at)
SELECT %s, e.payee_id, e.qualifier_id, f.kind, f.other, f.facts, %s, %s, {by}, %s
FROM benefits_finding f JOIN benefits_entitlement e ON e.id = f.line_id WHERE f.id IN ({chosen}) ORDER BY f.id
"""


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided, one of `DoubleVerb`, and why: it stays.

    It is of one finding, or of all open ones of a kind against one other list (None: no list); `through` is
    the last finding that whoever decides has seen.
    """

    verb: str
    reason: str
    finding: int = 0
    kind: str = ""
    against: int | None = None
    through: int = 0


@dataclass(frozen=True, slots=True)
class Death:
    """Who died, as a blind index, and when."""

    id_index: str
    died_on: date


def found_in(reckoning: Reckoning) -> None:
    """Find what may be paid twice in a reckoning, let stand what was decided of it, and add up."""
    Finding.objects.filter(reckoning=reckoning).delete()
    doubles.find(reckoning)
    _settle(reckoning)


def _settle(reckoning: Reckoning) -> None:
    """Let decisions stand: lines taken out come to nothing, all others to what they were; add up anew."""
    if FindingDecision.objects.filter(measure=reckoning.measure_id).exists():
        with connection.cursor() as cursor:
            cursor.execute(_STAND, {"measure": reckoning.measure_id, "reckoning": reckoning.pk})
    lines = Entitlement.objects.filter(reckoning=reckoning)
    decided = Finding.objects.filter(reckoning=reckoning)
    others = decided.filter(decision__verb=DoubleVerb.OTHER_OUT).values("other_person")
    is_out = (
        Q(pk__in=decided.filter(decision__verb=DoubleVerb.OUT).values("line"))
        | Q(payee__in=others)
        | Q(payee__in=Person.objects.filter(merged_into__in=others))
    )
    lines.filter(out_minor__gt=0).exclude(is_out).update(amount_minor=F("out_minor"), out_minor=0)
    lines.filter(is_out, amount_minor__gt=0).update(out_minor=F("amount_minor"), amount_minor=0)
    Reckoning.objects.filter(pk=reckoning.pk).update(**figures_of(reckoning))
    reckoning.refresh_from_db()


@transaction.atomic(savepoint=False)
def look_again(*, measure_id: int, unit_id: int, actor: Actor, at: datetime) -> int:
    """Find anew what may be paid twice in the list of a measure; return how many findings are open.

    Args:
        measure_id: The measure it is for.
        unit_id: The unit of its plan.
        actor: Needs BENEFIT_WRITE over the unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `reckoning_none` where there is no list, or it is put up already.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    reckoning = _standing(measure_id)
    found_in(reckoning)
    found, still = Finding.objects.filter(reckoning=reckoning).count(), open_findings(reckoning).count()
    _record(reckoning, "benefits.look_again", {"found": found, "open": still}, actor, at)
    return still


@transaction.atomic(savepoint=False)
def decide_doubles(
    *,
    measure_id: int,
    unit_id: int,
    decision: Decision,
    actor: Actor,
    at: datetime,
) -> int:
    """Decide findings of the list of a measure, and return how many; what was decided before counts no more.

    Args:
        measure_id: The measure it is for.
        unit_id: The unit of its plan.
        decision: Of what, how, and why.
        actor: Needs BENEFIT_WRITE over the unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `reason_missing`, `text_too_long`, `reckoning_none`, `finding_gone` where
            nothing is found like this any more, `other_stands` where the other one can't be taken out from
            here.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    reason, verb = _told(decision.reason, "reason", REASON_MAX), DoubleVerb(decision.verb)
    reckoning = _standing(measure_id)
    rows = _chosen(reckoning, decision)
    told = list(rows.order_by("pk").values_list("line__payee__key", "line__qualifier__key", "kind", "other"))
    if not told:
        sentence = _("This is not found any more, or somebody has decided it. Look at the list again.")
        raise Refusal("finding_gone", sentence)
    if verb == DoubleVerb.OTHER_OUT and rows.exclude(PAIR).exists():
        sentence = _("The other one is in another list, or one of several. Take out this line, or pay both.")
        raise Refusal("other_stands", sentence)
    _write(rows, replace(decision, reason=reason), reckoning.measure_id, actor, at)
    _settle(reckoning)
    facts: dict[str, object] = {
        "double": told[0][2],
        "verb": verb,
        "count": len(told),
        "digest": digest_rows(told),
    }
    if decision.finding:
        facts["payee"] = told[0][0]
    _record(reckoning, "benefits.decide_double", facts, actor, at)
    return len(told)


def _chosen(reckoning: Reckoning, decision: Decision) -> QuerySet[Finding]:
    if decision.finding:
        return Finding.objects.filter(reckoning=reckoning, pk=decision.finding)
    against = Q(other_reckoning=decision.against) if decision.against else Q(other_reckoning__isnull=True)
    return open_findings(reckoning).filter(against, kind=decision.kind, pk__lte=decision.through)


def _write(rows: QuerySet[Finding], decision: Decision, measure_id: int, actor: Actor, at: datetime) -> None:
    """Write a decision of each of the findings, in one statement."""
    chosen, values = rows.order_by().values("pk").query.sql_with_params()
    by = "NULL" if actor.user_id is None else str(int(actor.user_id))
    when = connection.ops.adapt_datetimefield_value(at)
    with connection.cursor() as cursor:
        cursor.execute(
            _DECIDE.format(by=by, chosen=chosen),
            [measure_id, decision.verb, decision.reason, when, *values],
        )


def _standing(measure_id: int) -> Reckoning:
    """Return the list of a measure as long as it can be changed, held until this is done."""
    rows = Reckoning.objects.select_for_update(of=("self",)).select_related("version__standard")
    reckoning = rows.filter(measure=measure_id, is_listed=False).first()
    if reckoning is None:
        sentence = _("There is no list to change: none is reckoned, or it is put up for approval already.")
        raise Refusal("reckoning_none", sentence, measure=measure_id)
    return reckoning


def _told(text: str, field: str, limit: int) -> str:
    """Return what was typed, without what is around it."""
    text = text.strip()
    if not text:
        raise Refusal("reason_missing", _("Say why."), field=field)
    if len(text) > limit:
        sentence = _("At most %(limit)s characters fit here; these are %(length)s.")
        figures = {"limit": limit, "length": len(text)}
        raise Refusal("text_too_long", sentence % figures, field=field, **figures)
    return text


def _record(reckoning: Reckoning, action: str, facts: dict[str, object], actor: Actor, at: datetime) -> None:
    figures = {"people": reckoning.people, "total_minor": reckoning.total_minor}
    record(
        stream=f"standard:{reckoning.version.standard.slug}",
        action=action,
        subject=f"benefits.reckoning:{reckoning.pk}",
        actor=actor,
        at=at,
        facts={**facts, **figures, "measure": reckoning.measure_id},
    )


@transaction.atomic(savepoint=False)
def record_deaths(*, deaths: Sequence[Death], source: str, actor: Actor, at: datetime) -> int:
    """Note who is known to have died, as a source tells it; return how many are new or told otherwise.

    Args:
        deaths: Who; of one told twice the last counts.
        source: Who tells it.
        actor: Needs BENEFIT_WRITE anywhere.
        at: When.

    Raises:
        Refusal: `not_permitted`, `reason_missing` without a source, `text_too_long`.

    """
    require(actor, Permission.BENEFIT_WRITE, at=at)
    source = _told(source, "source", SOURCE_MAX)
    known = dict(KnownDead.objects.filter(source=source).values_list("id_index", "died_on"))
    told = {death.id_index: death.died_on for death in deaths}
    fresh = [
        KnownDead(id_index=number, died_on=day, source=source, recorded_by_id=actor.user_id, recorded_at=at)
        for number, day in told.items()
        if known.get(number) != day
    ]
    unique, update = ["id_index", "source"], ["died_on", "recorded_by", "recorded_at"]
    upsert(KnownDead, fresh, unique=unique, update=update)
    record(
        stream="benefits",
        action="benefits.record_deaths",
        subject="benefits.known_dead",
        actor=actor,
        at=at,
        facts={
            "count": len(told),
            "new": len(fresh),
            "digest": digest_rows(sorted((number, day) for number, day in told.items())),
        },
    )
    return len(fresh)
