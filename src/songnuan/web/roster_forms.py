"""The forms of rosters: their head, a workbook brought in, and what its unknown headings mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.documents.columns import letter
from songnuan.documents.reading import FILE_MAX
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import unit_names, units_of
from songnuan.people.models import LegalGround, RosterKind
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Day, FileField, TypedChoiceField
from songnuan.web.forms import Form
from songnuan.web.roster_words import field_label
from songnuan.web.views.shared import Reader

FORMATS = (".xlsx", ".xls", ".ods", ".csv", ".txt")
_ACCEPTED = ",".join((*FORMATS, ".xlsm", ".xlsb", ".tsv"))
MEGABYTE = 1_000_000
# The answer "this column is not wanted".
IGNORE = "-"

_NOTICE = gettext_lazy(
    "To visit, support and protect staff and their families, this unit keeps the facts on this roster: "
    "name, identity number, phone, bank account, unit and post. They are used to grant and pay support, to "
    "record visits and service, and for nothing else. Numbers are kept encrypted; only those in charge see "
    "them, and each look is recorded. When the day of retention is over, everything is erased but what the "
    "rule for accounting archives keeps of a payment. You may ask "
    "this unit at any time to see, copy, correct or delete what is kept about you."
)


class RosterForm(Form):
    """What a roster says of itself. Its kind and unit stay as they were made."""

    asks = "roster"

    title = CharField(fact="people.roster.title", label=gettext_lazy("Title"), max_length=120)
    kind = ChoiceField(
        fact="people.roster.kind",
        label=gettext_lazy("What it lists"),
        choices=RosterKind.choices,
        widget=forms.RadioSelect,
    )
    unit = TypedChoiceField(fact="people.roster.unit", label=gettext_lazy("Unit"), coerce=int)
    purpose = CharField(
        fact="people.roster.purpose",
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy(
            "In one or two sentences; facts that are not needed for it do not belong here."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )
    legal_ground = ChoiceField(
        fact="people.roster.legal_ground",
        label=gettext_lazy("Legal ground"),
        help_text=gettext_lazy(
            "Article 13 of the Personal Information Protection Law. Bank accounts and what concerns "
            "children need the person's separate consent, unless another law says otherwise."
        ),
        choices=[choice for choice in LegalGround.choices if choice[0] != LegalGround.UNSTATED],
        widget=forms.RadioSelect,
    )
    notice = CharField(
        fact="people.roster.notice",
        label=gettext_lazy("Notice to the people on it"),
        help_text=gettext_lazy("Shown to everybody who asks what is kept about them. Adapt it to your case."),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=5000,
    )
    retain_until = Day(
        fact="people.roster.retain_until",
        label=gettext_lazy("Kept until"),
        help_text=gettext_lazy(
            "As short as the purpose allows. After this day everything on it is erased; what was paid stays"
            " for the books until their own day, and who is still to be paid until that is over."
        ),
    )

    def __init__(self, reader: Reader, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self._day = reader.day
        self.fields["notice"].initial = str(_NOTICE)
        reach = unit_names(reader.reach_ids(Permission.PEOPLE_IMPORT), reader.day)
        units: Any = self.fields["unit"]
        units.choices = [("", "—"), *sorted(reach.items(), key=itemgetter(1))]
        units.initial = next((unit.pk for unit in units_of(reader.actor, None, reader.at)), None)

    def keep_kind_and_unit(self) -> None:
        """Leave out what a roster that is made keeps."""
        del self.fields["kind"], self.fields["unit"]

    def clean_retain_until(self) -> date:
        """Return the day.

        Raises:
            ValidationError: When it is over already.

        """
        day: date = self.cleaned_data["retain_until"]
        if day <= self._day:
            raise ValidationError(_("This day is over already. Choose a day to come."), code="past")
        return day


class Bring(Form):
    """A workbook of a roster."""

    asks = "roster_workbook"

    workbook = FileField(
        fact="people.rosterimport.file_name",
        label=gettext_lazy("The workbook as it was sent"),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        error_messages={"empty": gettext_lazy("The file is empty. Choose the one with the table in it.")},
    )
    create_units = BooleanField(
        fact="people.rosterimport.options:create_units",
        label=gettext_lazy("Add units that are not known yet"),
        help_text=gettext_lazy(
            "They are added below this roster's unit, under the name in the workbook. Without this, such "
            "rows are shown as problems: mostly the name is only spelt differently."
        ),
        required=False,
    )

    def __init__(self, *args: Any, may_create: bool, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        if not may_create:
            del self.fields["create_units"]

    def clean_workbook(self) -> "UploadedFile[bytes]":
        """Return the file, unless it is too large.

        Raises:
            ValidationError: Then.

        """
        file: UploadedFile[bytes] = self.cleaned_data["workbook"]
        if (file.size or 0) > FILE_MAX:
            sentence = _(
                "The file has %(size)s MB, more than %(max)s MB. Leave only the sheets with the tables in it."
            )
            figures = {"size": -(-(file.size or 0) // MEGABYTE), "max": FILE_MAX // MEGABYTE}
            raise ValidationError(sentence % figures, code="too_large")
        return file


@dataclass(frozen=True, slots=True)
class Unknown:
    """A heading nobody knows here: where it stands, what it might hold, and a few of its cells.

    `taken` are the headings of the fields that are told already in a sheet where it stands, by field.
    """

    place: int
    heading: str
    proposal: str
    samples: tuple[str, ...]
    sheets: frozenset[str]
    taken: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A heading with its choice; `sheets` are those it stands in."""

    letter: str
    sheets: tuple[str, ...]
    heading: str
    samples: tuple[str, ...]
    field: BoundField


