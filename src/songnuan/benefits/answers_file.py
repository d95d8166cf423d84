"""Writes what a standard came to on a file of people as a table to keep: .xlsx or .csv."""

import io
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from songnuan.benefits.preview import Answer
from songnuan.benefits.standardfile import StandardFile
from songnuan.documents.account_book import Field, Sheet, write_book
from songnuan.documents.comma_text import comma_text
from songnuan.kernel.days import written
from songnuan.kernel.money import LIMIT_MINOR, capitals


def rule_words(told: StandardFile, answer: Answer) -> str:
    """Return the rows of the standard that count, by their titles."""
    titles = {row.key: row.title for part in told.parts for row in part.rows}
    return "、".join(titles.get(key, key) for key in answer.rule.split(", ") if key)


def total_of(answers: Sequence[Answer]) -> int:
    """Return what all rows come to, in fen; those without an amount come to nothing."""
    return sum(answer.amount_minor or 0 for answer in answers)


def _headings() -> tuple[str, str, str, str]:
    return _("Row of the file"), _("Amount (yuan)"), _("Rows that count"), _("Why")


def as_csv(told: StandardFile, answers: Sequence[Answer]) -> bytes:
    """Return the answers as .csv, a row each."""
    rows = [
        (str(one.row), _plain_yuan(one.amount_minor), rule_words(told, one), one.reason) for one in answers
    ]
    return comma_text([_headings(), *rows])


def _plain_yuan(minor: int | None) -> str:
    return "" if minor is None else f"{minor // 100}.{minor % 100:02}"


def _in_words(answers: Sequence[Answer]) -> list[str]:
    total = total_of(answers)
    if total > LIMIT_MINOR:  # more than there are words for
        return []
    return [_("%(count)s rows, together %(words)s") % {"count": len(answers), "words": capitals(total)}]


def as_book(told: StandardFile, answers: Sequence[Answer], as_of: date, made_at: datetime) -> bytes:
    """Return the answers as .xlsx, a row each, with their sum; `made_at` is a time in China."""
    kinds = (Field(head, width) for head, width in zip(_headings(), (10, 16, 34, 90), strict=True))
    row, amount, rule, why = kinds
    notes = [
        _("Made for %(day)s. Tried only: nothing of it is kept, and it is no list for payment.")
        % {"day": written(as_of, "full")},
        *_in_words(answers),
    ]
    sheet = Sheet(
        _("Trial"),
        told.title,
        notes,
        [row, Field(amount.heading, amount.width, "money"), rule, why],
        [(str(one.row), one.amount_minor, rule_words(told, one), one.reason) for one in answers],
        total=_("Total"),
    )
    made = io.BytesIO()
    write_book(told.title, [sheet], made_at, made)
    return made.getvalue()
