"""How forms are rendered, and what every form of ours can do."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.forms.renderers import DjangoTemplates

from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.web.counting import tell


class Renderer(DjangoTemplates):
    """Render forms, fields and errors with our templates; widgets stay Django's own."""

    form_template_name = "web/parts/form.html"
    field_template_name = "web/parts/field.html"


# Inputs that stand there once for each line, such as lines-7-quantity, or lot-3.
_OF_A_LINE = re.compile(r"([a-z_]+-\d+)(?:-\w+)?")

# Inputs that can't be announced as required: a box to tick, a file, a group of choices. Their mark is read.
_UNANNOUNCED = (
    forms.CheckboxInput,
    forms.CheckboxSelectMultiple,
    forms.FileInput,
    forms.HiddenInput,
    forms.RadioSelect,
)


class Bound(BoundField):
    """A field of a form of ours: a screen reader says that it has to be filled in."""

    def build_widget_attrs(self, attrs: Any, widget: forms.Widget | None = None) -> dict[str, Any]:  # noqa: ANN401 - as Django's
        """Return the attributes of the input."""
        found: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        if self.is_asked and self.announces(widget):
            found["aria-required"] = "true"
        return found

    @property
    def is_asked(self) -> bool:
        """Return whether it has to be filled in; of a line that may be left empty, nothing has to."""
        return self.field.required and not self.form.empty_permitted

    def announces(self, widget: forms.Widget | None = None) -> bool:
        """Return whether the input itself can say that it has to be filled in."""
        return not isinstance(widget or self.field.widget, _UNANNOUNCED)


class Form(forms.Form):
    """A form of ours: it can say a refusal beside the field it belongs to, and tells what it asks.

    `asks` names it in the counts of what people are asked (see `facts.FORMS`).
    """

    asks: ClassVar[str] = ""
    bound_field_class = Bound
    use_required_attribute = False  # the browser's bubbles are no error summary

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        if self.is_bound:
            tell(self, self.asks)

    def line_of(self, name: str) -> str:
        """Return the line in which an input stands that is there for each thing; empty for all others."""
        match = _OF_A_LINE.fullmatch(name)
        return match[1] if match and name not in self.base_fields else ""

    def refuse(self, refusal: Refusal) -> None:
        """Add the refusal's sentence to its field, or to the form where it has no such field."""
        place = refusal.field if refusal.field in self.fields else None
        self.add_error(place, ValidationError(refusal.sentence, code=refusal.code))

    @contextmanager
    def refusals(self, said: Collection[str] = ()) -> Iterator[None]:
        """Carry out inside what the form asks for; what is refused is said in the form, and it goes on below.

        What the reader may not do at all is no matter of the form, but for the codes in `said`.
        """
        try:
            yield
        except Refusal as refusal:
            if isinstance(refusal, NotPermitted) and refusal.code not in said:
                raise
            self.refuse(refusal)
