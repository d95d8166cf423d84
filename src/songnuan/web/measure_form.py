"""The form of a measure, made from the settings of its kind: an input each, a row for each entry of lists."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django import forms
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from songnuan.journeys.measures import kinds
from songnuan.organisation.models import UnitKind
from songnuan.plans import rewriting
from songnuan.plans.comparing import shown
from songnuan.plans.faults import place, sentence_of
from songnuan.plans.rewriting import Change
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, whole
from songnuan.web.plan_forms import UNITS, Group, TextForm

SPARE = 2  # empty rows at the end of a list, to write new entries in
_OWNER = "owner"  # of a duty: the name of a unit
_KEY = "key"  # of an entry: lasting, not for readers


def word_of(value: str) -> str:
    """Return one of the few words a setting may be, in the reader's language."""
    words = {
        "day": pgettext("again", "every day"),
        "week": pgettext("again", "every week"),
        "month": pgettext("again", "every month"),
        "unit": pgettext("standard", "per unit"),
        "person": pgettext("standard", "per person"),
        "family": pgettext("standard", "per family"),
        "divide": pgettext("batches", "they divide the people, each gets one kit"),
        "rounds": pgettext("batches", "rounds for all, each gets one kit every time"),
        "half_day": pgettext("again", "every half-day"),
        "always": pgettext("reports", "all the time"),
        "response": pgettext("reports", "only while a response is in force"),
        "liaison": pgettext("ladder", "the unit itself"),
        "parent": pgettext("ladder", "the unit above it"),
        "office": pgettext("ladder", "the emergency office"),
        "group": pgettext("ladder", "the leading group"),
        "department": str(UnitKind.DEPARTMENT.label),
        "subordinate": str(UnitKind.SUBORDINATE.label),
        "front_line": str(UnitKind.FRONT_LINE.label),
        "leader": pgettext("signers", "the leader"),
        "leader_and_deputies": pgettext("signers", "the leader and the deputy leaders"),
        "all_members": pgettext("signers", "every member of the leading group"),
    }
    return words.get(value, value)


def words_of(description: str | None, name: str) -> str:
    """Return the reader's half of a description such as “单位数 / units”; the name where there is none."""
    chinese, slash, english = (description or name).partition(" / ")
    return english if slash and not (get_language() or "zh").startswith("zh") else chinese


