"""Proves closings and reopenings anew; `checks.verify` asks it."""

from collections.abc import Iterator
from itertools import groupby, pairwise

from django.db.models import Count
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.funds.models import Closing, Fund, Kind, Step, StepStatus
from songnuan.funds.queries import balance_of
from songnuan.kernel.money import yuan


def verify() -> list[Finding]:
    """Return what is wrong with closings.

    Codes: `closing_by_one` (one person stands behind it), `closing_differs` (the fund does not stand where
    its last step left it), `closed_not_empty`, `entry_after_closing`, `closing_return_differs` (the return
    that was booked is not the one that was proposed).
    """
    confirmed = Closing.objects.filter(status=StepStatus.CONFIRMED).select_related("entry")
    steps = {
        fund_id: list(rows)
        for fund_id, rows in groupby(confirmed.order_by("fund_id", "pk"), key=lambda row: row.fund_id)
    }
    found = [finding for rows in steps.values() for row in rows for finding in _step(row)]
    funds = Fund.objects.annotate(count=Count("entries")).order_by("pk")
    for fund in funds.iterator():
        found += _fund(fund, steps.get(fund.pk, []), fund.count)
    return found


def _step(row: Closing) -> Iterator[Finding]:
    where = f"funds.fund:{row.fund_id}"
    if row.proposed_by_id == row.decided_by_id:
        sentence = _("The same person proposed and confirmed this.")
        yield Finding("closing_by_one", where, sentence, {"closing": row.pk})
    back = row.entry
    is_its_own = back is not None and back.kind == Kind.RETURN and back.fund_id == row.fund_id
    booked = back.amount_minor if back is not None and is_its_own else 0
    if booked != row.left_minor:
        sentence = _("%(left)s yuan were to go back with the closing, %(booked)s were booked.")
        figures = {"left": yuan(row.left_minor), "booked": yuan(booked)}
        facts: dict[str, str | int | None] = {
            "closing": row.pk,
            "left_minor": row.left_minor,
            "booked_minor": booked,
        }
        yield Finding("closing_return_differs", where, sentence % figures, facts)


def _fund(fund: Fund, steps: list[Closing], count: int) -> Iterator[Finding]:
    where = f"funds.fund:{fund.pk}"
    last = steps[-1] if steps else None
    said = last.decided_at if last is not None and last.step == Step.CLOSE else None
    if fund.closed_at != said or any(row.step == above.step for above, row in pairwise(steps)):
        sentence = _("The fund is not as its last confirmed closing or reopening left it.")
        yield Finding("closing_differs", where, sentence, {"steps": len(steps)})
    stands = balance_of(fund)
    if fund.closed_at is not None and (stands.committed or stands.available):
        sentence = _("The fund is closed, but %(left)s yuan are left in it.")
        left = stands.committed + stands.available
        yield Finding("closed_not_empty", where, sentence % {"left": yuan(left)}, {"left_minor": left})
    # A closing is followed by its reopening, or by now.
    counts = [*((row.step, row.entries or 0) for row in steps), (Step.REOPEN, count)]
    for (step, before), (_next, after) in pairwise(counts):
        if step == Step.CLOSE and after != before:
            sentence = _("%(count)s entries came after the fund was closed, or went.")
            facts: dict[str, str | int | None] = {"entries": before, "now": after}
            yield Finding("entry_after_closing", where, sentence % {"count": abs(after - before)}, facts)
