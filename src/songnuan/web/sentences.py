"""What an input says of what it cannot take: Django's own sentences speak of values and variables."""

from typing import TYPE_CHECKING, TypeAlias

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Sentences: TypeAlias = "dict[str, str | _StrPromise]"
"""Sentences by the code of what is wrong."""

REQUIRED = _("Fill this in.")
"""The one sentence for an input that was left empty."""

CHOICE = _("Choose from what is offered here.")
FILE = _("The file did not arrive. Choose it again.")

COMMON: Sentences = {
    "required": REQUIRED,
    "max_length": _("This has %(show_value)s characters; at most %(limit_value)s fit. Shorten it."),
    "min_length": _("This has %(show_value)s characters; at least %(limit_value)s are needed."),
    "max_value": _("This is too large: at most %(limit_value)s can be entered."),
    "min_value": _("This is too small: at least %(limit_value)s has to be entered."),
    "null_characters_not_allowed": _("This holds a sign that is no text. Type it anew."),
}
