"""What the pages of layouts of bank files show: a layout in words, and an example of its file."""

import io
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.payments.layouts.fitting import checker
from songnuan.payments.layouts.model import Column, Content, Kind, Layout, Told, Unit
from songnuan.payments.layouts.payline import PayLine, Sums
from songnuan.payments.layouts.writing import rows, write_file

SAMPLE = (
    PayLine(
        1,
        "SN20200410-000001",
        "6222029999000000015",
        "赵守江",
        "澄江银行东港支行",
        "110101199003071233",
        140_950,
        "慰问金",
    ),
    PayLine(
        2,
        "SN20200410-000002",
        "6222029999000000023",
        "欧阳听雨",
        "澄江银行西津支行",
        "11010519491231002X",
        80_000,
        "慰问金",
    ),
    PayLine(
        3,
        "SN20200410-000003",
        "6222029999000000031",
        "阿依古丽·买买提",
        "澄江银行东港支行",
        "440524188001010014",
        300_005,
        "慰问金",
    ),
)
"""Three invented payments: nobody has these accounts."""


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """A column in words: its number, its heading, what stands below it, and what else holds for it."""

    number: int
    heading: str
    says: str
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """How a file of three payments looks: its rows from the top, each with what it is."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A thing that the bank's answer tells, and by which words or at which place it is found."""

    what: str
    words: str


def kind_words(layout: Layout) -> str:
    """Return the kind of file with its encoding and delimiter: “Text with separators (.csv) · GB18030 …”."""
    parts = [f"{Kind(layout.kind).label}"]
    if layout.is_text:
        parts.append(str(layout.encoding.label))
        if layout.delimiter is not None:
            parts.append(str(layout.delimiter.label))
    return " · ".join(parts)


def facts(layout: Layout) -> list[tuple[str, str]]:
    """Return what holds for the whole file, each with its name."""
    found = [(_("Kind of file"), str(layout.kind.label)), (_("Ending of its name"), f".{layout.extension}")]
    if layout.is_text and layout.delimiter is not None:
        found += [
            (_("Encoding"), str(layout.encoding.label)),
            (_("Between the cells"), str(layout.delimiter.label)),
            (_("End of a line"), str(layout.ending.label)),
        ]
    heads = pgettext("bank file", "yes") if layout.header else pgettext("bank file", "none")
    found += [
        (_("Row of headings"), heads),
        (_("Row of the total"), str(layout.total.place.label) if layout.total else pgettext("total", "none")),
        (_("Amounts in"), str(layout.unit.label)),
    ]
    if layout.above:
        found.append((_("Lines above"), " / ".join(layout.above)))
    return found


def columns(layout: Layout) -> list[ColumnWords]:
    """Return the columns in words."""
    return [
        ColumnWords(number, column.heading, _says(column), tuple(_limits(column)))
        for number, column in enumerate(layout.columns, 1)
    ]


def _says(column: Column) -> str:
    if column.content == Content.FIXED:
        return _("always “%(text)s”") % {"text": column.text}
    if column.content == Content.ID_TYPE:
        return _("“%(text)s” for an identity card") % {"text": column.text}
    return str(column.content.label)


def _limits(column: Column) -> list[str]:
    found = []
    if column.needed:
        found.append(_("never empty"))
    if column.longest is not None:
        count = column.longest
        sentence = ngettext("at most %(count)s character", "at most %(count)s characters", count)
        found.append(sentence % {"count": count})
    return found


def answers(layout: Layout) -> list[Answer]:
    """Return what the bank's answer tells, and how it is found."""
    results = layout.results
    found = []
    for what, name in told_words().items():
        if results.header:
            words = "、".join(getattr(results, what.value))
        else:
            places = [number for number, one in enumerate(results.order, 1) if one == what]
            words = _("column %(number)s") % {"number": places[0]} if places else ""
        if words:
            found.append(Answer(name, words))
    for meant, name in (
        (results.paid, _("Means paid")),
        (results.failed, _("Means not paid")),
        (results.waiting, _("Means under way")),
    ):
        if meant:
            found.append(Answer(name, "、".join(meant)))
    if results.unit == Unit.FEN:
        found.append(Answer(_("Amounts in"), str(results.unit.label)))
    return found


def told_words() -> dict[Told, str]:
    """Return what the bank's answer can tell, in words."""
    return {
        Told.REFERENCE: pgettext("bank's answer", "Reference"),
        Told.ACCOUNT: pgettext("bank's answer", "Account"),
        Told.NAME: pgettext("bank's answer", "Account holder"),
        Told.AMOUNT: pgettext("bank's answer", "Amount"),
        Told.OUTCOME: pgettext("bank's answer", "Outcome"),
        Told.REASON: pgettext("bank's answer", "Reason"),
    }


def example(layout: Layout) -> Example:
    """Return how a file of the three invented payments looks, whether or not each would fit."""
    sums = Sums(len(SAMPLE), sum(line.amount_minor for line in SAMPLE))
    found = list(rows(layout, SAMPLE, sums, lambda: sums))
    width = max(len(cells) for _kind, cells in found)
    return Example(tuple((kind, (*cells, *[""] * (width - len(cells)))) for kind, cells in found))


def example_file(layout: Layout) -> bytes:
    """Return a file of those of the three invented payments that fit."""
    made = io.BytesIO()
    unfit = checker(layout)
    write_file(layout, [line for line in SAMPLE if unfit(line) is None], made)
    return made.getvalue()
