"""What the facts of refusals are called, where no act has a fact of this name or it means another thing.

A few codes use a name in a sense of their own: these labels stand by the code.
"""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

OF_REFUSALS: Mapping[str, Promise] = {
    "approved_on": pgettext_lazy("fact", "approved on"),
    "base": pgettext_lazy("fact", "written on version"),
    "came": pgettext_lazy("fact", "came of it"),
    "came_on": pgettext_lazy("fact", "more came on"),
    "column": pgettext_lazy("fact", "column"),
    "current": pgettext_lazy("fact", "version that stands"),
    "declared": pgettext_lazy("fact", "named as"),
    "disposal": pgettext_lazy("fact", "disposal"),
    "donation": pgettext_lazy("fact", "donation"),
    "duty": pgettext_lazy("fact", "duty"),
    "figure": pgettext_lazy("fact", "figure"),
    "first": pgettext_lazy("fact", "not before"),
    "found": pgettext_lazy("fact", "found"),
    "free": pgettext_lazy("fact", "free to be bought"),
    "got": pgettext_lazy("fact", "got before"),
    "issue": pgettext_lazy("fact", "goods given out"),
    "layout": pgettext_lazy("fact", "layout of bank files"),
    "line": pgettext_lazy("fact", "line"),
    "max": pgettext_lazy("fact", "at most"),
    "numbers": pgettext_lazy("fact", "spoken for by requests"),
    "pixels": pgettext_lazy("fact", "size of the picture"),
    "position": pgettext_lazy("fact", "payment"),
    "proposed_minor": pgettext_lazy("fact", "proposed as lost"),
    "roster": pgettext_lazy("fact", "roster"),
    "reckoning": pgettext_lazy("fact", "reckoning"),
    "row": pgettext_lazy("fact", "row"),
    "share": pgettext_lazy("fact", "share of the unit"),
    "sheet": pgettext_lazy("fact", "sheet"),
    "size_bytes": pgettext_lazy("fact", "size of the file"),
    "slug": pgettext_lazy("fact", "plan"),
    "standard": pgettext_lazy("fact", "standard of money to people"),
    "stock_count": pgettext_lazy("fact", "stock count"),
    "subject": pgettext_lazy("fact", "about"),
    "sums": pgettext_lazy("fact", "sums that are others now"),
    "visit": pgettext_lazy("fact", "visit"),
    "wanted": pgettext_lazy("fact", "expected"),
    "worth_minor": pgettext_lazy("fact", "worth"),
}

_OF_A_PACK = {
    "most_minor": pgettext_lazy("fact", "a pack at most"),
    "price_minor": pgettext_lazy("fact", "price of a pack"),
}
OF_CODES: Mapping[str, Mapping[str, Promise]] = {
    "above_approved": _OF_A_PACK,
    "beyond_paid": {"paid_minor": pgettext_lazy("fact", "paid and not refunded")},
    "calendar_ends": {"last": pgettext_lazy("fact", "calendar known until the end of")},
    "closing_stale": {"left_minor": pgettext_lazy("fact", "left when it was proposed")},
    "list_differs": {"people": pgettext_lazy("fact", "people told otherwise now")},
    "file_kind": {"found": pgettext_lazy("fact", "is really")},
    "packs_spoken_for": {"asked": pgettext_lazy("fact", "asked for in requests")},
    "packs_worth_more": {"refunded_minor": pgettext_lazy("fact", "refunded for them")},
    "slug_differs": {
        "found": pgettext_lazy("fact", "the file is of plan"),
        "wanted": pgettext_lazy("fact", "this is plan"),
    },
    "stock_expired": {
        "in_store": pgettext_lazy("fact", "may still go out"),
        "left": pgettext_lazy("fact", "there but expired"),
        "lot": pgettext_lazy("fact", "lot that expired"),
    },
    "stock_short": {"in_store": pgettext_lazy("fact", "may go out of the store")},
    "units_unpaired": {
        "found": pgettext_lazy("fact", "units paired"),
        "wanted": pgettext_lazy("fact", "units of the plan"),
    },
}

# Why a file could not be read as a table.
UNFIT: Mapping[str, Promise] = {
    "archive": pgettext_lazy("unfit", "an archive, no table"),
    "blank": pgettext_lazy("unfit", "no cell is filled"),
    "bytes": pgettext_lazy("unfit", "bytes that are no text"),
    "columns": pgettext_lazy("unfit", "too many columns"),
    "damaged": pgettext_lazy("unfit", "damaged"),
    "died": pgettext_lazy("unfit", "damaged, or a cell stands far from the table"),
    "empty": pgettext_lazy("unfit", "empty"),
    "file": pgettext_lazy("unfit", "the file is too large"),
    "foreign": pgettext_lazy("unfit", "neither a workbook nor a text with a table"),
    "markup": pgettext_lazy("unfit", "a web page or an XML text"),
    "no_file": pgettext_lazy("unfit", "no such file"),
    "password": pgettext_lazy("unfit", "protected by a password"),
    "quote": pgettext_lazy("unfit", "a quotation mark is never closed"),
    "rows": pgettext_lazy("unfit", "too many rows"),
    "slow": pgettext_lazy("unfit", "takes too long to read"),
    "text": pgettext_lazy("unfit", "a row with too much text"),
    "unpacked": pgettext_lazy("unfit", "unpacks to too much"),
}
