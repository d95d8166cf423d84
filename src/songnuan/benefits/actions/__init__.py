"""Writes standards, what was settled already, and what comes of standards for each person."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.benefits import settled, settling, standardfile
from songnuan.benefits.doubling import decide_doubles, found_in, look_again, record_deaths
from songnuan.benefits.listing import FIGURES, ListQuestion, fill
from songnuan.benefits.models import Reckoning, Settlement, Standard, StandardVersion
from songnuan.benefits.queries import latest_by_slug
from songnuan.benefits.rules import check_decision, sets_amounts
from songnuan.benefits.settled import Recorded, Settled
from songnuan.benefits.standardfile import StandardFile
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require
from songnuan.people.models import LIVING, Roster, RosterKind
from songnuan.people.queries.still import stand_still

_WHY = 200
# What waits, or was taken out, comes to nothing.
_SETTLE = """
INSERT INTO benefits_settlement (
  standard_id, payee_id, qualifier_id, amount_minor, cut_minor, in_time_minor, paid_on, source, origin,
  recorded_by_id, recorded_at, withdrawn_why
)
SELECT %(standard)s, e.payee_id, e.qualifier_id, e.amount_minor, e.after_settled_minor - e.after_time_minor,
  e.after_time_minor, %(paid_on)s, %(source)s, %(origin)s, %(by)s, %(at)s, ''
FROM benefits_entitlement e WHERE e.reckoning_id = %(reckoning)s AND e.amount_minor > 0
"""

__all__ = [
    "decide_doubles",
    "drop_reckoning",
    "list_reckoning",
    "look_again",
    "reckon",
    "record_deaths",
    "record_settlements",
    "settle_list",
    "unsettle_lines",
    "unsettle_list",
    "withdraw_settlement",
    "write_standard",
]


@transaction.atomic(savepoint=False)
def write_standard(
    *,
    unit_id: int,
    base: int,
    source: str,
    decision: str,
    decided_on: date | None,
    actor: Actor,
    at: datetime,
) -> StandardVersion:
    """Keep the text of a standard as its next version.

    Args:
        unit_id: Whose it is; of a standard that stands already, the same.
        base: The version that the writer saw; 0 for a new standard.
        source: The file.
        decision: The record of the meeting that set its amounts; empty where none is set.
        decided_on: The day of that meeting.
        actor: Needs BENEFIT_WRITE over the unit.
        at: When.

    Raises:
        StandardRefused: As `standardfile.read`.
        Refusal: `not_permitted`, `standard_taken`, `standard_unknown`, `standard_stale` when somebody else
            has written a version since, `standard_same`, or from `rules.check_decision`.

    """
    told = standardfile.read(source)
    standard = _standard(told, unit_id, base, actor, at)
    latest = StandardVersion.objects.filter(standard=standard).order_by("-number").first()
    if (latest.number if latest else 0) != base:
        raise _stale(standard)
    if latest is not None and latest.source == source:
        raise Refusal("standard_same", _("The standard stands like this already; nothing was changed."))
    decision = decision.strip()
    before = standardfile.read(latest.source).made() if latest else told.made()
    rows = sets_amounts(before, told.made()) if latest else ()
    check_decision(rows, decision, decided_on, day_of(at))
    version = StandardVersion(
        standard=standard,
        number=base + 1,
        source=source,
        digest=sha256(source.encode()).hexdigest(),
        title=told.title,
        document_number=told.basis.number,
        starts_on=told.starts_on,
        ends_on=told.ends_on,
        decision=decision,
        decided_on=decided_on,
        written_by_id=actor.user_id,
        written_at=at,
    )
    _keep(version, len(rows), actor, at)
    return version


def _keep(version: StandardVersion, rows: int, actor: Actor, at: datetime) -> None:
    """Write the version, and the trail of it; `rows` is how many amounts it sets."""
    standard = version.standard
    try:
        with transaction.atomic():  # the database alone knows whether somebody wrote one at this moment
            version.save(force_insert=True)
    except IntegrityError:
        raise _stale(standard) from None
    facts = {"number": version.number, "digest": version.digest, "rows": rows}
    record(
        stream=f"standard:{standard.slug}",
        action="benefits.write_standard",
        subject=f"benefits.standard:{standard.slug}",
        actor=actor,
        at=at,
        facts={**facts, "unit": standard.unit_id},
    )


def _standard(told: StandardFile, unit_id: int, base: int, actor: Actor, at: datetime) -> Standard:
    """Return the standard that a file is a version of: a new one where the writer saw none."""
    found = Standard.objects.filter(slug=told.slug).first()
    owner = found.unit_id if base and found is not None else unit_id
    require(actor, Permission.BENEFIT_WRITE, unit_id=owner, at=at)
    if base and found is None:
        sentence = _("There is no standard “%(slug)s”. Its short name never changes: write it as it was.")
        raise Refusal("standard_unknown", sentence % {"slug": told.slug}, field="slug")
    if not base and found is not None:
        raise _taken(told.slug)
    if found is not None:
        return found
    made = Standard(slug=told.slug, unit_id=unit_id, created_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise _taken(told.slug) from None
    return made


def _taken(slug: str) -> Refusal:
    sentence = _(
        "Another standard has the short name “%(slug)s” already. Choose another, or change that one."
    )
    return Refusal("standard_taken", sentence % {"slug": slug}, field="slug")


def _stale(standard: Standard) -> Refusal:
    sentence = _(
        "Somebody else has written a version of this standard since. Look at it, and write yours anew."
    )
    return Refusal("standard_stale", sentence, standard=standard.slug)


@transaction.atomic(savepoint=False)
def reckon(
    *, measure_id: int, unit_id: int, standard: str, asked: ListQuestion, actor: Actor, at: datetime
) -> Reckoning:
    """Reckon what each in a roster gets, in place of what was reckoned for the measure before.

    What a list was made of stays beside it.

    Args:
        measure_id: The measure it is for.
        unit_id: The unit of its plan.
        standard: Short name of the standard; its newest version counts.
        asked: For whom, for which day, and the plan's answers.
        actor: Needs BENEFIT_WRITE over the unit, and PEOPLE_VIEW over that of the roster.
        at: When.

    Raises:
        Refusal: `not_permitted`, `standard_unknown`, `roster_unfit` for one that lists no people or is
            erased, `reckoning_changed` when somebody else reckons at the same moment.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    version = latest_by_slug([standard]).get(standard)
    if version is None:
        sentence = _("There is no standard “%(slug)s”. Write it first.")
        raise Refusal("standard_unknown", sentence % {"slug": standard}, standard=standard)
    _check_roster(asked.roster_id, actor, at)
    stand_still()
    Reckoning.objects.filter(measure_id=measure_id, is_listed=False).delete()
    made = Reckoning(
        measure_id=measure_id,
        version=version,
        roster_id=asked.roster_id,
        as_of=asked.as_of,
        couple=asked.answers.couple,
        two_children=asked.answers.two_children,
        made_by_id=actor.user_id,
        made_at=at,
    )
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        sentence = _(
            "Somebody else reckons this list at the same moment. Look at it, and reckon again if needed."
        )
        raise Refusal("reckoning_changed", sentence, measure=measure_id) from None
    fill(made, standardfile.read(version.source).made())
    found_in(made)
    figures = {name: getattr(made, name) for name in FIGURES}
    record(
        stream=f"standard:{standard}",
        action="benefits.reckon",
        subject=f"benefits.reckoning:{made.pk}",
        actor=actor,
        at=at,
        facts={**figures, "measure": measure_id, "number": version.number, "as_of": asked.as_of.isoformat()},
    )
    return made


