"""What a draw of payments and a call-back must say, and what of an answer is amiss: pure decisions."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.blotting import without_number
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sampling import MARGINS, least_of, size_for
from songnuan.payments.notice_rules import fitting
from songnuan.payments.sample_models import NAME_LONGEST, WORDS_LONGEST, Finding, Kept, Received

WORDS_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Scope:
    """Which payments can be drawn: those of one list, or those paid from `since` to `until`.

    Of a period `measure_id` names the clause, None for all of the plan.
    """

    list_id: int | None = None
    measure_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """How payments are drawn.

    Attributes:
        confidence: Per cent, in which the result is told.
        by_unit: Whether each unit has its share, at least one.
        size: How many; None where the margin says it.
        margin: The error either way, per cent, from which the size follows.
        reason: Why it is drawn while people of another are still to be called.

    """

    confidence: int
    by_unit: bool
    size: int | None = None
    margin: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Booked:
    """What the books say of a payment that was drawn; `by_proxy`: somebody else signed for the cash."""

    amount_minor: int
    is_cash: bool = False
    by_proxy: bool = False
    came_back: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call; sums are fen. Of somebody who was not reached all others are empty."""

    reached: bool
    received: str = ""
    received_minor: int | None = None
    kept: str = ""
    back_minor: int | None = None
    back_to: str = ""
    signed: bool | None = None
    words: str = ""


def check_scope(scope: Scope, today: date) -> None:
    """Let pass a list, or a period that has begun and does not end before it begins.

    Raises:
        Refusal: `period_wrong`.

    """
    if scope.list_id is not None:
        return
    if scope.since is None or scope.until is None or not scope.since <= scope.until:
        sentence = _("Enter the first and the last day of the period, the first one first.")
        raise Refusal("period_wrong", sentence, field="until")
    if scope.since > today:
        raise Refusal("period_wrong", _("This period has not begun yet."), field="since")


def size_of(order: Order, pool: dict[int, int]) -> int:
    """Return how many are drawn of `pool`, which holds the unit of each payment by its number.

    Raises:
        Refusal: `sample_size`, also where neither size nor margin is told.

    """
    population, least = len(pool), least_of(pool, with_shares=order.by_unit)
    if not pool:
        sentence = _("Nothing was paid there yet, so there is nothing to draw from.")
        raise Refusal("sample_size", sentence, field="size", population=0)
    if order.size is None and order.margin in MARGINS:
        return max(least, size_for(population, confidence=order.confidence, margin=order.margin))
    if order.size is None:
        sentence = _("Say how many are drawn, or choose the error that you allow.")
        raise Refusal("sample_size", sentence, field="size", population=population)
    if not least <= order.size <= population:
        sentence = _(
            "Between %(least)s and %(most)s payments can be drawn here. Choose a number between them."
        )
        words = {"least": least, "most": population}
        raise Refusal("sample_size", sentence % words, field="size", population=population, least=least)
    return order.size


def why_again(reason: str, *, is_open: bool) -> str:
    """Return why another sample is drawn; asked for while people of an earlier one are still to be called.

    Raises:
        Refusal: `reason_missing`, `text_too_long`, `number_of_person`.

    """
    why = _told(reason, "reason", WORDS_LONGEST)
    if is_open and len(why) < WORDS_SHORTEST:
        sentence = _(
            "People of an earlier draw are still to be called. Say why another is drawn, or call them first."
        )
        raise Refusal("reason_missing", sentence, field="reason")
    return why


def findings(answer: Answer, booked: Booked) -> tuple[Finding, ...]:
    """Return what of an answer is amiss; nothing where nobody was reached.

    Who was paid, and whose payment came back by itself, received nothing, and nothing is amiss; if they have
    it all the same, the books are wrong.
    """
    if not answer.reached:
        return ()
    found: list[Finding] = []
    if booked.came_back:
        found += [Finding.CAME_BACK] if answer.received != Received.NOTHING else []
    elif answer.received == Received.NOTHING:
        found.append(Finding.NOTHING)
    if answer.received_minor is not None:
        found.append(Finding.LESS if answer.received_minor < booked.amount_minor else Finding.MORE)
    if answer.kept == Kept.ASKED:
        found.append(Finding.ASKED)
    if answer.kept == Kept.GAVE_BACK:
        found.append(Finding.GAVE_BACK)
    if booked.is_cash and not booked.by_proxy and answer.signed is False:
        found.append(Finding.UNSIGNED)
    return tuple(found)