def settings_words(kind: str, settings: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return the settings of a measure as a reader takes them in: what each is called, and its value."""
    known = kinds().get(kind)
    fields = known.settings.model_fields if known else {}
    return tuple(
        (words_of(fields[name].description if name in fields else None, name), shown(value))
        for name, value in settings.items()
    )


class MeasureForm(TextForm):
    """The settings of one measure of a kind. Of a list of entries each is a row of inputs.

    An entry's key is lasting and is not asked: it travels with its row, and a new row is given one.
    """

    asks = "plan_measure"

    def __init__(self, kind: str, told: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.told_settings = told
        self.model: type[BaseModel] = kinds()[kind].settings
        self.lists: dict[str, type[BaseModel]] = {}
        self.counts: dict[str, int] = {}
        self.places: dict[str, list[int]] = {}
        self.version = 0  # on which it is written; set by the page
        self.clause_key = self.key = ""
        for name, info in self.model.model_fields.items():
            if entry := entry_of(plain_type(info.annotation)):
                self._add_rows(name, entry, told.get(name) or ())
                continue
            self.fields[name] = field_for(name, info, needed=info.is_required(), asked=name)
            self.initial[name] = told.get(name, None if info.is_required() else info.default)

    def _add_rows(self, name: str, entry: type[BaseModel], told: Sequence[Mapping[str, Any]]) -> None:
        self.lists[name] = entry
        self.counts[name] = max(len(told) + SPARE, self._posted_rows(name))
        for spot in range(self.counts[name]):
            for column, info in entry.model_fields.items():
                if column == _KEY:
                    field: forms.Field = CharField(fact="act:row", required=False, widget=forms.HiddenInput)
                else:
                    field = field_for(column, info, needed=False, asked=f"{name}.{column}")
                    if column == _OWNER:
                        field.widget.attrs["list"] = UNITS
                    field.label = field.label if info.is_required() else f"{field.label}{_('(optional)')}"
                self.fields[f"{name}-{spot}-{column}"] = field
                if spot < len(told):
                    self.initial[f"{name}-{spot}-{column}"] = told[spot].get(column)

    def _posted_rows(self, name: str) -> int:
        """Return how many rows were posted: the text may have fewer by now, and nothing typed is lost."""
        posted = (re.fullmatch(rf"{re.escape(name)}-([0-9]{{1,2}})-.+", key) for key in self.data)
        return max((int(match[1]) + 1 for match in posted if match), default=0)

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
                field = self._input(path)
                if field in said:
                    continue
                where = "" if field else place(path, settings)
                words = {"where": where, "sentence": sentence}
                self.add_error(field or None, _("%(where)s: %(sentence)s") % words if where else sentence)
        return self.cleaned_data

    def settings(self) -> dict[str, Any]:
        """Return the settings as a plan file has them; what was left empty is left out."""
        found: dict[str, Any] = {}
        for name, info in self.model.model_fields.items():
            value = self._rows(name) if name in self.lists else written(self.cleaned_data.get(name), info)
            if not _goes_without_saying(name, value, info, self.told_settings):
                found[name] = value
        return found

    def _rows(self, name: str) -> list[dict[str, Any]] | None:
        """Return the entries that say something, and note the places of their rows."""
        found: list[dict[str, Any]] = []
        self.places[name] = []
        told = self.told_settings.get(name) or ()
        for spot in range(self.counts[name]):
            given = {
                column: written(self.cleaned_data.get(f"{name}-{spot}-{column}"), info)
                for column, info in self.lists[name].model_fields.items()
            }
            before = told[spot] if spot < len(told) else {}
            row = {
                column: value
                for column, value in given.items()
                if not _goes_without_saying(column, value, self.lists[name].model_fields[column], before)
            }
            if not row.keys() - {_KEY}:
                continue
            if _KEY in given and not given[_KEY]:
                row[_KEY] = f"item_{self.version}_{spot + 1}"  # no version gives out another's
            self.places[name].append(spot)
            found.append({column: row[column] for column in given if column in row})
        return found or None

    def change(self) -> Change:
        """Set the settings of the measure under its clause."""
        return rewriting.measure(self.clause_key, self.key, self.kind, self.settings())

    def field_of(self, path: Sequence[str | int]) -> str:
        """Return the input that a place in the file belongs to."""
        return self._input(path[4:])

    def _input(self, path: Sequence[str | int]) -> str:
        """Return the input of a place within the settings; for a whole entry, the first of its row."""
        name = str(path[0]) if path else ""
        if name not in self.lists:
            return name if name in self.fields else ""
        places = self.places.get(name, [])
        told = path[1] if len(path) > 1 else 0
        spot = places[told] if isinstance(told, int) and told < len(places) else 0
        column = f"{name}-{spot}-{path[2]}" if len(path) > 2 else ""
        if column in self.fields and not self[column].is_hidden:
            return column
        return next(f"{name}-{spot}-{one}" for one in self.lists[name].model_fields if one != _KEY)

    @property
    def groups(self) -> list[Group]:
        """The plain settings, then each entry of each list."""
        plain = tuple(self[name] for name in self.model.model_fields if name not in self.lists)
        found = [Group("", plain)] if plain else []
        for name, entry in self.lists.items():
            label = words_of(self.model.model_fields[name].description, name)
            told = len(self.told_settings.get(name) or ())
            for spot in range(self.counts[name]):
                is_new = spot >= told
                words = _("%(list)s, a further one") if is_new else _("%(list)s %(number)s")
                fields = tuple(self[f"{name}-{spot}-{column}"] for column in entry.model_fields)
                found.append(Group(words % {"list": label, "number": spot + 1}, fields, is_new=is_new))
        return found


def field_for(name: str, info: FieldInfo, *, needed: bool, asked: str) -> forms.Field:
    """Return the input of a plain setting; `asked` names it among the settings of its kind.

    Raises:
        TypeError: When no input is known for such a setting.

    """
    label, plain = words_of(info.description, name), plain_type(info.annotation)
    fact = f"plans.measure.settings:{asked}"
    if plain is bool:
        return BooleanField(fact=fact, label=label, required=False)
    if plain is date:
        return Day(fact=fact, label=label, required=needed)
    if choices := choices_of(plain):
        rows = choices if needed else [("", "—"), *choices]
        return ChoiceField(fact=fact, label=label, required=needed, choices=rows)
    if plain is int:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
        return CharField(fact=fact, label=label, required=needed, widget=widget)
    if plain is str:
        return CharField(fact=fact, label=label, required=needed)
    raise TypeError(name)


def _goes_without_saying(name: str, value: object, info: FieldInfo, told: Mapping[str, Any]) -> bool:
    """Return whether a setting is left out: nothing was given, or what holds anyway and the text left out."""
    return value is None or (name not in told and not info.is_required() and value == info.default)


def written(value: object, info: FieldInfo) -> Any:  # noqa: ANN401 - any part of a plan file
    """Return what was given in an input as a plan file writes it; None for nothing."""
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return value
    text = value.strip()
    if plain_type(info.annotation) is int and (number := whole(text)) is not None:
        return number
    return text or None


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
        return [(str(word), word_of(str(word))) for word in get_args(plain)]
    if isinstance(plain, type) and issubclass(plain, Enum):
        return [(str(one.value), str(getattr(one, "label", one.value))) for one in plain]
    return []


def entry_of(plain: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type as it was written
    """Return what an entry is made of, where a setting is a list of such."""
    models = (part for part in get_args(plain) if isinstance(part, type) and issubclass(part, BaseModel))
    return next(models, None)
