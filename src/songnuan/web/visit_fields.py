"""The inputs that only forms of visits have: people, a signature, photos, a place."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.kernel.positions import Position
from songnuan.kernel.refusal import Refusal
from songnuan.records.media import MAX_BYTES
from songnuan.records.pictures import Photo, is_stroke, is_whole, photo_of
from songnuan.visits.field_models import PHOTOS_MOST
from songnuan.visits.models import Result
from songnuan.visits.rules import REASON_LONGEST
from songnuan.web.fields import CharField, ChoiceField, Field, FileField, TypedMultipleChoiceField

SIGNATURE_MOST = 400_000  # bytes; a drawn line has some thousands
TOO_SHORT = gettext_lazy("This is no signature yet. Clear it and have the receiver sign with the full name.")
_DATA_URL = "data:image/png;base64,"
_PNG = b"\x89PNG\r\n\x1a\n"


class Colleagues(TypedMultipleChoiceField):
    """People of the lead office. Whether anybody went at all is for the rules: there may be others."""

    def validate(self, value: Any) -> None:  # noqa: ANN401 - as Django's
        """Refuse people who are not offered; nobody at all passes."""
        if value:
            super().validate(value)


class Signature(Field):
    """A drawn signature, as the page sends it: a PNG in a data URL, cleaned to its bytes; b"" for none."""

    widget = forms.HiddenInput
    too_short = TOO_SHORT

    def to_python(self, value: Any) -> bytes:  # noqa: ANN401 - as Django's
        """Read the picture.

        Raises:
            ValidationError: When it is none, too large, or no more than a dot.

        """
        text = str(value or "")
        if not text:
            return b""
        if len(text) > len(_DATA_URL) + SIGNATURE_MOST * 4 // 3:
            raise ValidationError(_("The signature is too large. Clear it and sign again."), code="size")
        try:
            picture = b64decode(text.removeprefix(_DATA_URL), validate=True)
        except (NotBase64, ValueError):
            picture = b""
        if not text.startswith(_DATA_URL) or not picture.startswith(_PNG):
            raise ValidationError(_("The signature can't be read. Clear it and sign again."), code="kind")
        if not is_whole(picture):
            raise ValidationError(_("The signature came damaged. Clear it and sign again."), code="damaged")
        if not is_stroke(picture):
            raise ValidationError(TOO_SHORT, code="stroke")
        return picture


class SeveralFiles(forms.FileInput):
    """The browser's own choice of files, more than one at a time."""

    allow_multiple_selected = True


class Photos(FileField):
    """Some photos, cleaned to what is kept of them: made anew, without what the camera wrote into them."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        kinds = "image/jpeg,image/png,image/webp"
        kwargs.setdefault("widget", SeveralFiles(attrs={"accept": kinds, "multiple": True}))
        super().__init__(**kwargs)

    def clean(self, data: Any, _initial: Any = None) -> Any:  # noqa: ANN401 - as Django's
        """Make the photos anew.

        Raises:
            ValidationError: When they are too many, or one of them is none, too large or damaged.

        """
        files: Sequence[UploadedFile[Any]] = [file for file in data or [] if file]
        if not files and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > PHOTOS_MOST:
            sentence = _("%(count)s photos were chosen; at most %(most)s are kept. Choose fewer.")
            raise ValidationError(sentence, code="many", params={"count": len(files), "most": PHOTOS_MOST})
        return [_photo(file) for file in files]


def _photo(file: "UploadedFile[Any]") -> Photo:
    try:
        return photo_of(file.read(MAX_BYTES + 1))
    except Refusal as refusal:
        sentence = _("%(name)s: %(why)s")
        facts = {"name": (file.name or "")[:60], "why": refusal.sentence}
        raise ValidationError(sentence, code=refusal.code, params=facts) from None


class Place(Field):
    """Where the device stands, as a script of ours asked it; what can't be read is none."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Position | None:  # noqa: ANN401 - as Django's
        """Read the position."""
        return Position.read(str(value or ""))


def checklist_fields(items: Mapping[str, str]) -> dict[str, forms.Field]:
    """Return the two inputs of each line of the checklist, an answer and a note, by name."""
    fields: dict[str, forms.Field] = {}
    for key, text in items.items():
        fields[f"check_{key}"] = ChoiceField(
            fact=f"visits.inspectionresult.result:{key}",
            label=text,
            choices=Result.choices,
            widget=forms.RadioSelect,
            required=False,
        )
        note = CharField(
            fact=f"visits.inspectionresult.note:{key}",
            label=_("Note"),
            max_length=REASON_LONGEST,
            required=False,
        )
        note.named = _("%(what)s, %(of)s") % {"what": _("Note"), "of": text}
        fields[f"note_{key}"] = note
    return fields


@dataclass(frozen=True, slots=True)
class Checked:
    """The two inputs of one line of the checklist. `is_failed`: the note has to say what is not in order."""

    result: BoundField
    note: BoundField
    is_failed: bool


def checked(form: forms.Form, items: Iterable[str]) -> list[Checked]:
    """Return the lines of a form's checklist; what an answer asks for is announced with its note."""
    lines = []
    for key in items:
        result, note = form[f"check_{key}"], form[f"note_{key}"]
        is_failed = result.value() == Result.FAIL
        if is_failed:
            note.field.widget.attrs["aria-required"] = "true"
        lines.append(Checked(result, note, is_failed))
    return lines
