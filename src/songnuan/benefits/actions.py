"""Writes standards."""

from datetime import date, datetime
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.benefits import standardfile
from songnuan.benefits.models import Standard, StandardVersion
from songnuan.benefits.rules import check_decision, sets_amounts
from songnuan.benefits.standardfile import StandardFile
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, require


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
    owner = unit_id if found is None else found.unit_id
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
