"""What kinds share that ask by the forms of the site: the words of choices, and what a form refuses."""

from collections.abc import Iterable, Iterator

from django import forms
from django.db import models
from django.utils.translation import gettext as _

from songnuan.web.fields import Asked
from songnuan.web.templatetags.songnuan import as_name

Choices = list[list[str]]


def choices_of(words: type[models.TextChoices]) -> Choices:
    """Return the values of a choice with their words in the reader's language."""
    return [[value, str(label)] for value, label in words.choices]


def wrong(asked: Iterable[forms.Form]) -> str:
    """Return everything that is wrong with forms that were filled in, in one text; empty where nothing is."""
    sentences = [sentence for form in asked for sentence in _sentences(form)]
    return " ".join(dict.fromkeys(sentences))


def _sentences(form: forms.Form) -> Iterator[str]:
    for name, errors in form.errors.items():
        field = form.fields.get(name)
        label = (field.named if isinstance(field, Asked) else "") or (field.label if field else "")
        for error in errors:
            said = _("%(what)s: %(of)s") % {"what": as_name(label), "of": error} if label else str(error)
            yield said if said.endswith((".", "。", "！", "？", "?")) else f"{said}."
