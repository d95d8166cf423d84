"""Why a payment cannot stand in a layout: what its bank would misread, refuse or pay to somebody else."""

import re
from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from songnuan.documents.comma_text import RUN_BY_PROGRAMS
from songnuan.kernel.faults import Fault
from songnuan.kernel.identity import IdentityKind, identity
from songnuan.kernel.money import LIMIT_MINOR
from songnuan.payments.layouts.judging import UNSEEN
from songnuan.payments.layouts.model import Column, Content, Layout
from songnuan.payments.layouts.payline import PayLine, fen, text_getter, yuan

_ALWAYS = frozenset({Content.ACCOUNT, Content.NAME, Content.REFERENCE})
_ACCOUNT = re.compile(r"[0-9]{8,32}")

Check = Callable[[PayLine], str | None]


def checker(layout: Layout) -> Check:
    """Return what tells of each payment why it cannot stand in the layout."""
    checks = [_amount, *(check for column in layout.columns if (check := _of_column(layout, column)))]

    def check_all(line: PayLine) -> str | None:
        for check in checks:
            if (why := check(line)) is not None:
                return why
        return None

    return check_all


def _amount(line: PayLine) -> str | None:
    if 0 < line.amount_minor <= LIMIT_MINOR:
        return None
    return _("The amount is nothing, or too large for a payment.")


def _of_column(layout: Layout, column: Column) -> Check | None:
    """Return the check of what a column says; None for one that always fits."""
    content = column.content
    if content in {Content.FIXED, Content.POSITION}:
        return None
    if content == Content.AMOUNT:
        if column.longest is None:
            return None
        return partial(_long_amount, column.longest, yuan if layout.unit == "yuan" else fen)
    if content == Content.ACCOUNT:
        return partial(_account, column)
    if content == Content.ID_TYPE:
        return _paper
    return _texts(layout, column)


def _long_amount(longest: int, shown: Callable[[int], str], line: PayLine) -> str | None:
    return None if len(shown(line.amount_minor)) <= longest else _too_long(_("amount"), longest)


def _account(column: Column, line: PayLine) -> str | None:
    if not line.account:
        return _("There is no account to pay to.")
    if not _ACCOUNT.fullmatch(line.account):
        return _("The account is not made of 8 to 32 digits.")
    if column.longest is not None and len(line.account) > column.longest:
        return _too_long(column.heading, column.longest)
    return None


def _paper(line: PayLine) -> str | None:
    """Refuse whoever has another paper than an identity card: the layout has a code for that alone."""
    if not line.id_number:
        return None
    try:
        kind = identity(line.id_number).kind
    except Fault:
        kind = None
    if kind == IdentityKind.RESIDENT:
        return None
    return _("The number is not that of a resident identity card, the only paper this layout has a code for.")


def _broken(layout: Layout) -> re.Pattern[str]:
    return re.compile(f'[{UNSEEN}"{re.escape(layout.sign)}]' if layout.is_text else f"[{UNSEEN}]")


def _texts(layout: Layout, column: Column) -> Check:
    """Return the check of a text: the common case is told by few looks, as a million are."""
    get, broken, longest = text_getter(column.content), _broken(layout), column.longest
    may_lack = not column.needed and column.content not in _ALWAYS
    encoding = layout.encoding.value if layout.is_text else ""

    def check(line: PayLine) -> str | None:
        text = get(line)
        if not text:
            return None if may_lack else _("“%(column)s” is empty.") % {"column": column.heading}
        if found := broken.search(text):
            return _sign(column, found[0])
        if encoding and (why := _in_text(column, text, encoding)):
            return why
        if longest is not None and len(text) > longest:
            return _too_long(column.heading, longest)
        return None

    return check


def _in_text(column: Column, text: str, encoding: str) -> str | None:
    """Return why a text cannot stand in a file that is text itself."""
    if text.startswith(RUN_BY_PROGRAMS):
        told = {"column": column.heading, "sign": text[0]}
        return _("“%(column)s” begins with “%(sign)s”, which table programs take for a formula.") % told
    if not text.isascii():
        try:
            text.encode(encoding)
        except UnicodeEncodeError as fault:
            told = {"column": column.heading, "sign": text[fault.start]}
            return _("“%(column)s” holds “%(sign)s”, which the encoding does not know.") % told
    return None


def _sign(column: Column, sign: str) -> str:
    if sign.isprintable():
        told = {"column": column.heading, "sign": sign}
        return _("“%(column)s” holds “%(sign)s”, which would break the columns of the file.") % told
    told = {"column": column.heading}
    return _("“%(column)s” holds a line break, or a character that cannot be seen.") % told


def _too_long(heading: str, limit: int) -> str:
    told = {"column": heading, "limit": limit}
    return _("“%(column)s” is longer than the %(limit)s characters that the bank takes.") % told
