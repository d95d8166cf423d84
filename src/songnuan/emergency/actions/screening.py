"""Rounds of screening are opened with what is expected of each unit, reported to by units, and closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency import screening_rules as rules
from songnuan.emergency.models import ScreeningReport, ScreeningRound, ScreeningShare
from songnuan.emergency.report_rules import line_to, path_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.organisation.models import UnitLink, UnitRecord
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import permits, refuse
from songnuan.organisation.rules import live
from songnuan.plans.models import Measure, MeasureStatus

KIND = "screening"
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Days:
    """What a round is called, and its days."""

    title: str
    first_on: date
    last_on: date


@transaction.atomic(savepoint=False)
def open_round(
    *, measure_id: int, days: Days, people: Mapping[int, int] | None, actor: Actor, at: datetime
) -> ScreeningRound:
    """Open a round: freeze how many of each unit are to be screened, as the tree stands on its first day.

    Args:
        measure_id: The measure.
        days: Title and days.
        people: How many by unit; None for the staff that the house knows of each.
        actor: The emergency office.
        at: When.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`, `not_permitted`, `round_title`, `round_days`,
            `round_empty`, `unit_outside`.

    """
    rows = Measure.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    measure = rows.filter(pk=measure_id, kind=KIND).first()
    if measure is None:
        raise Refusal("measure_unknown", _("There is no such part of a plan."), measure=measure_id)
    by = _office(measure, actor, at)
    if measure.status != MeasureStatus.OPEN:
        raise Refusal("measure_closed", _("This part of the plan is closed: no round is opened any more."))
    title = rules.checked_round(days.title, days.first_on, days.last_on)
    people = _expected(measure, days.first_on, people)
    last = ScreeningRound.objects.filter(measure=measure).aggregate(last=Max("number"))["last"] or 0
    made = ScreeningRound.objects.create(
        measure=measure,
        number=last + 1,
        title=title,
        first_on=days.first_on,
        last_on=days.last_on,
        opened_by_id=by,
        opened_at=at,
    )
    records = UnitRecord.objects.filter(live(days.first_on))
    parents, top = dict(records.values_list("unit_id", "parent_id")), measure.plan.unit_id
    ScreeningShare.objects.bulk_create(
        (
            ScreeningShare(
                round=made,
                unit_id=unit_id,
                path=path_of(line_to(unit_id, parents, top)),
                expected=count,
            )
            for unit_id, count in sorted(people.items())
        ),
        batch_size=_BATCH,
    )
    _note(made, "open_screening", actor, at, units=len(people), people=sum(people.values()))
    return made


def _expected(measure: Measure, first_on: date, people: Mapping[int, int] | None) -> Mapping[int, int]:
    """Return how many are expected by unit of the plan's tree, as it stands on the first day.

    Raises:
        Refusal: `unit_outside`, `round_empty`.

    """
    inside = UnitLink.objects.filter(live(first_on), ancestor_id=measure.plan.unit_id).values("descendant")
    records = UnitRecord.objects.filter(live(first_on), unit__in=inside)
    known = dict(records.values_list("unit_id", "staff_count"))
    if people is None:
        people = {unit_id: count for unit_id, count in known.items() if count}
    if stray := people.keys() - known.keys():
        sentence = _("A unit of the table stands outside the plan's on the first day.")
        raise Refusal("unit_outside", sentence, field="file", unit=min(stray))
    if not people:
        sentence = _("Nobody would be screened: no staff of the units is known. Bring in a table.")
        raise Refusal("round_empty", sentence, field="file")
    return people


@transaction.atomic(savepoint=False)
def report_screening(
    *, share_id: int, screened: int, unwell: int, reason: str, key: UUID, actor: Actor, at: datetime
) -> ScreeningReport:
    """Say how far a unit is; once for each key.

    Args:
        share_id: Which unit of which round.
        screened: How many so far.
        unwell: How many of them were found unwell.
        reason: Needed where it is fewer than before.
        key: Of the page.
        actor: A liaison of the very unit, or the office.
        at: When.

    Raises:
        Refusal: `share_unknown`, `not_permitted`, `key_reused`, `round_closed`, `screening_same`, and as
            `screening_rules.checked_report`.

    """
    ScreeningShare.objects.select_for_update(no_key=True).filter(pk=share_id).first()
    share = ScreeningShare.objects.select_related("round__measure__plan").filter(pk=share_id).first()
    if share is None:
        raise Refusal("share_unknown", _("There is no such entry. Choose one from the list."))
    may_report = permits(actor, Permission.SITUATION_REPORT, unit_id=share.unit_id, at=at)
    own = actor.user_id if may_report else None
    by = own or _office(share.round.measure, actor, at)
    earlier = ScreeningReport.objects.filter(key=key).first()
    if earlier is not None:
        return _same(earlier, (share.pk, screened, unwell, by))
    if share.round.closed_at is not None:
        raise Refusal("round_closed", _("This round is closed: nothing of it changes any more."))
    told = rules.checked_report(
        screened=screened, unwell=unwell, reason=reason, expected=share.expected, before=share.screened
    )
    if share.version and (share.screened, share.unwell) == (screened, unwell):
        raise Refusal("screening_same", _("This is what stands there already. Nothing was changed."))
    made = ScreeningReport.objects.create(
        share=share,
        version=share.version + 1,
        screened=screened,
        unwell=unwell,
        reason=told,
        by_id=by,
        at=at,
        key=key,
    )
    ScreeningShare.objects.filter(pk=share.pk).update(screened=screened, unwell=unwell, version=made.version)
    facts: dict[str, Fact] = {"unit": share.unit_id, "screened": screened, "to_screen": share.expected}
    _note(share.round, "report_screening", actor, at, **facts)
    return made


def _same(earlier: ScreeningReport, told: tuple[int, int, int, int]) -> ScreeningReport:
    """Let pass what came before under the same key, where it is the same.

    Raises:
        Refusal: `key_reused`.

    """
    if (earlier.share_id, earlier.screened, earlier.unwell, earlier.by_id) != told:
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence, purpose="report_screening")
    return earlier


@transaction.atomic(savepoint=False)
def close_round(*, round_id: int, actor: Actor, at: datetime) -> ScreeningRound:
    """Close a round: how far it came stays.

    Raises:
        Refusal: `round_unknown`, `not_permitted`, `round_closed`.

    """
    ScreeningRound.objects.select_for_update(no_key=True).filter(pk=round_id).first()
    found = ScreeningRound.objects.select_related("measure__plan").filter(pk=round_id).first()
    if found is None:
        raise Refusal("round_unknown", _("There is no such round. Choose one from the list."))
    by = _office(found.measure, actor, at)
    if found.closed_at is not None:
        raise Refusal("round_closed", _("This round is closed: nothing of it changes any more."))
    ScreeningRound.objects.filter(pk=round_id).update(closed_at=at, closed_by=by)
    _note(found, "close_screening", actor, at)
    found.refresh_from_db()
    return found


def _office(measure: Measure, actor: Actor, at: datetime) -> int:
    unit_id = measure.plan.unit_id
    if actor.user_id is None or not permits(actor, Permission.EMERGENCY_MANAGE, unit_id=unit_id, at=at):
        refuse(Permission.EMERGENCY_MANAGE, unit_id=unit_id)
    return actor.user_id


def _note(found: ScreeningRound, verb: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    record(
        stream=f"plan:{found.measure.plan.slug}",
        action=f"emergency.{verb}",
        subject=f"emergency.round:{found.pk}",
        actor=actor,
        at=at,
        facts={"measure": found.measure_id, **facts},
    )
