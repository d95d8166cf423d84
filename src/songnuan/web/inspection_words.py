"""Words of supervision: what was tried and why it was refused, for the trail; what is left to call about."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import ngettext, pgettext_lazy

from songnuan.visits.sample_queries import Left

INSPECTING: Mapping[str, Promise] = {
    "answer_hold": pgettext_lazy("refused", "to say something about a hold"),
    "check_receipt": pgettext_lazy("refused", "to note a call about a receipt"),
    "draw_sample": pgettext_lazy("refused", "to draw a sample of receipts"),
    "lift_hold": pgettext_lazy("refused", "to lift a hold"),
    "note_flag": pgettext_lazy("refused", "to note that a sign was looked at"),
    "place_hold": pgettext_lazy("refused", "to put something on hold"),
    "show_receipt_contact": pgettext_lazy("refused", "to look up whom to call back"),
}
INSPECTED: Mapping[str, Promise] = {
    "called_before_receipt": pgettext_lazy("refusal", "the call came before the kit was handed over"),
    "confidence_unknown": pgettext_lazy("refusal", "no such confidence"),
    "flag_unknown": pgettext_lazy("refusal", "the plan showed no such sign any more"),
    "held": pgettext_lazy("refusal", "it was on hold by the inspector"),
    "hold_text_missing": pgettext_lazy("refusal", "nothing to speak of was said about the hold"),
    "hold_unknown": pgettext_lazy("refusal", "no such hold"),
    "outcome_unknown": pgettext_lazy("refusal", "no such outcome of a call"),
    "own_work": pgettext_lazy("refusal", "the inspector had recorded it"),
    "receipt_unknown": pgettext_lazy("refusal", "no such receipt in a sample"),
    "sample_size": pgettext_lazy("refusal", "so many receipts could not be drawn"),
    "thing_unknown": pgettext_lazy("refusal", "nothing that can be put on hold"),
    "words_missing": pgettext_lazy("refusal", "it was not said in words"),
}


def calls_left(left: Left) -> str:
    """Return how many units of a sample are to be called, and how many once more, as its page counts."""
    first = ngettext("%(count)s unit to call back", "%(count)s units to call back", left.to_call)
    again = ngettext(
        "%(count)s unit not reached, to call again",
        "%(count)s units not reached, to call again",
        left.not_reached,
    )
    both = ((first, left.to_call), (again, left.not_reached))
    return " · ".join(words % {"count": count} for words, count in both if count)