class Headings(Form):
    """One choice for each unknown heading; `chosen` is what was answered, by heading, "" to leave it out."""

    asks = "roster_headings"

    def __init__(self, unknown: Sequence[Unknown], fields: Sequence[str], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        """Take the unknown headings, and the fields there are."""
        super().__init__(*args, **kwargs)
        self._unknown = list(unknown)
        choices = [(IGNORE, _("Leave this column out"))]
        choices += [(field, field_label(field)) for field in fields]
        for index, column in enumerate(self._unknown):
            field = ChoiceField(
                fact=f"people.columnmemory.field:{index}",
                label=_("What “%(heading)s” holds") % {"heading": column.heading},
                choices=choices,
                initial=column.proposal or IGNORE,
                error_messages={"required": _("Say what this column holds, or leave it out.")},
            )
            self.fields[f"column-{index}"] = field

    @property
    def lines(self) -> list[Line]:
        """The headings as the page shows them."""
        return [
            Line(
                letter(column.place),
                tuple(column.sheets),
                column.heading,
                column.samples,
                self[f"column-{index}"],
            )
            for index, column in enumerate(self._unknown)
        ]

    def clean(self) -> dict[str, Any]:
        """Return the answers; in one sheet, a field is told by one column."""
        told: list[tuple[str, Unknown]] = []
        for index, column in enumerate(self._unknown):
            name = f"column-{index}"
            field = self.cleaned_data.get(name, IGNORE)
            if field == IGNORE:
                continue
            others = [one.heading for earlier, one in told if earlier == field and one.sheets & column.sheets]
            other = column.taken.get(field) or next(iter(others), "")
            if other:
                sentence = _("“%(heading)s” holds this already. Leave one of the two out.")
                self.add_error(name, sentence % {"heading": other})
            told.append((field, column))
        return self.cleaned_data

    @property
    def chosen(self) -> dict[str, str]:
        """What was answered, by heading."""
        answers = {
            column.heading: self.cleaned_data[f"column-{index}"] for index, column in enumerate(self._unknown)
        }
        return {heading: "" if field == IGNORE else field for heading, field in answers.items()}
