"""Returnees are entered, register themselves, are confirmed or set aside, and are given a contact person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.emergency import returnee_rules as rules
from songnuan.emergency.models import Returnee, ReturneeCode, ReturneeSource, ReturneeStatus
from songnuan.emergency.models.returnees import STANDING
from songnuan.emergency.returnee_access import require_entering, require_working
from songnuan.emergency.returnee_lifecycle import RETURNEE
from songnuan.emergency.returnee_rules import Policy, Told
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Fact, Refusal
from songnuan.organisation.queries import day_of, subtree
from songnuan.plans.models import Measure, MeasureStatus

KIND = "returnees"
_CODE_BYTES = 12


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody to enter: of which unit, with which contact person, where one is known already."""

    unit_id: int
    told: Told
    helper_id: int | None = None


@dataclass(frozen=True, slots=True)
class Plain:
    """What is shown masked elsewhere."""

    phone: str
    address: str


@transaction.atomic(savepoint=False)
def enter(
    *, measure_id: int, rows: Sequence[Row], source: str, policy: Policy, actor: Actor, at: datetime
) -> list[Returnee]:
    """Enter people into the register; from a workbook, who stands there already is passed over.

    Args:
        measure_id: The measure.
        rows: Whom; of a form one.
        source: `ReturneeSource.FORM` or `WORKBOOK`.
        policy: What the plan says now.
        actor: The office, or the liaison of every unit named.
        at: When.

    Returns:
        Who was entered.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`, `unit_outside`, `not_permitted`, `returnee_there` from a
            form, and as `returnee_rules.tidied`.

    """
    measure = held_measure(measure_id)
    today = day_of(at)
    inside = _inside(measure, {row.unit_id for row in rows}, at)
    for unit_id in sorted(inside):
        require_entering(measure.plan, unit_id, actor, at)
    made = []
    for row in rows:
        told = rules.tidied(row.told, today)
        standing = _standing(measure, told)
        if standing is not None and source == ReturneeSource.FORM:
            sentence = _("This person stands in the register already, as No. %(number)s.")
            raise Refusal(
                "returnee_there", sentence % {"number": standing.number}, field="name", returnee=standing.pk
            )
        if standing is None:
            fresh = _new(measure, row.unit_id, told, policy, at)
            fresh.source, fresh.entered_by_id = source, actor.user_id
            fresh.status, fresh.helper_id = ReturneeStatus.OBSERVED, row.helper_id
            fresh.first_due_on = rules.first_due(told.arrived_on, policy.due, at)
            fresh.save(force_insert=True)
            made.append(fresh)
    facts: dict[str, Fact] = {"people": len(made), "returnee_source": source}
    subject = f"emergency.returnee:{made[0].pk}" if len(rows) == len(made) == 1 else _subject(measure)
    note(measure, "enter_returnees", subject, actor, at, **facts)
    return made


@transaction.atomic(savepoint=False)
def register(*, code: str, told: Told, policy: Policy, actor: Actor, at: datetime) -> Returnee:
    """Let somebody register themselves by the code of a poster; who stands there already stays as they are.

    Raises:
        Refusal: `code_unknown` for one that is none, or was withdrawn, `measure_closed`, `registration_full`,
            and as `returnee_rules.tidied`.

    """
    found = ReturneeCode.objects.filter(code=code).first()
    if found is None:
        raise no_code()
    measure = held_measure(found.measure_id)
    if not ReturneeCode.objects.filter(pk=found.pk, withdrawn_at__isnull=True).exists():
        raise no_code()
    tidy = rules.tidied(told, day_of(at))
    if (standing := _standing(measure, tidy)) is not None:
        return standing
    if Returnee.objects.filter(code=found, status=ReturneeStatus.WAITING).count() >= rules.WAITING_MOST:
        sentence = _("Too many people wait to be looked at. Turn to the staff of the community.")
        raise Refusal("registration_full", sentence, poster=found.pk)
    fresh = _new(measure, found.unit_id, tidy, policy, at)
    fresh.source, fresh.code, fresh.status = ReturneeSource.CODE, found, ReturneeStatus.WAITING
    fresh.save(force_insert=True)
    note(measure, "register_returnee", f"emergency.returnee:{fresh.pk}", actor, at, poster=found.pk)
    return fresh


