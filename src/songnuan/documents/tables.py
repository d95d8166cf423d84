"""Finds the sheets of a file that hold the table which a layout describes, while its rows still come in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain, groupby, islice
from typing import Any

from django.utils.translation import gettext as _

from songnuan.documents.columns import Columns, is_help_sheet, match
from songnuan.documents.header import HEADER_WITHIN, Header, Layout, find_header
from songnuan.documents.reading import Frame
from songnuan.kernel.refusal import Refusal

_HELD = 10  # frames of a sheet that seems only to explain, until it is known whether another has the table


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with headings, and which column of it tells what."""

    name: str
    header: Header
    columns: Columns

    def document(self) -> dict[str, Any]:
        """Return the sheet as JSON: headings, places by field, what is unknown and what is missing."""
        return {
            "sheet": self.name,
            "header_row": self.header.row,
            "lines": self.header.lines,
            "headings": list(self.header.headings),
            "places": dict(self.columns.places),
            "unknown": [asdict(unknown) for unknown in self.columns.unknown],
            "missing": list(self.columns.missing),
        }


@dataclass(slots=True)
class Tables:
    """The tables of one file. `known` maps normal headings to fields, "" for none.

    `unfinished` are sheets with headings in which something that must be there was not found, `bare` those
    without headings in which a row tells of somebody, with its number: nothing of them is read.
    """

    layout: Layout
    known: Mapping[str, str] = field(default_factory=dict)
    unfinished: list[Sheet] = field(default_factory=list)
    bare: list[tuple[str, int]] = field(default_factory=list)

    def among(self, frames: Iterable[Frame]) -> Iterator[tuple[Sheet, Iterator[Frame]]]:
        """Yield each sheet that has all that must be in it, with its frames, to be read before the next.

        A sheet that by its name only explains counts when no other has the table.
        """
        held: list[tuple[Sheet, list[Frame]]] = []
        some = False
        for sheet, frames_of_it in self._with_headings(frames):
            theirs = frames_of_it
            if is_help_sheet(sheet.name, has_header=True):
                ahead = list(islice(theirs, _HELD))
                following = next(theirs, None)
                if following is None:
                    held.append((sheet, ahead))
                    continue
                theirs = chain(ahead, [following], theirs)
            some = True
            yield sheet, theirs
        if not some:
            yield from ((sheet, iter(ahead)) for sheet, ahead in held)

    def _with_headings(self, frames: Iterable[Frame]) -> Iterator[tuple[Sheet, Iterator[Frame]]]:
        for name, theirs in groupby(frames, key=lambda frame: frame.sheet):
            first = next(theirs)
            rows = [*([] for _row in range(first.first - 1)), *first.rows()]
            header = find_header(rows, self.layout, self.known) if first.first <= HEADER_WITHIN else None
            if header is None:
                self._note_bare(name, rows)
                continue
            sheet = Sheet(name, header, match(header, self.layout, self.known, rows))
            if sheet.columns.missing:
                self.unfinished.append(sheet)
            else:
                yield sheet, chain([first], theirs)  # noqa: B031 - the first was taken off, the rest follows

    def _note_bare(self, name: str, rows: Sequence[Sequence[object]]) -> None:
        """Note a sheet that seems to go on with a table: a name stands there beside a number of somebody."""
        if is_help_sheet(name, has_header=True):
            return
        private = [told for told in self.layout.fields if told.private and told.looks]
        names = [told.looks for told in private if told.required and told.looks]
        numbers = [told.looks for told in private if not told.required and told.looks]
        for number, row in enumerate(rows, 1):
            cells = [cell for cell in row if isinstance(cell, str | int)]
            if all(any(looks(cell) for cell in cells for looks in some) for some in (names, numbers)):
                self.bare.append((name, number))
                return

    def none_found(self) -> Refusal:
        """Return the refusal of a file in which no sheet has the table: `header_missing`."""
        fields = self.layout.by_name
        if not self.unfinished:
            usual = "、".join(told.headings[0] for told in fields.values())
            sentence = _(
                "No row of headings was found in the first %(rows)s rows of any sheet."
                " Give the columns names such as %(headings)s."
            )
            facts = {"rows": HEADER_WITHIN, "headings": usual}
            return Refusal("header_missing", sentence % facts, field="file")
        sheet = self.unfinished[0]
        missing = "、".join(fields[name].headings[0] for name in sheet.columns.missing)
        sentence = _(
            "Sheet “%(sheet)s” has no column for %(missing)s."
            " Add one with this heading, or say which one it is."
        )
        named = {"sheet": sheet.name, "missing": missing}
        return Refusal("header_missing", sentence % named, field="file", row=sheet.header.row)
