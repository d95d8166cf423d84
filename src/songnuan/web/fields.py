"""The inputs of our forms: Django's own, each of which says the fact it asks.

A fact is named by the column that keeps it, such as "visits.visit.conditions"; where one column keeps
several, the one that is meant stands behind a colon. What is no fact but a wish, such as a box that says
one is sure, begins with "act:". `facts` tells what the house knows by itself, and has nobody asked for it.
"""

import re
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.money import HALF_WIDTH, parse_yuan, yuan
from songnuan.kernel.refusal import Refusal
from songnuan.web.sentences import CHOICE, COMMON, FILE, Sentences

_WHOLE = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.0*)?")
_LONGEST = 1000
_DIGITS = 19  # fewer than these make a number that both databases hold


def whole(text: str) -> int | None:
    """Read a whole number such as "1,000", in signs of either width; None when it is none."""
    plain = text.translate(HALF_WIDTH).strip()
    if len(plain) > _LONGEST or _WHOLE.fullmatch(plain) is None:
        return None
    return int(plain.partition(".")[0].replace(",", ""))


class Asked:
    """An input that says which fact it asks.

    Args:
        fact: The fact.
        again: Why another form asks for it too; empty where none does.

    `named` tells it from others with the same label, in the list of what is wrong; empty where none has it.
    """

    named = ""
    default_error_messages: ClassVar[Sentences] = COMMON

    def __init__(self, *args: Any, fact: str, again: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        super().__init__(*args, **kwargs)
        self.fact = fact
        self.again = again


class Field(Asked, forms.Field):
    """An input of a kind of its own."""


class CharField(Asked, forms.CharField):
    """A line, or some lines, of text.

    A browser that knows how long it may be cuts what is pasted and says nothing: what is too long is handed
    in, refused with a sentence, and kept to be shortened.
    """

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Return what Django tells the browser, but for the length."""
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class IntegerField(Asked, forms.IntegerField):
    """A whole number, with or without commas between its thousands."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid": _("Enter a whole number, such as 12."),
    }

    def to_python(self, value: Any) -> int | None:  # noqa: ANN401 - as Django's
        """Read the number.

        Raises:
            ValidationError: When it is none.

        """
        if value in self.empty_values:
            return None
        number = whole(str(value))
        if number is None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


class BooleanField(Asked, forms.BooleanField):
    """A box to tick."""


class ChoiceField(Asked, forms.ChoiceField):
    """One of a few words."""

    default_error_messages: ClassVar[Sentences] = {"invalid_choice": CHOICE}


class TypedChoiceField(Asked, forms.TypedChoiceField):
    """One of a list, cleaned to what it stands for."""

    default_error_messages: ClassVar[Sentences] = {"invalid_choice": CHOICE}


class TypedMultipleChoiceField(Asked, forms.TypedMultipleChoiceField):
    """Some of a list."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid_choice": CHOICE,
        "invalid_list": CHOICE,
    }


class MultipleChoiceField(Asked, forms.MultipleChoiceField):
    """Some of a few words."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid_choice": CHOICE,
        "invalid_list": CHOICE,
    }


class Ticked(Asked, forms.Field):
    """Rows ticked in a table of a page, cleaned to their ids; whether they are there is asked by the act."""

    widget = forms.CheckboxSelectMultiple

    def to_python(self, value: Any) -> list[int]:  # noqa: ANN401 - as Django's
        """Read the ids.

        Raises:
            ValidationError: For what is none: it was not ticked on the page.

        """
        told = list(value or ())
        if not all(one.isascii() and one.isdigit() and len(one) < _DIGITS for one in told):
            raise ValidationError(CHOICE, code="invalid_choice")
        return [int(one) for one in told]


class TimeField(Asked, forms.TimeField):
    """A time of the day."""

    default_error_messages: ClassVar[Sentences] = {"invalid": _("Enter a time of the day, such as 09:30.")}


class FileField(Asked, forms.FileField):
    """A file."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid": FILE,
        "missing": FILE,
        "empty": _("The file is empty. Choose another."),
        "max_length": _("The name of the file has %(length)s characters; at most %(max)s fit. Shorten it."),
        "contradiction": _("Choose a file, or tick that it goes; not both."),
    }


class Words(CharField):
    """A text of some lines; a line ends as the page counts it, with one character."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:  # noqa: ANN401 - as Django's
        """Return the text with one character at the end of a line."""
        text = super().to_python(value)
        return text.replace("\r\n", "\n") if isinstance(text, str) else text


class Money(CharField):
    """An amount in yuan, cleaned to fen: "14,100" -> 1410000."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - Django's CharField says str, ours is int or None
        """Read the text.

        Raises:
            ValidationError: With the sentence of `kernel.money`, when it is no amount.

        """
        if value in self.empty_values:
            return None
        try:
            return parse_yuan(str(value))
        except Refusal as refusal:
            raise ValidationError(refusal.sentence, code=refusal.code) from None

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - fen from the program, text from the reader
        """Show an initial amount in yuan; leave what was typed as it was."""
        return yuan(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401 - as Django's
        """Return whether another amount was typed than the one that stood there."""
        return super().has_changed(self.prepare_value(initial), data)


class Day(Asked, forms.DateField):
    """A day, with the browser's own calendar."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid": _("Enter a day that is in the calendar, such as 2020-04-16."),
    }

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class Moment(Asked, forms.DateTimeField):
    """A day and a minute in China, with the browser's own picker."""

    default_error_messages: ClassVar[Sentences] = {
        "invalid": _("Enter a day and a time, such as 2020-04-16 09:30."),
    }

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
        kwargs.setdefault("widget", widget)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - as Django's
        """Show minutes, as the picker wants them."""
        shown = super().prepare_value(value)
        return shown.replace(second=0, microsecond=0) if isinstance(shown, datetime) else shown

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401 - as Django's
        """Return whether another minute was chosen than the one that stood there."""
        if isinstance(initial, datetime):
            initial = initial.replace(second=0, microsecond=0)
        return super().has_changed(initial, data)
