"""What can be put up for approval, in which steps, and what an act or a delegation must say."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from songnuan.approvals.models import StepKind
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.permissions import Permission

REMARK_SHORTEST = 2
REMARK_LONGEST = 1000
REASON_LONGEST = 200
STEPS_MOST = 12
DELEGATION_MOST_DAYS = 180


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of request.

    Attributes:
        request: What its maker must hold over its unit.
        approve: What whoever signs must hold over it, and a department's head who countersigns over that.
        review: What whoever reviews must hold.
        like: The kind whose chain it follows as long as it has none of its own.
        is_checked: Somebody reviews it before it is signed, whatever chain is set.
        steps: What its steps are called, where that is not 核稿 and 签发; "check", "approval" of money.

    """

    request: Permission
    approve: Permission
    review: Permission = Permission.PLAN_REVIEW
    like: str = ""
    is_checked: bool = False
    steps: Mapping[StepKind, Promise] = field(default_factory=dict)


_MONEY: Mapping[StepKind, Promise] = MappingProxyType(
    {StepKind.REVIEW: pgettext_lazy("step", "check"), StepKind.SIGN: pgettext_lazy("step", "approval")}
)
_STAFF: Mapping[StepKind, Promise] = MappingProxyType(
    {
        StepKind.REVIEW: pgettext_lazy("step", "the department's approval"),
        StepKind.SIGN: pgettext_lazy("step", "the staff office's approval"),
    }
)
KINDS: Mapping[str, Kind] = {
    "plan.issue": Kind(request=Permission.PLAN_WRITE, approve=Permission.PLAN_APPROVE),
    "plan.amend": Kind(request=Permission.PLAN_WRITE, approve=Permission.PLAN_APPROVE, like="plan.issue"),
    "goods.purchase": Kind(request=Permission.PURCHASE_RECORD, approve=Permission.PLAN_APPROVE),
    "payments.list": Kind(
        request=Permission.BENEFIT_WRITE, approve=Permission.PLAN_APPROVE, is_checked=True, steps=_MONEY
    ),
    "casework.flexible": Kind(
        request=Permission.FLEXIBLE_ASK,
        approve=Permission.FLEXIBLE_DECIDE,
        review=Permission.FLEXIBLE_DECIDE,
        is_checked=True,
        steps=_STAFF,
    ),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain; without a unit, it is the unit that the request is about."""

    kind: StepKind
    unit_id: int | None = None


def default_steps(kind: str) -> tuple[Step, ...]:
    """Return the steps where no chain was set: one signature, after a check where the kind asks for it."""
    signature = Step(StepKind.SIGN)
    return (Step(StepKind.REVIEW), signature) if KINDS[kind].is_checked else (signature,)


def step_label(kind: str, step: StepKind | str) -> str:
    """Return what a step of such a request is called: 核稿 and 签发 of texts, 复核 and 审批 of money."""
    named = StepKind(step)
    return str(KINDS[kind].steps.get(named, named.label))


def permission_of(kind: str, step: StepKind | str) -> Permission:
    """Return what a step of a request of this kind asks for."""
    asked = KINDS[kind]
    return asked.review if step == StepKind.REVIEW else asked.approve


def delegable() -> frozenset[Permission]:
    """Return what can be handed to somebody else for a time: what some step of a chain asks for."""
    return frozenset(permission_of(kind, step) for kind in KINDS for step in StepKind)


def check_steps(kind: str, steps: Sequence[Step]) -> None:
    """Let pass a chain that ends with its one signature, in the office of the unit that is asked about.

    Raises:
        Refusal: `chain_unsigned`, `chain_unchecked`, `step_twice`, `chain_long`.

    """
    signed = [step for step in steps if step.kind == StepKind.SIGN]
    if len(signed) != 1 or steps[-1] != Step(StepKind.SIGN):
        raise Refusal(
            "chain_unsigned",
            _("A chain ends with one signature for the unit itself. Put it last, and leave no other."),
        )
    if KINDS[kind].is_checked and all(step.kind != StepKind.REVIEW for step in steps):
        sentence = _("This is checked by another person before it is signed. Keep that step.")
        raise Refusal("chain_unchecked", sentence, field="review")
    if len(set(steps)) != len(steps):
        sentence = _("The same step stands twice in the chain. Leave one of them out.")
        raise Refusal("step_twice", sentence, field="countersign")
    if len(steps) > STEPS_MOST:
        sentence = _(
            "The chain has %(length)s steps; at most %(most)s are possible. Ask fewer to countersign."
        )
        facts = {"length": len(steps), "most": STEPS_MOST}
        raise Refusal("chain_long", sentence % facts, field="countersign", length=len(steps))


def check_days(starts_on: date, last_day: date, today: date) -> None:
    """Let pass the days of a delegation: not in the past, in order, and not for ever.

    Raises:
        Refusal: `delegation_past`, `delegation_days`, `delegation_long`.

    """
    if starts_on < today:
        sentence = _("A delegation does not reach into the past. Let it begin today or later.")
        raise Refusal("delegation_past", sentence, field="starts_on")
    if last_day < starts_on:
        raise Refusal("delegation_days", _("The last day lies before the first."), field="last_day")
    if last_day - starts_on >= timedelta(days=DELEGATION_MOST_DAYS):
        sentence = _("A delegation lasts %(most)s days at most. For longer, have the post given.")
        raise Refusal("delegation_long", sentence % {"most": DELEGATION_MOST_DAYS}, field="last_day")


def reason_of(text: str) -> str:
    """Return why an office is handed over.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    reason = " ".join(text.replace("\x00", "").split())
    if len(reason) < REMARK_SHORTEST:
        sentence = _("Say why, such as a journey or leave: whoever reads the act later wants to know.")
        raise Refusal("reason_missing", sentence, field="reason")
    if len(reason) > REASON_LONGEST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(reason), "limit": REASON_LONGEST}
        raise Refusal("text_too_long", sentence % figures, field="reason", length=len(reason))
    return reason


