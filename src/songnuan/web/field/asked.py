"""What kinds share that ask by the forms of the site: their words, and what a form refuses."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.web.fields import Asked
from songnuan.web.templatetags.songnuan import as_name

Word = str | Promise


def words_of(prefix: str, form: type[forms.Form], names: str) -> dict[str, Word]:
    """Return the labels of inputs of a form, and what stands below them, as words of the app.

    `names` stand with spaces between them; "when" becomes `prefix.when` and `prefix.when.hint`.
    """
    found: dict[str, Word] = {}
    for name in names.split():
        field = form.base_fields[name]
        found[f"{prefix}.{name}"] = _label(field)
        if field.help_text:
            found[f"{prefix}.{name}.hint"] = field.help_text
    return found


def _label(field: forms.Field) -> Word:
    return "" if field.label is None else field.label


def choices_of(name: str, choices: Iterable[tuple[str, Word]]) -> dict[str, Word]:
    """Return a list to choose from as words of the app: its values under its name, and a word for each."""
    listed = list(choices)
    return {name: " ".join(value for value, _label in listed)} | {
        f"{name}.{value}": label for value, label in listed
    }


def require_same(known: datetime | None, sent: datetime | None) -> None:
    """Let pass a record that was taken before and comes again: by its device's clock it is the same.

    Raises:
        Refusal: `key_reused`.

    """
    if known != sent:
        sentence = _("This entry was already received with other content. Reload the page and enter it anew.")
        raise Refusal("key_reused", sentence)


def wrong(asked: Iterable[forms.Form]) -> str:
    """Return everything that is wrong with forms that were filled in, in one text; empty where nothing is."""
    sentences = [sentence for form in asked for sentence in _sentences(form)]
    return " ".join(dict.fromkeys(sentences))


def _sentences(form: forms.Form) -> Iterator[str]:
    for name, errors in form.errors.items():
        field = form.fields.get(name)
        label = "" if field is None else (isinstance(field, Asked) and field.named) or str(_label(field))
        for error in errors:
            said = _("%(what)s: %(of)s") % {"what": as_name(label), "of": error} if label else str(error)
            yield said if said.endswith((".", "。", "！", "？", "?")) else f"{said}."
