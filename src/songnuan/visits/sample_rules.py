"""What a draw, a check of a receipt and a note must say: pure decisions."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.kernel.blotting import without_number
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.visits.sample_models import BAD, Outcome

WORDS_SHORTEST = 2
WORDS_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Order:
    """How receipts are drawn.

    Attributes:
        size: How many.
        confidence: Per cent, in which the result is told.
        by_lead: Whether each lead has its share.
        seed: From which anybody can draw the same again.
        lead_id: The lead whose receipts these are; None for all.
        compound: The compound whose receipts these are; empty for all.
        reason: Why it is drawn while units of another are still to be called.

    """

    size: int
    confidence: int
    by_lead: bool
    seed: str
    lead_id: int | None = None
    compound: str = ""
    reason: str = ""


def check_outcome(outcome: str) -> Outcome:
    """Return the outcome.

    Raises:
        Refusal: `outcome_unknown`.

    """
    if outcome not in Outcome.values:
        raise Refusal("outcome_unknown", _("Choose what the unit said from the list."), field="outcome")
    return Outcome(outcome)


def words_of(text: str, outcome: Outcome) -> str:
    """Return what the unit said without spaces around it.

    Raises:
        Refusal: `words_missing` when something is amiss and nothing tells what, `text_too_long`,
            `number_of_person` when a mobile or identity number stands in it: these words are read by many.

    """
    return without_number(_said(text, "words", required=outcome in BAD), "words")


def remark_of(text: str) -> str:
    """Return what came of a look at a sign.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    return _said(text, "remark", required=True)


def why_again(reason: str, *, is_open: bool) -> str:
    """Return why another sample is drawn; asked for while units of an earlier one are still to be called.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    if is_open and len(reason.strip()) < WORDS_SHORTEST:
        sentence = _(
            "Units of an earlier draw are still to be called. Say why another is drawn, or call them first."
        )
        raise Refusal("reason_missing", sentence, field="reason")
    return _said(reason, "reason", required=False)


def check_called_on(happened_on: date, *, handed_on: date, today: date) -> None:
    """Let pass a day of a call between the handing over and today.

    Raises:
        Refusal: `happened_in_future`, `called_before_receipt`.

    """
    if happened_on > today:
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.")
        day = written(happened_on, "full")
        raise Refusal("happened_in_future", sentence % {"day": day}, field="happened_on")
    if happened_on < handed_on:
        sentence = _("The kit was handed over on %(day)s. A call about it comes after that.")
        day = written(handed_on, "full")
        raise Refusal("called_before_receipt", sentence % {"day": day}, field="happened_on")


def _said(text: str, field: str, *, required: bool) -> str:
    kept = text.replace("\x00", "").strip()  # PostgreSQL keeps no NUL in a text
    if required and len(kept) < WORDS_SHORTEST:
        sentence = _("Say in words what it is: whoever clears it up goes by them.")
        raise Refusal("words_missing", sentence, field=field)
    if len(kept) > WORDS_LONGEST:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(kept), "limit": WORDS_LONGEST}
        raise Refusal("text_too_long", sentence % figures, field=field, length=len(kept), limit=WORDS_LONGEST)
    return kept
