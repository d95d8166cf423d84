"""The form of a measure, made from the settings of its kind: plain ones as inputs, lists as lines of text."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from songnuan.journeys.measures import kinds
from songnuan.plans import rewriting
from songnuan.plans.faults import PlanRefused, place, sentence_of
from songnuan.plans.rewriting import Change
from songnuan.plans.yamltext import outline
from songnuan.web.forms import Day
from songnuan.web.plan_forms import TextForm

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def words_of(description: str | None, name: str) -> str:
    """Return the reader's half of a description such as “单位数 / units”; the name where there is none."""
    chinese, slash, english = (description or name).partition(" / ")
    return english if slash and not (get_language() or "zh").startswith("zh") else chinese


class MeasureForm(TextForm):
    """The settings of one measure of a kind. A list of entries is written as in the plan file."""

    def __init__(self, kind: str, told: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.told_settings = told
        self.model: type[BaseModel] = kinds()[kind].settings
        self.nested: set[str] = set()
        self.clause_key = self.key = ""
        for name, info in self.model.model_fields.items():
            self.fields[name] = self._field(name, info)
            value = told.get(name, None if info.is_required() else info.default)
            self.initial[name] = (
                rewriting.snippet(value).rstrip("\n") if name in self.nested and value else value
            )

    def _field(self, name: str, info: FieldInfo) -> forms.Field:
        label, plain = words_of(info.description, name), plain_type(info.annotation)
        required = info.is_required()
        if plain is bool:
            return forms.BooleanField(label=label, required=False)
        if plain is date:
            return Day(label=label, required=required)
        if choices := choices_of(plain):
            rows = choices if required else [("", "—"), *choices]
            return forms.ChoiceField(label=label, required=required, choices=rows)
        if plain is int:
            widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
            return forms.CharField(label=label, required=required, widget=widget)
        if plain is str:
            return forms.CharField(label=label, required=required)
        self.nested.add(name)
        area = forms.Textarea(attrs={"rows": 10, "class": "code", "spellcheck": "false"})
        return forms.CharField(
            label=label, required=required, widget=area, strip=False, help_text=entries_of(plain)
        )

    def clean(self) -> dict[str, Any]:
        """Read the settings as a plan file would be read, and say beside each input what is wrong."""
        super().clean()
        settings = self.settings()
        said = set(self.errors)  # of these inputs it is known already what is wrong
        try:
            self.model.model_validate(settings)
        except ValidationError as error:
            for fault in error.errors():
                path = tuple(fault["loc"])
                sentence = sentence_of(fault, [*self.model.model_fields])
                field = str(path[0]) if path and path[0] in self.fields else None
                if field in said:
                    continue
                where = place(path, settings) if len(path) > 1 or field is None else ""
                words = {"where": where, "sentence": sentence}
                self.add_error(field, _("%(where)s: %(sentence)s") % words if where else sentence)
        return self.cleaned_data

    def settings(self) -> dict[str, Any]:
        """Return the settings as a plan file has them; what was left empty is left out."""
        found: dict[str, Any] = {}
        for name in self.model.model_fields:
            value = self.cleaned_data.get(name)
            if name in self.nested:
                value = self._entries(name, value or "")
            elif isinstance(value, date):
                value = value.isoformat()
            elif isinstance(value, str):
                value = (
                    int(value) if self._is_number(name) and _WHOLE.fullmatch(value.strip()) else value.strip()
                )
            if value not in {None, ""} if isinstance(value, str | None) else True:
                found[name] = value
        return found

    def _is_number(self, name: str) -> bool:
        return plain_type(self.model.model_fields[name].annotation) is int

    def _entries(self, name: str, text: str) -> Any:  # noqa: ANN401 - any part of a plan file
        if not text.strip():
            return None
        try:
            return outline(text).data
        except PlanRefused as refused:
            for fault in refused.faults:
                self.add_error(name, str(fault))
            return None

    def change(self) -> Change:
        """Set the settings of the measure under its clause."""
        return rewriting.measure(self.clause_key, self.key, self.kind, self.settings())

    def field_of(self, path: Sequence[str | int]) -> str:
        """Return the setting that a place in the file belongs to."""
        name = str(path[4]) if len(path) > 4 else ""
        return name if name in self.fields else ""


def plain_type(annotation: Any) -> Any:  # noqa: ANN401 - a type as it was written
    """Return the type of a setting without its “or nothing”, and without what else is asked of it."""
    if get_origin(annotation) is Annotated:
        return plain_type(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        inner = [part for part in get_args(annotation) if part is not type(None)]
        return plain_type(inner[0]) if len(inner) == 1 else annotation
    return annotation


def choices_of(plain: Any) -> list[tuple[str, str]]:  # noqa: ANN401 - a type as it was written
    """Return what may be chosen, where a setting is one of a few words."""
    if get_origin(plain) is Literal:
        return [(str(word), str(word)) for word in get_args(plain)]
    if isinstance(plain, type) and issubclass(plain, Enum):
        return [(str(one.value), str(getattr(one, "label", one.value))) for one in plain]
    return []


def entries_of(plain: Any) -> str:  # noqa: ANN401 - a type as it was written
    """Say how the entries of a list are written, each with its meaning."""
    models = [
        part for part in (plain, *get_args(plain)) if isinstance(part, type) and issubclass(part, BaseModel)
    ]
    if not models:
        return _("Each item on a line of its own, after a hyphen and a space.")
    names = [
        f"{name}: {words_of(info.description, name)}" + ("" if info.is_required() else " " + _("(optional)"))
        for name, info in models[0].model_fields.items()
    ]
    sentence = _("As in the plan file: each item begins with a hyphen. Its entries are %(names)s.")
    return sentence % {"names": "; ".join(names)}
