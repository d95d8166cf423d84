"""The only writers of flexible work: requests, and what is decided about them."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.casework.flexible_freezing import digest_of, facts_text, sealed_digest_of
from songnuan.casework.flexible_lifecycle import FLEXIBLE
from songnuan.casework.flexible_models import (
    FlexibleAct,
    FlexibleDependant,
    FlexibleRequest,
    FlexibleStatus,
    FlexibleVerb,
)
from songnuan.casework.flexible_queries import (
    acts_of,
    employee_accounts,
    families,
    of_employee,
    terms_in,
)
from songnuan.casework.flexible_rules import (
    Limits,
    Terms,
    Wish,
    assess,
    check_eligible,
    flexible_number,
    review_day,
    said,
    served_until,
    subject_of,
    terms_of,
    wish_of,
)
from songnuan.casework.flexible_words import reason_words
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require
from songnuan.people.models import Person
from songnuan.people.queries.still import stand_still
from songnuan.plans.models import Measure


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the plan allows: whom it means, for how many days at most, and how often it is looked at."""

    limits: Limits
    longest_days: int
    review_days: int


@transaction.atomic(savepoint=False)
def ask_flexible(
    *,
    measure_id: int,
    person_id: int,
    unit_id: int,
    number: int,
    wish: Wish,
    allowed: Allowed,
    actor: Actor,
    at: datetime,
) -> FlexibleRequest:
    """Ask for flexible work for an employee, with what the register tells of the family frozen.

    Args:
        measure_id: The measure it is for.
        person_id: The employee.
        unit_id: Where the employee works.
        number: Its number in the plan.
        wish: What is asked for.
        allowed: What the plan allows.
        actor: Needs FLEXIBLE_ASK over the unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `flexible_stands` where an arrangement has some of the days,
            `flexible_waits` while another request of the employee waits, or from `flexible_rules`.

    """
    require(actor, Permission.FLEXIBLE_ASK, unit_id=unit_id, at=at)
    on = day_of(at)
    wish = wish_of(wish, today=on, longest_days=allowed.longest_days)
    stand_still()
    family = families([person_id], on)[person_id]
    verdict = assess(family, allowed.limits, on)
    kinds = {kin.key: kin.kind.value for kin in family.kin if not kin.serves}
    check_eligible(verdict, wish, kinds)
    _check_free(person_id, wish.starts_on, wish.ends_on)
    _check_none_waits(person_id, measure_id)
    made = FlexibleRequest(
        measure_id=measure_id,
        number=number,
        person=Person.objects.get(pk=person_id),
        unit_id=unit_id,
        is_eligible=not wish.exception,
        reason=reason_words(verdict, allowed.limits, on),
        facts=facts_text(family, verdict, allowed.limits, on),
        made_by_id=_person(actor),
        made_at=at,
        **_asked(wish),
    )
    told = [(key, kinds[key]) for key in wish.dependants]
    made.sealed_digest = sealed_digest_of(made)
    made.digest = digest_of(made, made.person.key, told)
    made.save(force_insert=True)
    ids = dict(Person.objects.filter(key__in=wish.dependants).values_list("key", "pk"))
    FlexibleDependant.objects.bulk_create(
        FlexibleDependant(request=made, person_id=ids[key], kind=kind) for key, kind in told
    )
    _note(made, "ask_flexible", actor, at, digest=made.digest, eligible=made.is_eligible)
    return made


def _asked(wish: Wish) -> dict[str, Any]:
    """Return the columns of what is asked for."""
    columns = ("starts_on", "ends_on", "why", "exception")
    return {name: getattr(wish, name) for name in columns} | asdict(wish.terms)


@transaction.atomic(savepoint=False)
def approve_flexible(*, request_id: int, allowed: Allowed, actor: Actor, at: datetime) -> FlexibleRequest:
    """Let an arrangement stand, whose approval has asked for the rights and came to its end.

    Args:
        request_id: Which request.
        allowed: What the plan allows.
        actor: Who took the last step.
        at: When.

    Raises:
        Refusal: `wrong_state`, `flexible_stands`, `flexible_late` when its last day is over.

    """
    stand_still()
    row = find_flexible(request_id, hold=True)
    on = day_of(at)
    if row.ends_on < on:
        sentence = _("Its last day is over. Return it, so that it is asked for anew.")
        raise Refusal("flexible_late", sentence, request=request_id)
    _check_free(row.person_id, row.starts_on, row.ends_on)
    next_on = review_day(max(on, row.starts_on), row.ends_on, allowed.review_days)
    _act(
        row,
        FlexibleVerb.BEGIN,
        terms_in(row),
        actor,
        at,
        limits=allowed.limits,
        from_on=row.starts_on,
        review_on=next_on,
    )
    return _moved(row, "approve", actor, at)


