"""The file of a standard: what stands in it, and how it is read. It is taken, or refused with every fault."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from songnuan.benefits.standards import By, Part, Payee, Row, Standard
from songnuan.kernel.money import yuan
from songnuan.people.models.register import Relation
from songnuan.plans.faults import Fault, PlanRefused, sentence_of
from songnuan.plans.planfile import YUAN_SCHEMA, Day, DocumentNumber, Key, Name, Slug, Title, Yuan
from songnuan.plans.yamltext import Outline, outline

OPEN = frozenset({"xx", "XX", "××", "待定"})
"""How an amount is written that is still to be decided."""
_MOST = 50


class StandardRefused(PlanRefused):
    """A file of a standard that was not taken."""

    @staticmethod
    def head(count: int) -> str:
        """Return how the refusal begins."""
        return ngettext(
            "The file of the standard was not taken; it has %(count)s fault.",
            "The file of the standard was not taken; it has %(count)s faults.",
            count,
        ) % {"count": count}


def _open_amount(value: object) -> object:
    return None if isinstance(value, str) and value.strip() in OPEN else value


class _Piece(BaseModel):
    """A part of the file: nothing unknown is let through, figures may stand for text."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, coerce_numbers_to_str=True
    )


Words = Annotated[list[Annotated[str, Field(min_length=1, max_length=80)]], Field(max_length=_MOST)]


class Reference(_Piece):
    """The document that the standard rests on."""

    title: Title = Field(description=gettext_noop("Title of the document."))
    number: DocumentNumber = Field(description=gettext_noop("Document number, as 财社〔2020〕2号."))
    issuer: Name | None = Field(default=None, description=gettext_noop("Who issued it."))
    dated_on: Day | None = Field(default=None, description=gettext_noop("Its date."))


class RowEntry(_Piece):
    """A row: its conditions, and the amount under it. A list that is left out holds for everybody."""

    key: Key = Field(description=gettext_noop("Lasting short name of the row."))
    title: Title = Field(description=gettext_noop("What the row is called, in a word for the person."))
    amount: Annotated[Annotated[Yuan, Field(gt=0)] | None, BeforeValidator(_open_amount), YUAN_SCHEMA] = (
        Field(description=gettext_noop("Amount in yuan, or XX while it is still to be decided."))
    )
    factor: int = Field(
        default=1, ge=1, le=10, strict=True, description=gettext_noop("How many times the amount counts.")
    )
    places: Words = Field(default=[], description=gettext_noop("Places of service."))
    posts: Words = Field(default=[], description=gettext_noop("Posts."))
    categories: Words = Field(default=[], description=gettext_noop("Categories."))
    relations: list[Relation] = Field(
        default=[], description=gettext_noop("What the qualifier is to the payee.")
    )
    contact: bool | None = Field(
        default=None, strict=True, description=gettext_noop("Direct contact with patients, or none.")
    )
    days_least: int = Field(
        default=0, ge=0, le=3660, strict=True, description=gettext_noop("Days served at least.")
    )

    def made(self) -> Row:
        """Return the row as it is computed with."""
        return Row(
            key=self.key,
            label=self.title,
            amount_minor=self.amount,
            factor=self.factor,
            places=tuple(self.places),
            posts=tuple(self.posts),
            categories=tuple(self.categories),
            relations=tuple(one.value for one in self.relations),
            direct_contact=self.contact,
            days_least=self.days_least,
        )


class PartEntry(_Piece):
    """Rows that are counted by the same, tried from the top."""

    by: By = Field(description=gettext_noop("By what its rows are counted."))
    rows: list[RowEntry] = Field(min_length=1, max_length=_MOST, description=gettext_noop("Rows."))