@transaction.atomic(savepoint=False)
def confirm(*, returnee_id: int, policy: Policy, actor: Actor, at: datetime) -> Returnee:
    """Take somebody who registered themselves under observation.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`.

    """
    row = held(returnee_id)
    by = require_entering(row.measure.plan, row.unit_id, actor, at)
    RETURNEE.move_one(
        Returnee.objects.filter(pk=row.pk),
        "confirm",
        confirmed_by=by,
        confirmed_at=at,
        first_due_on=rules.first_due(row.arrived_on, policy.due, at),
    )
    return noted(row, "confirm_returnee", actor, at)


@transaction.atomic(savepoint=False)
def set_aside(*, returnee_id: int, words: str, policy: Policy, actor: Actor, at: datetime) -> Returnee:
    """Set aside what somebody registered, because it is not so.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`, `words_missing`, `text_too_long`.

    """
    row = held(returnee_id)
    by = require_entering(row.measure.plan, row.unit_id, actor, at)
    told = rules.wanted_words(words, "words")
    RETURNEE.move_one(Returnee.objects.filter(pk=row.pk), "set_aside", words=told, **ending(policy, by, at))
    return noted(row, "set_returnee_aside", actor, at)


@transaction.atomic(savepoint=False)
def name_helper(*, returnee_id: int, user_id: int, actor: Actor, at: datetime) -> Returnee:
    """Name who asks after somebody each day; whether that person is fit the caller has asked.

    Raises:
        Refusal: `returnee_unknown`, `not_permitted`, `wrong_state`.

    """
    row = held(returnee_id)
    require_entering(row.measure.plan, row.unit_id, actor, at)
    require_observed(row)
    Returnee.objects.filter(pk=row.pk).update(helper=user_id)
    return noted(row, "name_contact_person", actor, at, user=user_id)


@transaction.atomic(savepoint=False)
def make_code(*, measure_id: int, unit_id: int, actor: Actor, at: datetime) -> ReturneeCode:
    """Make the code of a unit's poster, in place of the one before.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`, `unit_outside`, `not_permitted`.

    """
    measure = held_measure(measure_id)
    _inside(measure, {unit_id}, at)
    by = require_entering(measure.plan, unit_id, actor, at)
    before = ReturneeCode.objects.filter(measure=measure, unit=unit_id, withdrawn_at__isnull=True)
    before.update(withdrawn_at=at, withdrawn_by=by)
    made = ReturneeCode.objects.create(
        measure=measure, unit_id=unit_id, code=token_urlsafe(_CODE_BYTES), made_by_id=by, made_at=at
    )
    note(measure, "make_returnee_code", _subject(measure), actor, at, poster=made.pk, unit=unit_id)
    return made


@transaction.atomic(savepoint=False)
def withdraw_code(*, code_id: int, actor: Actor, at: datetime) -> ReturneeCode:
    """Withdraw a code: nobody registers by it any more.

    Raises:
        Refusal: `code_unknown`, `not_permitted`.

    """
    found = ReturneeCode.objects.select_related("measure__plan").filter(pk=code_id).first()
    if found is None:
        raise no_code()
    by = require_entering(found.measure.plan, found.unit_id, actor, at)
    rows = ReturneeCode.objects.filter(pk=code_id, withdrawn_at__isnull=True)
    if rows.update(withdrawn_at=at, withdrawn_by=by):
        note(found.measure, "withdraw_returnee_code", _subject(found.measure), actor, at, poster=found.pk)
    found.refresh_from_db()
    return found


@transaction.atomic(savepoint=False)
def show(*, returnee_id: int, actor: Actor, at: datetime) -> Plain:
    """Return telephone and address of somebody in full; the look is recorded.

    Raises:
        Refusal: `returnee_unknown`, `returnee_not_yours`, `person_gone`.

    """
    row = held(returnee_id)
    require_working(row, actor, at)
    if row.erased_at is not None:
        raise Refusal("person_gone", _("The personal data of this entry was erased."))
    noted(row, "show_returnee", actor, at, unmasked=True)
    return Plain(row.phone or "", row.address or "")


