"""What an act on a fund does, and what it must bring: pure decisions."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from songnuan.funds.models import Account, Kind
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import LIMIT_MINOR, yuan
from songnuan.kernel.refusal import Refusal

MOVES: Mapping[str, tuple[Account, Account]] = {
    Kind.APPROPRIATE: (Account.SOURCE, Account.AVAILABLE),
    Kind.COMMIT: (Account.AVAILABLE, Account.COMMITTED),
    Kind.RELEASE: (Account.COMMITTED, Account.AVAILABLE),
    Kind.DISBURSE: (Account.COMMITTED, Account.DISBURSED),
    Kind.REFUND: (Account.DISBURSED, Account.AVAILABLE),
    Kind.RETURN: (Account.AVAILABLE, Account.RETURNED),
}
# Vouchers that a purchase is given, 购-0001 and so on, are the program's own.
PURCHASE_VOUCHERS = "购-"
VOUCHER_LENGTH = 200
TITLE_LENGTH = 200
REASON_LENGTH = 400
_BACKWARD = timedelta(days=366)


def postings(kind: str, amount_minor: int, *, reverses: str = "") -> dict[Account, int]:
    """Return what an entry brings to each account (fen, signed, zero in sum).

    A reversal is given with the kind that it `reverses`: the same accounts, the other way.
    """
    source, target = MOVES[reverses or kind]
    if kind == Kind.REVERSE:
        source, target = target, source
    return {source: -amount_minor, target: amount_minor}


def is_late(happened_on: date, at: datetime) -> bool:
    """Return whether the act was entered on a later day, in China, than it happened."""
    return happened_on < at.astimezone(CHINA).date()


def is_long_ago(day: date, today: date) -> bool:
    """Return whether a day lies so far back that nobody enters it on purpose."""
    return today - day > _BACKWARD


def tidy(text: str) -> str:
    """Return a number as it is compared: half width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def check_amount(amount_minor: int) -> None:
    """Refuse an amount that is not more than zero, or larger than any fund.

    Raises:
        Refusal: `amount_invalid`.

    """
    if amount_minor <= 0:
        sentence = _("The amount must be more than zero. To take an entry back, reverse it.")
        raise Refusal("amount_invalid", sentence, field="amount", asked_minor=amount_minor)
    if amount_minor > LIMIT_MINOR:
        sentence = _("The amount is too large. The most that can be entered is %(limit)s yuan.")
        raise Refusal(
            "amount_invalid", sentence % {"limit": yuan(LIMIT_MINOR)}, field="amount", limit_minor=LIMIT_MINOR
        )


def check_since(happened_on: date, first: date, sentence: str, code: str) -> None:
    """Refuse a day before `first`, in a sentence with both days.

    Raises:
        Refusal: With this code.

    """
    if happened_on < first:
        days = {"first": written(first, "full"), "day": written(happened_on, "full")}
        facts = {"first": first.isoformat(), "happened_on": happened_on.isoformat()}
        raise Refusal(code, sentence % days, field="happened_on", **facts)


def check_day(happened_on: date, at: datetime) -> None:
    """Refuse a day that has not come yet in China, or one so long ago that its year must be mistyped.

    Raises:
        Refusal: `happened_in_future`, `happened_long_ago`.

    """
    today = at.astimezone(CHINA).date()
    if is_long_ago(happened_on, today):
        sentence = _("%(day)s is more than a year ago. Check the year.")
        raise Refusal(
            "happened_long_ago",
            sentence % {"day": written(happened_on, "full")},
            field="happened_on",
            happened_on=happened_on.isoformat(),
            today=today.isoformat(),
        )
    if happened_on > today:
        day = written(happened_on, "full")
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.") % {"day": day}
        raise Refusal(
            "happened_in_future",
            sentence,
            field="happened_on",
            happened_on=happened_on.isoformat(),
            today=today.isoformat(),
        )


def check_voucher(voucher: str) -> str:
    """Return the voucher's number, tidied.

    Raises:
        Refusal: `voucher_missing`, `text_too_long`.

    """
    number = tidy(voucher)
    if not number:
        raise Refusal("voucher_missing", _("Enter the number of the voucher."), field="voucher")
    return _short(number, VOUCHER_LENGTH, "voucher")


def check_typed_voucher(voucher: str) -> str:
    """Return the number of a voucher that somebody typed, tidied.

    Raises:
        Refusal: `voucher_missing`, `text_too_long`, `voucher_reserved` for a number as purchases get.

    """
    number = check_voucher(voucher)
    if number.startswith(PURCHASE_VOUCHERS):
        sentence = _(
            "Numbers that begin with %(prefix)s are given to purchases."
            " Enter the number of the voucher itself."
        )
        raise Refusal(
            "voucher_reserved", sentence % {"prefix": PURCHASE_VOUCHERS}, field="voucher", voucher=number
        )
    return number


def purchase_voucher(number: int) -> str:
    """Return the voucher of the purchase of this number in its fund."""
    return f"{PURCHASE_VOUCHERS}{number:04d}"


def closing_obstacles(
    committed_minor: int, unreceived: Sequence[str], unanswered: Sequence[str]
) -> list[Refusal]:
    """Return everything for which a fund can't be closed yet.

    Codes: `closing_committed`, `purchases_unreceived`, `question_open`.

    Args:
        committed_minor: What is promised and not paid, in fen.
        unreceived: The numbers of the purchases that were not delivered in full.
        unanswered: The questions about the money that have no answer.

    """
    found = []
    if committed_minor:
        sentence = _("%(amount)s yuan are still committed. Have them paid or released first.")
        figures = {"amount": yuan(committed_minor)}
        found.append(Refusal("closing_committed", sentence % figures, committed_minor=committed_minor))
    if unreceived:
        sentence = _(
            "Purchases not delivered in full: No. %(numbers)s. Enter what came, cancel the purchase, or book"
            " what the supplier gives back for what does not come."
        )
        words = {"numbers": "、".join(unreceived)}
        found.append(Refusal("purchases_unreceived", sentence % words, count=len(unreceived)))
    if unanswered:
        head = _("These questions about the money have no answer. Have each answered in the plan:")
        found.append(Refusal("question_open", "\n".join([head, *unanswered]), count=len(unanswered)))
    return found


def check_title(title: str) -> str:
    """Return the fund's name without spaces around it.

    Raises:
        Refusal: `title_missing`, `text_too_long`.

    """
    kept = title.strip()
    if not kept:
        raise Refusal("title_missing", _("Enter the name of the fund."), field="title")
    return _short(kept, TITLE_LENGTH, "title")


def check_reason(reason: str) -> str:
    """Return the reason without spaces around it.

    Raises:
        Refusal: `reason_missing`, `text_too_long`.

    """
    kept = reason.strip()
    if not kept:
        raise Refusal("reason_missing", _("Enter the reason: it stays in the ledger."), field="reason")
    return _short(kept, REASON_LENGTH, "reason")


def _short(text: str, limit: int, field: str) -> str:
    if len(text) > limit:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(text), "limit": limit}
        raise Refusal("text_too_long", sentence % figures, field=field, length=len(text), limit=limit)
    return text