def checked(answer: Answer, booked: Booked) -> Answer:
    """Return an answer that is whole and does not contradict itself, without what does not belong to it.

    Raises:
        Refusal: `answer_missing`, `sum_wrong`, `words_missing` where something is amiss and nothing tells
            what, `text_too_long`, `number_of_person`.

    """
    words = _told(answer.words, "words", WORDS_LONGEST)
    if not answer.reached:
        return Answer(reached=False, words=words)
    if answer.received not in Received.values:
        raise Refusal("answer_missing", _("Choose what they say they received."), field="received")
    received = _received(answer, booked)
    kept, back_minor, back_to = _kept(answer, booked.amount_minor if received is None else received)
    if booked.is_cash and answer.signed is None:
        sentence = _("This was paid in cash: ask whether they signed for it themselves.")
        raise Refusal("answer_missing", sentence, field="signed")
    whole = Answer(
        reached=True,
        received=answer.received,
        received_minor=received,
        kept=kept,
        back_minor=back_minor,
        back_to=back_to,
        signed=answer.signed if booked.is_cash else None,
        words=words,
    )
    if findings(whole, booked) and len(words) < WORDS_SHORTEST:
        sentence = _("Something is amiss here. Write down what they say, as near to their words as you can.")
        raise Refusal("words_missing", sentence, field="words")
    return whole


def _received(answer: Answer, booked: Booked) -> int | None:
    """Return the other sum that they received; None where it was the whole, or nothing."""
    if answer.received != Received.OTHER:
        return None
    if answer.received_minor is None or answer.received_minor <= 0:
        sentence = _("Enter how much they received. If it was nothing, choose “no, nothing”.")
        raise Refusal("sum_wrong", sentence, field="received_minor")
    if answer.received_minor == booked.amount_minor:
        sentence = _("%(sum)s yuan is the whole sum. Choose “yes, the whole sum”.")
        words = {"sum": yuan(booked.amount_minor)}
        raise Refusal("sum_wrong", sentence % words, field="received_minor")
    return answer.received_minor


def _kept(answer: Answer, in_hand: int) -> tuple[str, int | None, str]:
    """Return whether they kept it, what they gave back of it, and to whom."""
    if answer.received == Received.NOTHING:
        return "", None, ""
    if answer.kept not in Kept.values:
        raise Refusal("answer_missing", _("Ask whether they kept it, and choose the answer."), field="kept")
    if answer.kept != Kept.GAVE_BACK:
        return answer.kept, None, ""
    if answer.back_minor is None or not 0 < answer.back_minor <= in_hand:
        sentence = _("Enter how much they gave back: more than nothing, and at most %(sum)s yuan.")
        raise Refusal("sum_wrong", sentence % {"sum": yuan(in_hand)}, field="back_minor")
    back_to = _told(answer.back_to, "back_to", NAME_LONGEST)
    if len(back_to) < WORDS_SHORTEST:
        raise Refusal("answer_missing", _("Write down to whom they gave it."), field="back_to")
    return answer.kept, answer.back_minor, back_to


def check_called_on(happened_on: date, *, paid_on: date, today: date) -> None:
    """Let pass a day of a call between the payment and today.

    Raises:
        Refusal: `happened_in_future`, `called_before_payment`.

    """
    if happened_on > today:
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.")
        raise Refusal(
            "happened_in_future", sentence % {"day": written(happened_on, "full")}, field="happened_on"
        )
    if happened_on < paid_on:
        sentence = _("It was paid on %(day)s. A call about it comes after that.")
        raise Refusal(
            "called_before_payment", sentence % {"day": written(paid_on, "full")}, field="happened_on"
        )


def _told(text: str, field: str, limit: int) -> str:
    """Return a text as it is kept: many read it, so no number of a person stands in it."""
    kept = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    return without_number(fitting(kept, limit, field), field)
