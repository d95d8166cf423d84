"""What a reversal takes back: the counters of each kind of entry, and who is refused."""

from collections.abc import Callable, Mapping
from typing import NoReturn

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from songnuan.funds.booking import take_available
from songnuan.funds.holding import TAKING, require_fund_free
from songnuan.funds.models import Commitment, Entry, Fund, Kind
from songnuan.funds.queries import rest_of
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal


def _refuse_reversal(original: Entry) -> None:
    if original.kind == Kind.REVERSE:
        sentence = _("A reversal is not reversed. Book what is right as a new entry.")
        raise Refusal("not_reversible", sentence, entry=original.pk)
    done = Entry.objects.filter(reverses=original).first()
    if done is not None:
        day = written(done.happened_on, "full")
        sentence = _("This entry was reversed on %(day)s already.") % {"day": day}
        raise Refusal("already_reversed", sentence, entry=original.pk, reversal=done.pk)


def _taken_back(fund: Fund) -> str:
    """Return the sentence for money that is not there to be taken back; what helps is where it stands."""
    if not fund.committed_minor:
        return _(
            "To take back %(asked)s yuan, that much must be available in the fund “%(fund)s”; %(available)s"
            " are. The rest was paid or went back: take that back first."
        )
    return _(
        "To take back %(asked)s yuan, that much must be available in the fund “%(fund)s”; %(available)s are."
        " Reverse or release what was promised first."
    )


def _undo_appropriation(fund: Fund, original: Entry) -> None:
    sentence = _taken_back(fund)
    amount = original.amount_minor
    take_available(fund, amount, sentence, appropriated_minor=F("appropriated_minor") - amount)


def _undo_commitment(fund: Fund, original: Entry) -> None:
    unused = Commitment.objects.filter(entry=original, is_reversed=False, disbursed_minor=0, released_minor=0)
    if unused.update(is_reversed=True) != 1:
        row = Commitment.objects.get(entry=original)
        if row.disbursed_minor:
            sentence = _("%(paid)s yuan were paid on this commitment. Reverse the disbursement first.")
            raise Refusal(
                "commitment_disbursed",
                sentence % {"paid": yuan(row.disbursed_minor)},
                disbursed_minor=row.disbursed_minor,
            )
        rest = rest_of(original.pk)
        sentence = _(
            "%(released)s yuan of this commitment were released, %(rest)s are left."
            " Release what is left instead."
        )
        raise Refusal(
            "commitment_released",
            sentence % {"released": yuan(row.released_minor), "rest": yuan(rest)},
            released_minor=row.released_minor,
            rest_minor=rest,
        )
    _move_back(
        fund, "committed_minor", original, committed_minor=F("committed_minor") - original.amount_minor
    )


def _undo_release(fund: Fund, original: Entry) -> None:
    sentence = _(
        "To promise %(asked)s yuan again, that much must be available in the fund"
        " “%(fund)s”; %(available)s are. Reverse or release something else first."
    )
    amount = original.amount_minor
    take_available(fund, amount, sentence, committed_minor=F("committed_minor") + amount)
    _give_back(original, "released_minor")


def _undo_disbursement(fund: Fund, original: Entry) -> None:
    amount = original.amount_minor
    paid = Commitment.objects.filter(
        entry=original.commitment, is_reversed=False, disbursed_minor__gte=F("refunded_minor") + amount
    )
    if paid.update(disbursed_minor=F("disbursed_minor") - amount) != 1:
        row = Commitment.objects.get(entry=original.commitment)
        if not row.refunded_minor:
            _refuse_tampered(fund.pk)
        sentence = _("%(refunded)s yuan of what was paid were given back already. Reverse that refund first.")
        raise Refusal(
            "disbursement_refunded",
            sentence % {"refunded": yuan(row.refunded_minor)},
            refunded_minor=row.refunded_minor,
        )
    _move_back(
        fund,
        "disbursed_minor",
        original,
        disbursed_minor=F("disbursed_minor") - amount,
        committed_minor=F("committed_minor") + amount,
    )


def _undo_refund(fund: Fund, original: Entry) -> None:
    sentence = _taken_back(fund)
    amount = original.amount_minor
    take_available(fund, amount, sentence, disbursed_minor=F("disbursed_minor") + amount)
    _give_back(original, "refunded_minor")


def _undo_return(fund: Fund, original: Entry) -> None:
    amount = original.amount_minor
    _move_back(fund, "returned_minor", original, returned_minor=F("returned_minor") - amount)


def _move_back(fund: Fund, counter: str, original: Entry, **updates: Combinable) -> None:
    holds = Fund.objects.filter(
        pk=fund.pk, closed_at__isnull=True, **{f"{counter}__gte": original.amount_minor}
    )
    if holds.update(**updates) != 1:
        _refuse_tampered(fund.pk)


def _give_back(original: Entry, counter: str) -> None:
    amount = original.amount_minor
    holds = Commitment.objects.filter(
        entry=original.commitment, is_reversed=False, **{f"{counter}__gte": amount}
    )
    if holds.update(**{counter: F(counter) - amount}) != 1:
        _refuse_tampered(original.fund_id)


def _refuse_tampered(fund_id: int) -> NoReturn:
    sentence = _(
        "The figures of this fund do not agree with its ledger. Have the checks run before going on."
    )
    raise Refusal("ledger_differs", sentence, fund=fund_id)


_UNDO: Mapping[str, Callable[[Fund, Entry], None]] = {
    Kind.APPROPRIATE: _undo_appropriation,
    Kind.COMMIT: _undo_commitment,
    Kind.RELEASE: _undo_release,
    Kind.DISBURSE: _undo_disbursement,
    Kind.REFUND: _undo_refund,
    Kind.RETURN: _undo_return,
}


def undo(fund: Fund, original: Entry) -> None:
    """Move the counters back as if `original` had not been; the fund's row is locked by the caller.

    Raises:
        Refusal: `not_reversible`, `already_reversed`, `held`, `beyond_fund`, `commitment_disbursed`,
            `commitment_released`, `disbursement_refunded`, `ledger_differs`.

    """
    _refuse_reversal(original)
    if original.kind in TAKING:
        require_fund_free(fund.pk)
    _UNDO[original.kind](fund, original)