# What the writers share ----------------------------------------------------------------------------


def held_measure(measure_id: int) -> Measure:
    """Return a measure that goes on, held until commit: numbers are given one after the other.

    Raises:
        Refusal: `measure_unknown`, `measure_closed`.

    """
    rows = Measure.objects.select_for_update(of=("self",), no_key=True).select_related("plan")
    found = rows.filter(pk=measure_id, kind=KIND).first()
    if found is None:
        raise Refusal("measure_unknown", _("There is no such part of a plan."), measure=measure_id)
    if found.status != MeasureStatus.OPEN:
        sentence = _("This part of the plan is closed: nobody is entered any more.")
        raise Refusal("measure_closed", sentence, measure=measure_id)
    return found


def held(returnee_id: int) -> Returnee:
    """Return an entry, held until commit, with its plan at hand.

    Raises:
        Refusal: `returnee_unknown`.

    """
    rows = Returnee.objects.select_for_update(of=("self",), no_key=True).select_related("measure__plan")
    found = rows.filter(pk=returnee_id).first()
    if found is None:
        raise Refusal("returnee_unknown", _("There is no such entry. Choose one from the list."))
    return found


def require_observed(row: Returnee) -> None:
    """Let pass who is under observation.

    Raises:
        Refusal: `wrong_state`.

    """
    if row.status != ReturneeStatus.OBSERVED:
        sentence = _("This person is not under observation now. Reload the page.")
        raise Refusal("wrong_state", sentence, lifecycle=RETURNEE.name, status=row.status)


def ending(policy: Policy, by: int, at: datetime) -> dict[str, object]:
    """Return what is written down of every end: when, by whom, and until when data is kept."""
    day = day_of(at)
    until = rules.last_day(day, policy.retain)
    return {"ended_on": day, "ended_at": at, "ended_by": by, "retain_until": until}


def note(measure: Measure, verb: str, subject: str, actor: Actor, at: datetime, **facts: Fact) -> None:
    """Add to the trail of the plan: numbers of entries, never what was told of people."""
    record(
        stream=f"plan:{measure.plan.slug}",
        action=f"emergency.{verb}",
        subject=subject,
        actor=actor,
        at=at,
        facts={"measure": measure.pk, **facts},
    )


def noted(row: Returnee, verb: str, actor: Actor, at: datetime, **facts: Fact) -> Returnee:
    """Add to the trail what was done about an entry, and return it as it is now."""
    note(row.measure, verb, f"emergency.returnee:{row.pk}", actor, at, **facts)
    row.refresh_from_db()
    return row


def no_code() -> Refusal:
    """Return that a code opens nothing."""
    sentence = _("This code does not count any more. Ask the staff of the community for the new one.")
    return Refusal("code_unknown", sentence)


def _subject(measure: Measure) -> str:
    return f"plans.measure:{measure.pk}"


def _inside(measure: Measure, unit_ids: set[int], at: datetime) -> set[int]:
    """Return the units, if all of them stand at or below the plan's.

    Raises:
        Refusal: `unit_outside`.

    """
    known = subtree(measure.plan.unit_id, day_of(at)).filter(pk__in=unit_ids)
    if stray := unit_ids - set(known.values_list("pk", flat=True)):
        sentence = _("This unit stands outside the plan's. Choose one of its own.")
        raise Refusal("unit_outside", sentence, field="unit", unit=min(stray))
    return unit_ids


def _standing(measure: Measure, told: Told) -> Returnee | None:
    index = rules.person_index(told.name, told.phone)
    return Returnee.objects.filter(measure=measure, person_index=index, status__in=STANDING).first()


def _new(measure: Measure, unit_id: int, told: Told, policy: Policy, at: datetime) -> Returnee:
    last = Returnee.objects.filter(measure=measure).aggregate(last=Max("number"))["last"] or 0
    return Returnee(
        measure=measure,
        unit_id=unit_id,
        number=last + 1,
        name=told.name,
        phone=told.phone,
        origin=told.origin,
        address=told.address or None,
        person_index=rules.person_index(told.name, told.phone),
        arrived_on=told.arrived_on,
        days=policy.days,
        until_on=rules.last_day(told.arrived_on, policy.days),
        entered_at=at,
    )