@transaction.atomic(savepoint=False)
def close_flexible(*, request_id: int, verb: str, actor: Actor, at: datetime) -> FlexibleRequest:
    """Note that a request came back or was withdrawn; the approval has asked for the rights.

    `verb` is "return" or "withdraw".

    Raises:
        Refusal: `wrong_state`.

    """
    return _moved(find_flexible(request_id, hold=True), verb, actor, at)


def _moved(row: FlexibleRequest, verb: str, actor: Actor, at: datetime) -> FlexibleRequest:
    FLEXIBLE.move_one(FlexibleRequest.objects.filter(pk=row.pk), verb)
    _note(row, f"{verb}_flexible", actor, at)
    row.refresh_from_db()
    return row


@dataclass(frozen=True, slots=True)
class Review:
    """What somebody decides about an arrangement, having seen its newest decision `seen`."""

    verb: str
    words: str
    seen: int
    terms: Terms | None = None


@transaction.atomic(savepoint=False)
def review_flexible(
    *, request_id: int, review: Review, allowed: Allowed, staff_id: int | None, actor: Actor, at: datetime
) -> FlexibleAct:
    """Let an arrangement go on, change it, or end it, saying why.

    Args:
        request_id: Which arrangement.
        review: What is decided.
        allowed: What the plan allows.
        staff_id: The unit of the staff office, where there is one.
        actor: Needs FLEXIBLE_ASK or FLEXIBLE_DECIDE over the unit, to change it FLEXIBLE_DECIDE; not the
            employee.
        at: When.

    Raises:
        Refusal: `not_permitted`, `own_flexible`, `flexible_over`, `review_stale` when somebody else decided
            meanwhile, `review_verb`, `review_same` for a change that changes nothing, `reason_missing`,
            `text_too_long`, or from `flexible_rules.terms_of`.

    """
    stand_still()  # what the family data tell is noted with it
    row = find_flexible(request_id, hold=True)
    if not may_review(row, staff_id, actor, at, changes=review.verb == FlexibleVerb.CHANGE):
        refuse(Permission.FLEXIBLE_DECIDE, unit_id=row.unit_id)
    check_not_own(row, {actor.user_id})
    on = day_of(at)
    if row.status != FlexibleStatus.APPROVED or row.ends_on < on:
        sentence = _("This arrangement is over, or was never approved: there is nothing to decide any more.")
        raise Refusal("flexible_over", sentence, request=request_id)
    newest = acts_of([row])[row.pk][-1]
    if newest.pk != review.seen:
        sentence = _("Somebody decided about this arrangement meanwhile. Read it anew.")
        raise Refusal("review_stale", sentence, request=request_id)
    if review.verb not in {FlexibleVerb.GO_ON, FlexibleVerb.CHANGE, FlexibleVerb.END}:
        raise Refusal("review_verb", _("Choose what is decided."), field="verb")
    words, terms = said(review.words), terms_in(newest)
    if review.verb == FlexibleVerb.CHANGE:
        changed = terms_of(review.terms or terms)
        if changed == terms:
            sentence = _("This is how work is done already. Change something, or let it go on.")
            raise Refusal("review_same", sentence, field="form")
        terms = changed
    is_end = review.verb == FlexibleVerb.END
    next_on = None if is_end else review_day(max(on, row.starts_on), row.ends_on, allowed.review_days)
    first = on if is_end else max(on, row.starts_on)
    verb = FlexibleVerb(review.verb)
    act = _act(
        row, verb, terms, actor, at, limits=allowed.limits, from_on=first, review_on=next_on, words=words
    )
    if is_end:
        FLEXIBLE.move_one(FlexibleRequest.objects.filter(pk=request_id), "end")
    _note(row, "review_flexible", actor, at, decided=review.verb)
    return act


