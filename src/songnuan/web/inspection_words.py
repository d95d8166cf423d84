"""Words of supervision: what was tried and why it was refused, for the trail; what is left to call about."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import ngettext, pgettext_lazy

from songnuan.kernel.sampling import Left, Result

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
    "number_of_person": pgettext_lazy("refusal", "somebody's number stood in what the unit said"),
    "outcome_unknown": pgettext_lazy("refusal", "no such outcome of a call"),
    "own_work": pgettext_lazy("refusal", "the inspector had recorded it"),
    "receipt_unknown": pgettext_lazy("refusal", "no such receipt in a sample"),
    "sample_size": pgettext_lazy("refusal", "so many receipts could not be drawn"),
    "thing_unknown": pgettext_lazy("refusal", "nothing that can be put on hold"),
    "words_missing": pgettext_lazy("refusal", "it was not said in words"),
}

GRAVE = frozenset(
    {
        # rights
        "assessment_part",
        "emergency_not_entitled",
        "handover_not_yours",
        "muster_not_yours",
        "muster_own",
        "task_not_yours",
        "not_a_member",
        "not_permitted",
        "not_the_holder",
        "not_the_maker",
        "not_your_turn",
        "own_record",
        "quiz_not_asked",
        "came_own",
        "invitation_other",
        "learner_other",
        "learner_own",
        "returnee_not_yours",
        "not_yours",
        "others_closing",
        "task_elsewhere",
        # separated duties
        "already_acted",
        "own_place",
        "chain_own",
        "delegate_self",
        "helper_other",
        "last_for_step",
        "own_closing",
        "own_correction",
        "own_count",
        "own_disposal",
        "own_donation",
        "own_flexible",
        "own_issue",
        "own_item",
        "own_list",
        "own_answer",
        "own_plan",
        "own_post",
        "own_release",
        "payee_acts",
        "own_second_factor",
        "own_text",
        "own_work",
        "posts_incompatible",
        "receiver_is_recorder",
        "receiver_is_visitor",
        # holds
        "held",
        # money and goods
        "above_approved",
        "above_standard",
        "already_handed_over",
        "before_approval",
        "before_document",
        "before_money",
        "before_payment",
        "account_unconfirmed",
        "before_release",
        "batch_answered",
        "came_before_bought",
        "donation_issued",
        "not_at_unit",
        "stock_expired",
        "stock_short",
        "portion_not_open",
        "pickup_decided",
        "beyond_commitment",
        "beyond_document",
        "beyond_fund",
        "beyond_paid",
        "beyond_share",
        "closing_committed",
        "commitment_differs",
        "comparison_missing",
        "disbursement_differs",
        "entry_of_purchase",
        "entry_of_request",
        "fund_closed",
        "fund_of_other_plan",
        "invoice_file_used",
        "invoice_used",
        "ledger_differs",
        "more_than_asked",
        "packs_spoken_for",
        "more_than_bought",
        "more_than_needed",
        "more_than_open",
        "packs_worth_more",
        "not_decided",
        "notice_missing",
        "notice_running",
        "objection_open",
        "objection_upheld",
        "purchase_still_funded",
        "quotes_missing",
        "request_still_funded",
        "signed_text_differs",
        "supplier_differs",
        "voucher_used",
    }
)
"""Refusals that an inspector reads first: of rights, separated duties, holds, money. Others are mostly
mistakes in forms."""


def calls_left(*left: Left) -> str:
    """Return how many units of samples are to be called, and how many once more, as their pages count."""
    to_call, not_reached = sum(row.to_call for row in left), sum(row.not_reached for row in left)
    first = ngettext("%(count)s unit to call back", "%(count)s units to call back", to_call)
    again = ngettext(
        "%(count)s unit not reached, to call again",
        "%(count)s units not reached, to call again",
        not_reached,
    )
    both = ((first, to_call), (again, not_reached))
    return " · ".join(words % {"count": count} for words, count in both if count)


def shares_told(result: Result, *, population: int, confidence: int) -> dict[str, object] | None:
    """Return the figures of the sentence that tells what answers say of all; None where nobody answered."""
    if result.low is None or result.high is None:
        return None
    return {
        "answered": result.answered,
        "good": result.good,
        "all": population,
        "low": f"{100 * result.low:.1f}",
        "high": f"{100 * result.high:.1f}",
        "confidence": confidence,
    }
