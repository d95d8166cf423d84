"""A standard in words: what its rows ask and are worth, and what changed from one version to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from songnuan.benefits.standardfile import PartEntry, RowEntry, StandardFile
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan


def conditions(row: RowEntry) -> tuple[str, ...]:
    """Return what a row asks, a phrase for each condition; nothing where it holds for everybody."""
    found = [
        _("%(what)s: %(names)s") % {"what": what, "names": "、".join(names)}
        for what, names in (
            (pgettext("condition", "place"), row.places),
            (pgettext("condition", "post"), row.posts),
            (pgettext("condition", "category"), row.categories),
            (pgettext("condition", "relation"), [str(one.label) for one in row.relations]),
        )
        if names
    ]
    if row.contact is not None:
        direct = pgettext("condition", "direct contact with patients")
        found.append(direct if row.contact else pgettext("condition", "no direct contact with patients"))
    if row.days_least:
        sentence = ngettext("at least %(count)s day served", "at least %(count)s days served", row.days_least)
        found.append(sentence % {"count": row.days_least})
    return tuple(found)


def worth(row: RowEntry) -> str:
    """Return what counting once under a row is worth: “300.00 yuan × 2”, or that it is to be decided."""
    if row.amount is None:
        return to_decide()
    words = _("%(sum)s yuan") % {"sum": yuan(row.amount)}
    return words if row.factor == 1 else f"{words} × {row.factor}"


def to_decide() -> str:
    """Return what an amount is called that is still to be decided (待定)."""
    return pgettext("amount", "to be decided")


def row_words(part: PartEntry, row: RowEntry) -> str:
    """Return a row whole: by what it is counted, its conditions, its worth."""
    asked = conditions(row) or (_("everybody"),)
    return "；".join((str(part.by.label), *asked, worth(row)))


@dataclass(frozen=True, slots=True)
class Difference:
    """What a version says otherwise than the one before; empty on the side where it is not there."""

    what: str
    before: str
    after: str


def differences(before: StandardFile, after: StandardFile) -> list[Difference]:
    """Return what a version says otherwise: its head, then row by row as their keys tell them apart."""
    head = [
        Difference(what, old, new)
        for (what, old), (_what, new) in zip(_head(before), _head(after), strict=True)
        if old != new
    ]
    return [*head, *_rows(before, after)]


def _rows(before: StandardFile, after: StandardFile) -> Iterator[Difference]:
    old = {row.key: (part, row) for part in before.parts for row in part.rows}
    new = {row.key: (part, row) for part in after.parts for row in part.rows}
    for key, (part, row) in new.items():
        words = row_words(part, row)
        if key not in old:
            yield Difference(row.title, "", words)
            continue
        was_part, was = old[key]
        if (was.title, row_words(was_part, was)) != (row.title, words):
            name = row.title if was.title == row.title else f"{was.title} → {row.title}"
            yield Difference(name, row_words(was_part, was), words)
    for key, (part, row) in old.items():
        if key not in new:
            yield Difference(row.title, row_words(part, row), "")
    shared = [key for key in old if key in new]
    if shared != [key for key in new if key in old]:
        yield Difference(
            _("Order of the rows"),
            "、".join(old[key][1].title for key in shared),
            "、".join(row.title for key, (_part, row) in new.items() if key in old),
        )


def _head(told: StandardFile) -> Iterator[tuple[str, str]]:
    yield _("Title of the standard"), told.title
    yield _("Days of service that count"), days(told)
    yield pgettext("standard", "Document"), document(told)
    yield pgettext("standard", "Ceiling"), _limit(told.ceiling)
    yield _("Rule that sets the ceiling"), told.ceiling_basis or ""
    yield _("At most a time"), _limit(told.cap_time)
    yield _("At most a year"), _limit(told.cap_year)


def _limit(minor: int | None) -> str:
    return "" if minor is None else _("%(sum)s yuan") % {"sum": yuan(minor)}


def days(told: StandardFile) -> str:
    """Return the days of service that count."""
    return day_span(told.starts_on, told.ends_on)


def day_span(first: date, last: date | None) -> str:
    """Return from when to when a standard holds, in words."""
    if last is None:
        return _("from %(first)s on") % {"first": written(first, "full")}
    return _("%(first)s to %(last)s") % {"first": written(first, "full"), "last": written(last, "full")}


def document(told: StandardFile) -> str:
    """Return the document that the standard rests on, as it is cited."""
    basis = told.basis
    dated = written(basis.dated_on, "full") if basis.dated_on else ""
    beside = "，".join(part for part in (basis.issuer or "", basis.number, dated) if part)
    title = basis.title if basis.title.startswith("《") else f"《{basis.title}》"
    return f"{title}（{beside}）"
