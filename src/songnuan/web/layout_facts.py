"""What each column asks in the form of a layout of bank files: what it is called, and its fact."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_BODY = "payments.banklayout.body:"
LAYOUT_LINES: tuple[tuple[Promise, str], ...] = (
    (_("Heading"), f"{_BODY}column.heading"),
    (_("What it holds"), f"{_BODY}column.content"),
    (_("Fixed text or code"), f"{_BODY}column.text"),
    (_("may never be empty"), f"{_BODY}column.needed"),
    (_("Characters at most"), f"{_BODY}column.longest"),
    (_("In the row of the total"), f"{_BODY}total.content"),
    (_("Text in the row of the total"), f"{_BODY}total.text"),
)
