"""The writers of the inspector's samples: draws, checks of receipts, signs that were looked at."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.goods.models import Issue
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.kernel.sampling import check_confidence, digest_of, pool_text
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import Contact, contact_of, day_of, require
from songnuan.people.purposes import CONTACT
from songnuan.plans.models import Plan
from songnuan.visits import sample_rules as rules
from songnuan.visits.receipts import Receipt
from songnuan.visits.sample_models import FlagNote, ReceiptCheck, Sample, SampleReceipt
from songnuan.visits.sample_queries import is_open
from songnuan.visits.sample_rules import Order
from songnuan.visits.sampling import draw


@transaction.atomic(savepoint=False)
def draw_sample(
    *, plan: Plan, number: int, receipts: Sequence[Receipt], order: Order, actor: Actor, at: datetime
) -> Sample:
    """Draw from every receipt that can come out, and freeze what did, with what it was drawn from.

    `number` is that of the draw in the plan, without gaps; `order` says how many, and how.

    Raises:
        NotPermitted: The actor may not check receipts of the plan.
        Refusal: `confidence_unknown`, `sample_size`, `reason_missing` while an earlier one is open,
            `text_too_long`.

    """
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    person_id = _person(actor)
    check_confidence(order.confidence)
    reason = rules.why_again(order.reason, is_open=is_open(plan.pk))
    by_number = {row.movement_id: row for row in receipts}
    pool = [(one, by_number[one].lead_id) for one in sorted(by_number)]
    drawn = draw(dict(pool), order.size, order.seed, by_lead=order.by_lead)
    sample = Sample.objects.create(
        plan=plan,
        number=number,
        lead_id=order.lead_id,
        compound=order.compound,
        seed=order.seed,
        by_lead=order.by_lead,
        drawn_from=pool_text(pool),
        population=len(pool),
        size=order.size,
        confidence=order.confidence,
        digest=digest_of(order.seed, pool, drawn, with_shares=order.by_lead),
        drawn_by_id=person_id,
        drawn_at=at,
    )
    SampleReceipt.objects.bulk_create(
        SampleReceipt(
            sample=sample,
            position=position,
            movement_id=one,
            visit_id=by_number[one].visit_id,
            handed_by_id=by_number[one].recorded_by_id,
        )
        for position, one in enumerate(drawn, start=1)
    )
    facts: dict[str, object] = {
        "number": number,
        "population": len(pool),
        "drawn": order.size,
        "seed": order.seed,
        "digest": sample.digest,
        "lead": order.lead_id,
        **({"reason": reason} if reason else {}),
    }
    _note(plan.slug, "draw_sample", f"visits.sample:{sample.pk}", actor, at, facts)
    return sample


@transaction.atomic(savepoint=False)
def check_receipt(
    *, receipt: SampleReceipt, outcome: str, words: str, happened_on: date, actor: Actor, at: datetime
) -> ReceiptCheck:
    """Note what calling a unit back came to; what was noted before stays, and this one counts.

    Raises:
        NotPermitted: The actor may not check receipts of the plan.
        Refusal: `own_work` by who recorded the hand-over, `outcome_unknown`, `words_missing`,
            `text_too_long`, `number_of_person`, `happened_in_future`, `called_before_receipt`.

    """
    plan = receipt.sample.plan
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    person_id = _person(actor)
    if person_id in {receipt.handed_by_id, *_recorders(receipt)}:
        sentence = _("You recorded this yourself. Another inspector has to look into it.")
        raise Refusal("own_work", sentence)
    found = rules.check_outcome(outcome)
    handed_on = day_of(receipt.movement.happened_at)
    rules.check_called_on(happened_on, handed_on=handed_on, today=day_of(at))
    check = ReceiptCheck.objects.create(
        receipt=receipt,
        outcome=found,
        words=rules.words_of(words, found),
        happened_on=happened_on,
        by_id=person_id,
        handed_by_id=receipt.handed_by_id,
        at=at,
    )
    facts = {
        "outcome": found.value,
        "happened_on": happened_on.isoformat(),
        "unit": receipt.unit_id,
    }
    _note(plan.slug, "check_receipt", f"visits.sample:{receipt.sample_id}", actor, at, facts)
    return check


@transaction.atomic(savepoint=False)
def show_contact(*, receipt: SampleReceipt, actor: Actor, at: datetime) -> Contact:
    """Return whom to call back at the unit of a receipt that was drawn, unmasked; the look is noted.

    Who checks receipts sees the contact of these units alone.

    Raises:
        NotPermitted: The actor may not check receipts of the plan.
        Refusal: `unit_not_open`.

    """
    plan = receipt.sample.plan
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    unit_id = receipt.unit_id
    contact = contact_of(unit_id, day_of(at))
    record(
        stream=f"plan:{plan.slug}",
        action=CONTACT,
        subject=_occasion(receipt),
        actor=actor,
        at=at,
        facts={"unit": unit_id, "for": f"visits.receipt:{receipt.pk}"},
    )
    return contact


@transaction.atomic(savepoint=False)
def note_flag(*, plan: Plan, key: str, remark: str, actor: Actor, at: datetime) -> FlagNote:
    """Note that a sign was looked at, and what came of it.

    Raises:
        NotPermitted: The actor may not check receipts of the plan.
        Refusal: `words_missing`, `text_too_long`.

    """
    require(actor, Permission.RECEIPT_CHECK, unit_id=plan.unit_id, at=at)
    said = rules.remark_of(remark)
    note = FlagNote.objects.create(plan=plan, key=key, remark=said, by_id=_person(actor), at=at)
    _note(plan.slug, "note_flag", f"plans.plan:{plan.slug}", actor, at, {"flag": key, "reason": said})
    return note


def _recorders(receipt: SampleReceipt) -> set[int | None]:
    """Return who recorded the visit; at the store, who recorded any part of the kit that the unit got."""
    if receipt.visit is not None:
        return {receipt.visit.recorded_by_id}
    moved = receipt.movement
    parts = Issue.objects.filter(unit=moved.unit_id, movement__kit=moved.kit_id)
    return set(parts.values_list("recorded_by_id", flat=True))


def _occasion(receipt: SampleReceipt) -> str:
    """Return at what the unit signed, as the trail has it."""
    if receipt.visit_id is not None:
        return f"visits.visit:{receipt.visit_id}"
    return f"goods.issue:{receipt.movement.issue.pk}"


def _person(actor: Actor) -> int:
    """Return the actor's user; the system itself inspects nothing."""
    if actor.user_id is None:
        raise NotPermitted("person_needed", _("Only a person can inspect. Sign in with your own account."))
    return actor.user_id


def _note(  # noqa: PLR0917 - the parts of an entry
    slug: str, verb: str, subject: str, actor: Actor, at: datetime, facts: dict[str, object]
) -> None:
    record(stream=f"plan:{slug}", action=f"visits.{verb}", subject=subject, actor=actor, at=at, facts=facts)