def check_unused(person_id: int, acted: Collection[int], request_id: int) -> None:
    """Let pass who has not acted on the request, and in whose office nobody did.

    Raises:
        Refusal: `already_acted`.

    """
    if person_id in acted:
        raise Refusal(
            "already_acted",
            _(
                "You made this request, or you or your delegate have acted on it already. "
                "Someone else has to decide."
            ),
            request=request_id,
        )


def check_not_author(person_id: int, authors: Collection[int], request_id: int) -> None:
    """Let pass who wrote nothing of what is decided about.

    Raises:
        Refusal: `own_text`.

    """
    if person_id in authors:
        sentence = _("You wrote a version of this text, so you do not decide about it. Someone else has to.")
        raise Refusal("own_text", sentence, request=request_id)


def unheld(hands: Sequence[Collection[int]]) -> list[int]:
    """Return the places, from 0, of the steps that are left over when each is taken by another person.

    `hands` are the people who can take each step. As many steps as possible find somebody: where one
    person alone can take two of them, one of the two is left over (Kuhn's augmenting paths).
    """
    taken: dict[int, int] = {}

    def find(place: int, tried: set[int]) -> bool:
        for person in sorted(hands[place]):
            if person in tried:
                continue
            tried.add(person)
            if person not in taken or find(taken[person], tried):
                taken[person] = place
                return True
        return False

    return [place for place in range(len(hands)) if not find(place, set())]


def remark_of(text: str, *, required: bool) -> str:
    """Return the remark without spaces around it.

    Raises:
        Refusal: `remark_missing` when one is required and there is none to speak of,
            `remark_too_long` beyond `REMARK_LONGEST` characters.

    """
    remark = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    if required and len(remark) < REMARK_SHORTEST:
        raise Refusal(
            "remark_missing",
            _("Say what has to be changed, so that it can be put right and handed in again."),
            field="remark",
        )
    if len(remark) > REMARK_LONGEST:
        raise Refusal(
            "remark_too_long",
            _("The remark has %(length)s characters. Keep it within %(most)s.")
            % {"length": len(remark), "most": REMARK_LONGEST},
            field="remark",
            length=len(remark),
        )
    return remark
