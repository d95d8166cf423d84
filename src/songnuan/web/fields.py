"""The inputs of our forms: Django's own, each of which says the fact it asks.

A fact is named by the column that keeps it, such as "visits.visit.conditions"; where one column keeps
several, the one that is meant stands behind a colon. What is no fact but a wish, such as a box that says
one is sure, begins with "act:". `facts` tells what the house knows by itself, and has nobody asked for it.
"""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from songnuan.kernel.money import parse_yuan, yuan
from songnuan.kernel.refusal import Refusal


class Asked:
    """An input that says which fact it asks.

    Args:
        fact: The fact.
        again: Why another form asks for it too; empty where none does.

    `named` tells it from others with the same label, in the list of what is wrong; empty where none has it.
    """

    named = ""

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
    """A whole number."""


class BooleanField(Asked, forms.BooleanField):
    """A box to tick."""


class ChoiceField(Asked, forms.ChoiceField):
    """One of a few words."""


class TypedChoiceField(Asked, forms.TypedChoiceField):
    """One of a list, cleaned to what it stands for."""


class TypedMultipleChoiceField(Asked, forms.TypedMultipleChoiceField):
    """Some of a list."""


class MultipleChoiceField(Asked, forms.MultipleChoiceField):
    """Some of a few words."""


class TimeField(Asked, forms.TimeField):
    """A time of the day."""


class FileField(Asked, forms.FileField):
    """A file."""


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

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class Moment(Asked, forms.DateTimeField):
    """A day and a minute in China, with the browser's own picker."""

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