def _check_roster(roster_id: int, actor: Actor, at: datetime) -> None:
    roster = Roster.objects.filter(pk=roster_id, kind=RosterKind.PEOPLE, status__in=LIVING).first()
    if roster is None:
        sentence = _("This roster lists no people, or is erased. Choose the roster of those who are paid.")
        raise Refusal("roster_unfit", sentence, field="roster")
    require(actor, Permission.PEOPLE_VIEW, unit_id=roster.unit_id, at=at)


@transaction.atomic(savepoint=False)
def record_settlements(
    *, slug: str, rows: Sequence[Settled], file_digest: str, actor: Actor, at: datetime
) -> Recorded:
    """Record what was settled already of a standard; what stands already is not recorded twice.

    Args:
        slug: Short name of the standard.
        rows: What was settled, with the persons found.
        file_digest: SHA-256 (hex) of the file that told it; empty where none did.
        actor: Needs BENEFIT_WRITE over the standard's unit.
        at: When.

    Raises:
        Refusal: `standard_unknown`, `not_permitted`, or from `settling.keep`.

    """
    standard = Standard.objects.filter(slug=slug).first()
    if standard is None:
        sentence = _("There is no standard “%(slug)s”. Write it first.")
        raise Refusal("standard_unknown", sentence % {"slug": slug}, standard=slug)
    require(actor, Permission.BENEFIT_WRITE, unit_id=standard.unit_id, at=at)
    done = settling.keep(standard, rows, file_digest, actor, at)
    record(
        stream=f"standard:{slug}",
        action="benefits.record_settlements",
        subject=f"benefits.standard:{slug}",
        actor=actor,
        at=at,
        facts={
            "rows": done.rows,
            "known": done.known,
            "amount_minor": done.total_minor,
            "digest": done.digest,
            "unit": standard.unit_id,
        },
    )
    return done