def _act(
    row: FlexibleRequest,
    verb: FlexibleVerb,
    terms: Terms,
    actor: Actor,
    at: datetime,
    *,
    limits: Limits,
    from_on: date,
    review_on: date | None,
    words: str = "",
) -> FlexibleAct:
    """Note a decision, with what the family data tell on its day."""
    on = day_of(at)
    family = families([row.person_id], on)[row.person_id]
    return FlexibleAct.objects.create(
        request=row,
        verb=verb,
        from_on=from_on,
        review_on=review_on,
        is_eligible=assess(family, limits, on).is_eligible,
        service_over=served_until(family) is not None,
        words=words,
        by_id=_person(actor),
        at=at,
        **asdict(terms),
    )


@transaction.atomic(savepoint=False)
def note_book(*, measure: Measure, rows: int, actor: Actor, at: datetime) -> None:
    """Note that somebody took the ledger of what they see away as a workbook."""
    record(
        stream=f"plan:{measure.plan.slug}",
        action="casework.take_flexible_book",
        subject=f"plans.measure:{measure.pk}",
        actor=actor,
        at=at,
        facts={"rows": rows},
    )


def may_review(
    row: FlexibleRequest, staff_id: int | None, actor: Actor, at: datetime, *, changes: bool = False
) -> bool:
    """Return whether somebody looks after the arrangement; another form is for who approves alone."""
    decides = Permission.FLEXIBLE_DECIDE
    units = {row.unit_id, staff_id or row.unit_id}
    if any(permits(actor, decides, unit_id=unit_id, at=at) for unit_id in units):
        return True
    return not changes and permits(actor, Permission.FLEXIBLE_ASK, unit_id=row.unit_id, at=at)


def check_not_own(row: FlexibleRequest, users: Collection[int | None]) -> None:
    """Let pass acts of users, or in the office of users, none of whom is the employee.

    Raises:
        NotPermitted: `own_flexible`.

    """
    if not employee_accounts(row.person).isdisjoint(users):
        sentence = _("This is about you, or about whom you stand in for. Somebody else has to decide.")
        raise NotPermitted("own_flexible", sentence, request=row.pk)


def find_flexible(request_id: int, *, hold: bool = False) -> FlexibleRequest:
    """Return a request with its plan and its employee; `hold` keeps it locked until the act is over.

    Raises:
        Refusal: `flexible_unknown`.

    """
    rows = FlexibleRequest.objects.select_related("measure__plan", "person")
    if hold:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=request_id).first()
    if row is None:
        sentence = _("There is no such request. Open it from the page of its clause.")
        raise Refusal("flexible_unknown", sentence)
    return row


def _check_free(person_id: int, starts_on: date, ends_on: date) -> None:
    """Let pass days on which the employee has no arrangement."""
    stands = FlexibleRequest.objects.filter(of_employee(person_id), status=FlexibleStatus.APPROVED)
    other = stands.filter(starts_on__lte=ends_on, ends_on__gte=starts_on).first()
    if other is not None:
        sentence = _("%(number)s holds for some of these days. End it first, or ask for the days after it.")
        facts = {"number": flexible_number(other.number)}
        raise Refusal("flexible_stands", sentence % facts, field="starts_on", **facts)


def _check_none_waits(person_id: int, measure_id: int) -> None:
    """Let pass an employee for whom nothing waits; the register stands still, so that two come one by one."""
    if FlexibleRequest.objects.filter(of_employee(person_id), status=FlexibleStatus.PENDING).exists():
        sentence = _("Another request for this employee waits for approval. Wait until it is decided.")
        raise Refusal("flexible_waits", sentence, measure=measure_id)


def _person(actor: Actor) -> int:
    if actor.user_id is None:
        raise NotPermitted("not_permitted", _("Only a person can do this. Sign in with your own account."))
    return actor.user_id


def _note(row: FlexibleRequest, what: str, actor: Actor, at: datetime, **facts: object) -> None:
    record(
        stream=f"plan:{row.measure.plan.slug}",
        action=f"casework.{what}",
        subject=subject_of(row.pk),
        actor=actor,
        at=at,
        facts={"number": flexible_number(row.number), "unit": row.unit_id, **facts},
    )
