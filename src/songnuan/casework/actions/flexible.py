"""The only writers of flexible work: requests, and what is decided about them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
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
    accounts_of,
    acts_of,
    families,
    overlapping,
    service_over,
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
    subject_of,
    terms_of,
    wish_of,
)
from songnuan.casework.flexible_words import reason_words
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, permits, refuse, require
from songnuan.people.models import Person
from songnuan.people.queries.still import stand_still


@dataclass(frozen=True, slots=True)
class Allowed:
    """What the plan allows: whom it means, for how many days at most, and how often it is looked at.

    `staff_id` is the unit of the staff office, which decides about all of them.
    """

    limits: Limits
    staff_id: int
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
        Refusal: `not_permitted`, `flexible_waits` while another request of the employee waits,
            `flexible_stands` where an arrangement has some of the days, or from `flexible_rules`.

    """
    require(actor, Permission.FLEXIBLE_ASK, unit_id=unit_id, at=at)
    on = day_of(at)
    wish = wish_of(wish, today=on, longest_days=allowed.longest_days)
    stand_still()
    family = families([person_id], on)[person_id]
    verdict = assess(family, allowed.limits, on)
    kinds = {kin.key: kin.kind.value for kin in family.kin if not kin.serves}
    check_eligible(verdict, wish, kinds)
    _check_free(None, person_id, wish.starts_on, wish.ends_on)
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
    _save(made)
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


def _save(made: FlexibleRequest) -> None:
    try:
        with transaction.atomic():  # the database alone knows whether another waits
            made.save(force_insert=True)
    except IntegrityError:
        sentence = _("Another request for this employee waits for approval. Wait until it is decided.")
        raise Refusal("flexible_waits", sentence, measure=made.measure_id) from None


@transaction.atomic(savepoint=False)
def decide_flexible(
    *, request_id: int, verb: str, review_days: int, actor: Actor, at: datetime
) -> FlexibleRequest:
    """Note how the approval of a request ended, whose rights the approval has asked for.

    Args:
        request_id: Which request.
        verb: "approve" with the last step, "return" or "withdraw".
        review_days: After how many days an arrangement is looked at.
        actor: Who decided; not the employee.
        at: When.

    Raises:
        Refusal: `wrong_state`, `own_flexible`, `flexible_stands`, `flexible_late` when its last day is over.

    """
    row = locked(request_id)
    if verb != "withdraw":
        check_not_own(row, actor)
    same = FlexibleRequest.objects.filter(pk=request_id)
    if verb == "approve":
        on = day_of(at)
        if row.ends_on < on:
            sentence = _("Its last day is over. Return it, so that it is asked for anew.")
            raise Refusal("flexible_late", sentence, request=request_id)
        _check_free(row, row.person_id, row.starts_on, row.ends_on)
        first = max(on, row.starts_on)
        _act(
            row,
            FlexibleVerb.BEGIN,
            terms_in(row),
            actor,
            at,
            from_on=row.starts_on,
            review_on=review_day(first, row.ends_on, review_days),
        )
    FLEXIBLE.move_one(same, verb)
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
    *, request_id: int, review: Review, allowed: Allowed, actor: Actor, at: datetime
) -> FlexibleAct:
    """Let an arrangement go on, change it, or end it, saying why.

    Args:
        request_id: Which arrangement.
        review: What is decided.
        allowed: What the plan allows.
        actor: Needs FLEXIBLE_ASK or FLEXIBLE_DECIDE over the unit, to change it FLEXIBLE_DECIDE; not the
            employee.
        at: When.

    Raises:
        Refusal: `not_permitted`, `own_flexible`, `flexible_over`, `review_stale` when somebody else decided
            meanwhile, `review_verb`, `review_same` for a change that changes nothing, `reason_missing`,
            `text_too_long`, or from `flexible_rules.terms_of`.

    """
    row = locked(request_id)
    if not may_review(row, allowed.staff_id, actor, at, changes=review.verb == FlexibleVerb.CHANGE):
        refuse(Permission.FLEXIBLE_DECIDE, unit_id=row.unit_id)
    check_not_own(row, actor)
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
        row, verb, terms, actor, at, from_on=first, review_on=next_on, words=words, limits=allowed.limits
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
    from_on: date,
    review_on: date | None,
    words: str = "",
    limits: Limits | None = None,
) -> FlexibleAct:
    on = day_of(at)
    eligible = row.is_eligible
    if limits is not None:
        eligible = assess(families([row.person_id], on)[row.person_id], limits, on).is_eligible
    return FlexibleAct.objects.create(
        request=row,
        verb=verb,
        from_on=from_on,
        review_on=review_on,
        is_eligible=eligible,
        service_over=bool(service_over([row.person_id], on)),
        words=words,
        by_id=_person(actor),
        at=at,
        **asdict(terms),
    )


def may_review(
    row: FlexibleRequest, staff_id: int, actor: Actor, at: datetime, *, changes: bool = False
) -> bool:
    """Return whether somebody looks after the arrangement; another form is for who approves alone."""
    decides = Permission.FLEXIBLE_DECIDE
    if any(permits(actor, decides, unit_id=unit_id, at=at) for unit_id in {row.unit_id, staff_id}):
        return True
    return not changes and permits(actor, Permission.FLEXIBLE_ASK, unit_id=row.unit_id, at=at)


def check_not_own(row: FlexibleRequest, actor: Actor) -> None:
    """Let pass who is not the employee: the same name and phone is the same person.

    Raises:
        NotPermitted: `own_flexible`.

    """
    if actor.user_id in employee_accounts(row.person):
        sentence = _("This is about you. Somebody else has to decide.")
        raise NotPermitted("own_flexible", sentence, request=row.pk)


def employee_accounts(person: Person) -> set[int]:
    """Return which users of the house an employee is."""
    return accounts_of(person, User.objects.filter(name=person.name).values_list("pk", "name", "phone"))


def locked(request_id: int) -> FlexibleRequest:
    """Return a request, locked until the act is over.

    Raises:
        Refusal: `flexible_unknown`.

    """
    rows = FlexibleRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("measure__plan", "person").filter(pk=request_id).first()
    if row is None:
        sentence = _("There is no such request. Open it from the page of its clause.")
        raise Refusal("flexible_unknown", sentence)
    return row


def _check_free(row: FlexibleRequest | None, person_id: int, starts_on: date, ends_on: date) -> None:
    """Let pass days on which the employee has no other arrangement."""
    other = FlexibleRequest.objects.filter(overlapping(row, person_id, starts_on, ends_on)).first()
    if other is not None:
        sentence = _("%(number)s holds for some of these days. End it first, or ask for the days after it.")
        facts = {"number": flexible_number(other.number)}
        raise Refusal("flexible_stands", sentence % facts, field="starts_on", **facts)


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