class StandardFile(_Piece):
    """The whole file: what the standard is called, when it holds, on what it rests, and its parts."""

    slug: Slug = Field(description=gettext_noop("Lasting short name of the standard."))
    title: Title = Field(description=gettext_noop("What the standard is called."))
    starts_on: Day = Field(description=gettext_noop("First day of service that counts."))
    ends_on: Day | None = Field(default=None, description=gettext_noop("Last day of service that counts."))
    basis: Reference = Field(description=gettext_noop("The document that sets the standard."))
    payee: Payee = Field(default=Payee.SELF, description=gettext_noop("Who is paid: self or relative."))
    ceiling: Annotated[Yuan, Field(gt=0)] | None = Field(
        default=None, description=gettext_noop("The most that a row may be worth, in yuan.")
    )
    ceiling_basis: Title | None = Field(
        default=None, description=gettext_noop("The rule that sets the ceiling, and its article.")
    )
    cap_time: Annotated[Yuan, Field(gt=0)] | None = Field(
        default=None, description=gettext_noop("At most for one person and time, in yuan.")
    )
    cap_year: Annotated[Yuan, Field(gt=0)] | None = Field(
        default=None, description=gettext_noop("At most for one person and year, in yuan.")
    )
    parts: list[PartEntry] = Field(min_length=1, max_length=8, description=gettext_noop("Parts."))

    def made(self) -> Standard:
        """Return the standard as it is computed with."""
        return Standard(
            parts=tuple(Part(part.by, tuple(row.made() for row in part.rows)) for part in self.parts),
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            cap_time_minor=self.cap_time,
            cap_year_minor=self.cap_year,
            payee=self.payee,
        )


_FIELDS = tuple(
    dict.fromkeys(
        name for piece in (StandardFile, Reference, PartEntry, RowEntry) for name in piece.model_fields
    )
)


@lru_cache(maxsize=64)
def read(text: str) -> StandardFile:
    """Read the file of a standard; what was read lately is at hand, since each page about money asks for it.

    Raises:
        StandardRefused: `standard_unreadable` when the layout is broken, `standard_invalid` when entries are
            missing, unknown or wrong, when a row is worth more than the ceiling, or no row below another
            can ever count; every fault with its line.

    """
    try:
        found = outline(text)
    except PlanRefused as refusal:
        raise StandardRefused("standard_unreadable", refusal.faults) from refusal
    try:
        told = StandardFile.model_validate(found.data)
    except ValidationError as error:
        faults = [found.fault(fault["loc"], sentence_of(fault, _FIELDS)) for fault in error.errors()]
        raise StandardRefused("standard_invalid", faults) from error
    if faults := [*_periods(told, found), *_rows(told, found)]:
        raise StandardRefused("standard_invalid", faults)
    return told


def _periods(told: StandardFile, found: Outline) -> Iterator[Fault]:
    if told.ends_on is not None and told.ends_on < told.starts_on:
        sentence = _("this is before the first day; mend one of the two.")
        yield found.fault(("ends_on",), sentence)
    if told.ceiling is not None and told.ceiling_basis is None:
        sentence = _("name the rule that sets the ceiling, in “ceiling_basis”.")
        yield found.fault(("ceiling",), sentence)


def _rows(told: StandardFile, found: Outline) -> Iterator[Fault]:
    seen: set[str] = set()
    for place_, part in enumerate(told.parts):
        closed = ""
        for at, entry in enumerate(part.rows):
            path, row = ("parts", place_, "rows", at), entry.made()
            if row.key in seen:
                sentence = _("another row has this key already; give each its own.")
                yield found.fault((*path, "key"), sentence)
            seen.add(row.key)
            if closed:
                sentence = _(
                    "this row never counts: “%(above)s” above it holds for everybody. Put it above that, or"
                    " remove it."
                )
                yield found.fault(path, sentence % {"above": closed})
            if told.ceiling is not None and row.worth_minor > told.ceiling:
                sentence = _("this row is worth %(worth)s yuan; the ceiling is %(ceiling)s by %(rule)s.")
                facts = {
                    "worth": yuan(row.worth_minor),
                    "ceiling": yuan(told.ceiling),
                    "rule": told.ceiling_basis or "",
                }
                yield found.fault((*path, "amount"), sentence % facts)
            limits = (row.places, row.posts, row.categories, row.relations, row.days_least)
            if not any(limits) and row.direct_contact is None:
                closed = closed or row.label
