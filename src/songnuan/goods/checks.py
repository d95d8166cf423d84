"""Proves purchases and stock anew. Returns what does not agree; empty when all does."""

from collections.abc import Iterator

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.funds.models import Kind
from songnuan.goods import request_checks
from songnuan.goods.models import MovementLine, Purchase, StockLevel
from songnuan.goods.places import OUTSIDE
from songnuan.goods.stock_checks import stock_findings
from songnuan.kernel.money import yuan


def verify() -> list[Finding]:
    """Return what is wrong with the goods.

    Codes: `movement_unbalanced`, `level_differs`, `purchase_differs` (its total is not that of its
    lines), `purchase_unfunded` (its entries in the fund are not for it), and those of `stock_checks` and
    `request_checks`.
    """
    return [*_movements(), *_levels(), *_purchases(), *stock_findings(), *request_checks.verify()]


def _movements() -> Iterator[Finding]:
    sums = (
        MovementLine.objects.values_list("movement_id", "lot_id")
        .annotate(packs=Sum("quantity"))
        .exclude(packs=0)
        .order_by("movement_id", "lot_id")
    )
    for movement_id, lot_id, packs in sums.iterator():
        sentence = _("More packs arrived than left, or fewer: the difference is %(packs)s.") % {
            "packs": packs
        }
        facts: dict[str, str | int | None] = {"lot": lot_id, "difference": int(packs)}
        yield Finding("movement_unbalanced", f"goods.movement:{movement_id}", sentence, facts)


def _levels() -> Iterator[Finding]:
    sums = (
        MovementLine.objects.exclude(place__in=OUTSIDE)
        .values_list("lot_id", "place")
        .annotate(packs=Sum("quantity"))
        .order_by("lot_id", "place")
    )
    moved = {(lot_id, place): int(packs) for lot_id, place, packs in sums.iterator()}
    kept = {(level.lot_id, level.place): level.quantity for level in StockLevel.objects.iterator()}
    for key in sorted(moved.keys() | kept.keys()):
        if kept.get(key, 0) != moved.get(key, 0):
            lot_id, place = key
            figures: dict[str, str | int | None] = {
                "kept": kept.get(key, 0),
                "moved": moved.get(key, 0),
                "place": place,
                "lot": lot_id,
            }
            sentence = _("The stock says %(kept)s packs at %(place)s, the movements say %(moved)s.")
            yield Finding("level_differs", f"goods.lot:{lot_id}", sentence % figures, figures)


def _purchases() -> Iterator[Finding]:
    rows = (
        Purchase.objects.select_related("commitment", "disbursement")
        .annotate(lines_minor=Sum(F("lines__quantity") * F("lines__unit_price_minor")))
        .order_by("pk")
    )
    for row in rows.iterator():
        where = f"goods.purchase:{row.pk}"
        of_lines = int(row.lines_minor or 0)
        if of_lines != row.total_minor:
            figures = {"total": yuan(row.total_minor), "lines": yuan(of_lines)}
            sentence = _("The total is %(total)s yuan, the lines add up to %(lines)s.") % figures
            facts: dict[str, str | int | None] = {"total_minor": row.total_minor, "lines_minor": of_lines}
            yield Finding("purchase_differs", where, sentence, facts)
        if not _is_funded(row):
            sentence = _("The entries of the fund that this purchase names are not for it.")
            yield Finding("purchase_unfunded", where, sentence, {"commitment": row.commitment_id})


def _is_funded(row: Purchase) -> bool:
    promised = row.commitment
    paid = row.disbursement
    return (
        promised.kind == Kind.COMMIT
        and promised.fund_id == row.fund_id
        # A request sets aside what it may cost at the most; the payment says what it did cost.
        and (promised.amount_minor == row.total_minor or row.request_id is not None)
        and (paid is None or (paid.kind == Kind.DISBURSE and paid.commitment_id == promised.pk))
        and (row.request_id is None or paid is None or paid.amount_minor == row.total_minor)
    )
