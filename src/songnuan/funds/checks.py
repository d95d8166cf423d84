"""Proves the funds anew from their postings. Returns what does not agree; empty when all does."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.funds import closing_checks, rules
from songnuan.funds.models import DRAWING, Account, Commitment, Entry, Fund, Kind
from songnuan.funds.queries import balance_of
from songnuan.kernel.money import yuan


class _Sums:
    """What the ledger says of each fund and each commitment, in fen."""

    def __init__(self) -> None:
        self.funds: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Account.values, 0))
        self.drawn: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        self.reversed: set[int] = set()

    def add(self, entry: Entry) -> None:
        for posting in entry.postings.all():
            self.funds[entry.fund_id][posting.account] += posting.amount_minor
        drawn_kind, sign = entry.kind, 1
        if entry.reverses is not None:
            drawn_kind, sign = entry.reverses.kind, -1
            self.reversed.add(entry.reverses.pk)
        if entry.commitment_id is not None and drawn_kind in DRAWING:
            self.drawn[entry.commitment_id][drawn_kind] += sign * entry.amount_minor


def verify() -> list[Finding]:
    """Return what is wrong with the funds.

    Codes: `entry_unbalanced`, `entry_differs` (its postings are not those of its act),
    `counter_differs`, `fund_overdrawn`, `commitment_differs`, `commitment_missing`, `refunded_beyond_paid`,
    and those of `closing_checks`.
    """
    sums = _Sums()
    findings = list(_entries(sums))
    findings += [finding for fund in Fund.objects.order_by("pk") for finding in _fund(fund, sums)]
    findings += _commitments(sums)
    findings += closing_checks.verify()
    return findings


def _entries(sums: _Sums) -> Iterator[Finding]:
    entries = Entry.objects.select_related("reverses").prefetch_related("postings").order_by("pk")
    for entry in entries.iterator(chunk_size=2000):
        sums.add(entry)
        where = f"funds.entry:{entry.pk}"
        posted = {Account(posting.account): posting.amount_minor for posting in entry.postings.all()}
        total = sum(posted.values())
        if total:
            sentence = _("The postings of this entry add up to %(sum)s instead of zero.") % {
                "sum": yuan(total)
            }
            yield Finding("entry_unbalanced", where, sentence, {"sum_minor": total})
        mirrored = entry.reverses.kind if entry.reverses else ""
        if posted != rules.postings(entry.kind, entry.amount_minor, reverses=mirrored):
            sentence = _("The postings of this entry are not those of its act.")
            yield Finding("entry_differs", where, sentence, {"amount_minor": entry.amount_minor})


def _fund(fund: Fund, sums: _Sums) -> Iterator[Finding]:
    where = f"funds.fund:{fund.pk}"
    posted = sums.funds[fund.pk]
    pairs = (
        ("appropriated", fund.appropriated_minor, -posted[Account.SOURCE]),
        ("committed", fund.committed_minor, posted[Account.COMMITTED]),
        ("disbursed", fund.disbursed_minor, posted[Account.DISBURSED]),
        ("returned", fund.returned_minor, posted[Account.RETURNED]),
        ("available", balance_of(fund).available, posted[Account.AVAILABLE]),
    )
    for name, counter, ledger in pairs:
        if counter != ledger:
            sentence = _("The fund says %(counter)s yuan %(name)s, its ledger says %(ledger)s.")
            figures = {"counter": yuan(counter), "name": name, "ledger": yuan(ledger)}
            facts: dict[str, str | int | None] = {
                "counter": name,
                "counter_minor": counter,
                "ledger_minor": ledger,
            }
            yield Finding("counter_differs", where, sentence % figures, facts)
    if posted[Account.AVAILABLE] < 0:
        sentence = _("The fund is overdrawn by %(by)s yuan.") % {"by": yuan(-posted[Account.AVAILABLE])}
        yield Finding("fund_overdrawn", where, sentence, {"available_minor": posted[Account.AVAILABLE]})


def _commitments(sums: _Sums) -> Iterator[Finding]:
    for row in Commitment.objects.select_related("entry").order_by("pk").iterator():
        drawn = sums.drawn[row.entry_id]
        kept = (
            row.amount_minor,
            row.disbursed_minor,
            row.released_minor,
            row.refunded_minor,
            row.is_reversed,
        )
        ledger = (
            row.entry.amount_minor,
            drawn[Kind.DISBURSE],
            drawn[Kind.RELEASE],
            drawn[Kind.REFUND],
            row.entry_id in sums.reversed,
        )
        if kept != ledger or row.entry.kind != Kind.COMMIT:
            sentence = _("The counters of this commitment are not what its entries say.")
            facts: dict[str, str | int | None] = {
                "disbursed_minor": row.disbursed_minor,
                "ledger_disbursed_minor": drawn[Kind.DISBURSE],
                "released_minor": row.released_minor,
                "ledger_released_minor": drawn[Kind.RELEASE],
                "refunded_minor": row.refunded_minor,
                "ledger_refunded_minor": drawn[Kind.REFUND],
            }
            yield Finding("commitment_differs", f"funds.entry:{row.entry_id}", sentence, facts)
        if drawn[Kind.REFUND] > drawn[Kind.DISBURSE]:
            sentence = _("%(refunded)s yuan were given back of %(paid)s that were paid on this commitment.")
            figures = {"refunded": yuan(drawn[Kind.REFUND]), "paid": yuan(drawn[Kind.DISBURSE])}
            over: dict[str, str | int | None] = {
                "refunded_minor": drawn[Kind.REFUND],
                "paid_minor": drawn[Kind.DISBURSE],
            }
            yield Finding("refunded_beyond_paid", f"funds.entry:{row.entry_id}", sentence % figures, over)
    for entry in Entry.objects.filter(kind=Kind.COMMIT, rest__isnull=True).order_by("pk").iterator():
        sentence = _("The counters of this commitment are gone.")
        yield Finding("commitment_missing", f"funds.entry:{entry.pk}", sentence)
