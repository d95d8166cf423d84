"""The guarded writes behind the actions: counters first, so that nobody else books meanwhile."""

from typing import NoReturn

from django.db.models import F
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.funds import rules
from songnuan.funds.holding import refuse_closed
from songnuan.funds.models import VOUCHED, Commitment, Entry, Fund, Kind, Posting
from songnuan.funds.queries import balance, paid_on, rest_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.refusal import Refusal


def take_granted(fund: Fund, amount: int) -> None:
    """Raise what is appropriated by `amount`, if the document gives that much; else refuse.

    Raises:
        Refusal: `beyond_document` with `granted_minor`, `appropriated_minor` and `asked_minor`.

    """
    within = Fund.objects.filter(
        pk=fund.pk, closed_at__isnull=True, appropriated_minor__lte=F("granted_minor") - amount
    )
    if within.update(appropriated_minor=F("appropriated_minor") + amount) != 1:
        fund.refresh_from_db(fields=["granted_minor", "appropriated_minor", "closed_at"])
        refuse_closed(fund)
        sentence = _(
            "The document gives this fund %(granted)s yuan; %(appropriated)s are appropriated already, so"
            " %(asked)s more would be too much. Lower the amount."
        )
        figures = {
            "granted": yuan(fund.granted_minor),
            "appropriated": yuan(fund.appropriated_minor),
            "asked": yuan(amount),
        }
        raise Refusal(
            "beyond_document",
            sentence % figures,
            field="amount",
            granted_minor=fund.granted_minor,
            appropriated_minor=fund.appropriated_minor,
            asked_minor=amount,
        )


def take_available(fund: Fund, amount: int, sentence: str, **updates: Combinable) -> None:
    """Move counters, if `amount` is available; else refuse with `sentence` and both figures.

    Raises:
        Refusal: `beyond_fund` with `available_minor` and `asked_minor`; `fund_closed`.

    """
    taken = F("committed_minor") + F("disbursed_minor") + F("returned_minor")
    enough = Fund.objects.filter(pk=fund.pk, closed_at__isnull=True, appropriated_minor__gte=taken + amount)
    if enough.update(**updates) != 1:
        fund.refresh_from_db(fields=["closed_at"])
        refuse_closed(fund)
        available = balance(fund.pk).available
        figures = {"asked": yuan(amount), "available": yuan(available), "fund": fund.title}
        raise Refusal(
            "beyond_fund",
            sentence % figures,
            field="amount",
            available_minor=available,
            asked_minor=amount,
        )


def draw(commitment: Entry, entry: Entry, actor: Actor) -> Entry:
    """Book `entry`, a release or a disbursement, on a commitment, for what that was made for.

    Args:
        commitment: The entry that is drawn on.
        entry: Not yet written, with kind, amount, day, time, and voucher or reason.
        actor: Who.

    Raises:
        Refusal: `beyond_commitment` when less is left; `voucher_used`.

    """
    amount = entry.amount_minor
    moved: dict[str, Combinable] = {"committed_minor": F("committed_minor") - amount}
    counter = "released_minor"
    if entry.kind == Kind.DISBURSE:
        moved["disbursed_minor"] = F("disbursed_minor") + amount
        counter = "disbursed_minor"
    in_fund = Fund.objects.filter(pk=commitment.fund_id, committed_minor__gte=amount).update(**moved)
    enough = Commitment.objects.filter(
        entry=commitment,
        is_reversed=False,
        amount_minor__gte=F("disbursed_minor") + F("released_minor") + amount,
    )
    if in_fund != 1 or enough.update(**{counter: F(counter) + amount}) != 1:
        refuse_draw(commitment, amount)
    return _book_on(commitment, entry, actor)