@transaction.atomic(savepoint=False)
def withdraw_settlement(
    *, settlement_id: int, why: str, whole_file: bool, actor: Actor, at: datetime
) -> tuple[int, int]:
    """Withdraw what was recorded wrongly; it stays in the list, marked. Return how many rows, and their sum.

    Args:
        settlement_id: The row.
        why: The reason.
        whole_file: Whether all that stand of the file that told it are withdrawn with it.
        actor: Needs BENEFIT_WRITE over the standard's unit.
        at: When.

    Raises:
        Refusal: `settled_unknown`, `not_permitted`, `settled_why`, `settled_by_list`, `settled_withdrawn`.

    """
    row = Settlement.objects.select_related("standard").filter(pk=settlement_id).first()
    if row is None:
        raise Refusal("settled_unknown", _("There is no such entry."))
    require(actor, Permission.BENEFIT_WRITE, unit_id=row.standard.unit_id, at=at)
    reason = settled.why(why)
    rows, total = settling.take_back(row, reason, actor, at, whole_file=whole_file)
    record(
        stream=f"standard:{row.standard.slug}",
        action="benefits.withdraw_settlement",
        subject=f"benefits.settlement:{row.pk}",
        actor=actor,
        at=at,
        facts={"rows": rows, "amount_minor": total, "unit": row.standard.unit_id},
    )
    return rows, total


@transaction.atomic(savepoint=False)
def list_reckoning(*, reckoning_id: int, unit_id: int, actor: Actor, at: datetime) -> Reckoning:
    """Mark that a list is made of a reckoning: from now on it stays as it is.

    Raises:
        Refusal: `not_permitted`, `reckoning_listed` when a list was made of it already.

    """
    require(actor, Permission.BENEFIT_WRITE, unit_id=unit_id, at=at)
    if not Reckoning.objects.filter(pk=reckoning_id, is_listed=False).update(is_listed=True):
        sentence = _("A list was made of this already, or it was reckoned again meanwhile. Reload the page.")
        raise Refusal("reckoning_listed", sentence, reckoning=reckoning_id)
    return Reckoning.objects.select_related("version__standard").get(pk=reckoning_id)


@transaction.atomic(savepoint=False)
def drop_reckoning(*, reckoning_id: int) -> None:
    """Let nothing count as paid by the list of a reckoning, which came to its end; the caller notes why."""
    Reckoning.objects.filter(pk=reckoning_id).update(is_dropped=True)


@transaction.atomic(savepoint=False)
def settle_list(
    *, origin: str, reckoning_id: int, source: str, paid_on: date, actor: Actor, at: datetime
) -> int:
    """Note that an approved list settles its lines, so that no other list pays them again; return how many.

    Whoever approves the list has the right to; the caller asks for it.
    """
    reckoning = Reckoning.objects.select_related("version__standard").get(pk=reckoning_id)
    values = {
        "standard": reckoning.version.standard_id,
        "paid_on": connection.ops.adapt_datefield_value(paid_on),
        "source": source,
        "origin": origin,
        "by": actor.user_id,
        "at": connection.ops.adapt_datetimefield_value(at),
        "reckoning": reckoning_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)
        count = int(cursor.rowcount)
    _note_settled(reckoning, "settle_list", actor, at, origin=origin, count=count)
    return count


@transaction.atomic(savepoint=False)
def unsettle_list(*, origin: str, reckoning_id: int, why: str, actor: Actor, at: datetime) -> int:
    """Withdraw what a list settled, which is not paid after all; return how many lines."""
    reckoning = Reckoning.objects.select_related("version__standard").get(pk=reckoning_id)
    rows = Settlement.objects.filter(origin=origin, withdrawn_at__isnull=True)
    count = rows.update(withdrawn_at=at, withdrawn_by_id=actor.user_id, withdrawn_why=why[:_WHY])
    _note_settled(reckoning, "unsettle_list", actor, at, origin=origin, count=count)
    return count


@transaction.atomic(savepoint=False)
def unsettle_lines(
    *,
    origin: str,
    reckoning_id: int,
    pairs: Collection[tuple[int, int]],
    why: str,
    actor: Actor,
    at: datetime,
) -> int:
    """Withdraw what some lines of a list settled, by payee and qualifier: they are not paid after all."""
    reckoning = Reckoning.objects.select_related("version__standard").get(pk=reckoning_id)
    rows = Settlement.objects.filter(
        origin=origin, withdrawn_at__isnull=True, payee__in={payee for payee, _qualifier in pairs}
    )
    ended = set(pairs)
    told = rows.values_list("pk", "payee", "qualifier")
    keys = [pk for pk, payee, qualifier in told if (payee, qualifier) in ended]
    count = Settlement.objects.filter(pk__in=among(keys)).update(
        withdrawn_at=at, withdrawn_by_id=actor.user_id, withdrawn_why=why[:_WHY]
    )
    _note_settled(reckoning, "unsettle_list", actor, at, origin=origin, count=count)
    return count


def _note_settled(
    reckoning: Reckoning, verb: str, actor: Actor, at: datetime, *, origin: str, count: int
) -> None:
    record(
        stream=f"standard:{reckoning.version.standard.slug}",
        action=f"benefits.{verb}",
        subject=origin,
        actor=actor,
        at=at,
        facts={"count": count, "measure": reckoning.measure_id},
    )
