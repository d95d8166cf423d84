"""Makes the masked lines of a notice out of a list: the one place where names of a list are read for it."""

from collections.abc import Iterator
from datetime import date

from songnuan.benefits.lists import standard_of
from songnuan.benefits.reckoning import counted_of
from songnuan.benefits.standards import Standard
from songnuan.kernel.bulk import digest_rows, load
from songnuan.kernel.sealed import open_text
from songnuan.organisation.queries import names_then
from songnuan.payments.models import Notice, NoticeLine, PaymentLine, PaymentList
from songnuan.payments.notice_models import ROW_LONGEST
from songnuan.payments.notice_rules import shown_name, shown_tail
from songnuan.people.columns import PLACES
from songnuan.people.rules import is_young

_COLUMNS = ("notice", "position", "name", "tail", "unit", "row", "amount_minor")
Masked = tuple[int, str, str, str, str, int]
"""Place, name, end of the number, unit, row of the standard, fen."""


def masked_lines(row: PaymentList, on: date) -> Iterator[Masked]:
    """Yield the lines of a list as everybody may read them; units are called as on a day.

    The list comes with what was reckoned and its version of the standard.
    """
    standard = standard_of(row.reckoning)
    lines = PaymentLine.objects.filter(payment_list=row)
    units = names_then(lines.order_by().values_list("unit", flat=True).distinct(), on)
    columns = ("position", "name", "id_number", "unit_id", "counted", "amount_minor")
    told = lines.order_by("position").values_list(*columns, "payee__birth_on", "payee__restricted")
    for position, name, sealed, unit_id, counted, minor, birth_on, restricted in told.iterator():
        number = None if sealed is None else open_text(PLACES["id_number"], sealed)
        yield (
            position,
            shown_name(name),
            shown_tail(number, minor=is_young(birth_on, on, restricted=restricted)),
            units.get(unit_id, ""),
            rows_of(standard, counted),
            minor,
        )


def rows_of(standard: Standard, counted: str) -> str:
    """Return what the rows are called that count for a line: 支援湖北、本市防疫一线."""
    found = (standard.parts[one.part].rows[one.place].label for one in counted_of(counted))
    return "、".join(dict.fromkeys(found))[:ROW_LONGEST]


def digest_of(lines: Iterator[Masked]) -> str:
    """Return the digest of what is published."""
    return digest_rows(lines)


def keep(notice: Notice, lines: Iterator[Masked]) -> None:
    """Write the lines of a notice that has none."""
    load(NoticeLine, _COLUMNS, ((notice.pk, *one) for one in lines))


def digest_now(notice: Notice) -> str:
    """Return the digest of the lines as they stand."""
    lines = NoticeLine.objects.filter(notice=notice).order_by("position")
    return digest_rows(lines.values_list(*_COLUMNS[1:]).iterator())