def give_back(commitment: Entry, entry: Entry, actor: Actor) -> Entry:
    """Book `entry`, a refund, on a commitment that was paid.

    Args:
        commitment: The entry that was paid on.
        entry: Not yet written, with kind, amount, day, time, voucher and reason.
        actor: Who.

    Raises:
        Refusal: `beyond_paid` when less was paid, or so much was given back already; `voucher_used`.

    """
    amount = entry.amount_minor
    in_fund = Fund.objects.filter(pk=commitment.fund_id, closed_at__isnull=True, disbursed_minor__gte=amount)
    paid = Commitment.objects.filter(entry=commitment, disbursed_minor__gte=F("refunded_minor") + amount)
    if (
        in_fund.update(disbursed_minor=F("disbursed_minor") - amount) != 1
        or paid.update(refunded_minor=F("refunded_minor") + amount) != 1
    ):
        refuse_closed(Fund.objects.get(pk=commitment.fund_id))
        spent = paid_on(commitment.pk)
        sentence = _(
            "%(asked)s yuan were given back, but %(paid)s yuan are paid on this purchase. Check the amount."
        )
        raise Refusal(
            "beyond_paid",
            sentence % {"asked": yuan(amount), "paid": yuan(spent)},
            field="amount",
            paid_minor=spent,
            asked_minor=amount,
        )
    return _book_on(commitment, entry, actor)


def _book_on(commitment: Entry, entry: Entry, actor: Actor) -> Entry:
    """Book an entry for what its commitment was made for."""
    entry.fund_id = commitment.fund_id
    entry.commitment = commitment
    entry.subject = commitment.subject
    entry.clause_key = commitment.clause_key
    return book(entry, actor)


def refuse_draw(commitment: Entry, amount: int) -> NoReturn:
    """Refuse to draw `amount` (fen) on a commitment, with what is left of it.

    Raises:
        Refusal: `beyond_commitment`.

    """
    rest = rest_of(commitment.pk)
    sentence = _(
        "%(asked)s yuan were asked for, %(rest)s yuan are left of this commitment."
        " Lower the amount, or commit the difference first."
    )
    raise Refusal(
        "beyond_commitment",
        sentence % {"asked": yuan(amount), "rest": yuan(rest)},
        field="amount",
        rest_minor=rest,
        asked_minor=amount,
    )


def refuse_used_voucher(fund_id: int, voucher: str) -> None:
    """Let pass the number of a voucher that was not booked in the fund yet.

    Raises:
        Refusal: `voucher_used`.

    """
    used = Entry.objects.filter(fund_id=fund_id, voucher=voucher, kind__in=VOUCHED).first()
    if used is not None:
        sentence = _("Voucher %(voucher)s was booked in this fund on %(day)s already. Check the number.")
        day = written(used.happened_on, "full")
        raise Refusal(
            "voucher_used",
            sentence % {"voucher": voucher, "day": day},
            field="voucher",
            voucher=voucher,
            entry=used.pk,
        )


def book(entry: Entry, actor: Actor) -> Entry:
    """Write the entry with its postings, and note it for the trail.

    The fund's row was moved before, so nobody else books in this fund until we are done: asking for
    the voucher here is safe.
    """
    if entry.kind in VOUCHED:
        refuse_used_voucher(entry.fund_id, entry.voucher)
    entry.entered_by_id = actor.user_id
    entry.save(force_insert=True)
    mirrored = entry.reverses.kind if entry.reverses else ""
    brings = rules.postings(entry.kind, entry.amount_minor, reverses=mirrored)
    Posting.objects.bulk_create(
        Posting(entry=entry, account=account, amount_minor=amount) for account, amount in brings.items()
    )
    record(
        stream=f"fund:{entry.fund_id}",
        action=f"funds.{entry.kind}",
        subject=f"funds.entry:{entry.pk}",
        actor=actor,
        at=entry.at,
        facts={
            "amount_minor": entry.amount_minor,
            "happened_on": entry.happened_on.isoformat(),
            "late_entry": rules.is_late(entry.happened_on, entry.at),
            "for": entry.subject,
            "clause": entry.clause_key,
            "voucher": entry.voucher,
            "commitment": entry.commitment_id,
            "reverses": entry.reverses_id,
        },
    )
    return entry
