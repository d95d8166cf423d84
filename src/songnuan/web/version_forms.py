"""What is kept in versions of a file, a standard or a layout: its forms take it row by row, or whole."""

from abc import ABCMeta, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.forms.forms import DeclarativeFieldsMetaclass
from django.http import QueryDict
from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal
from songnuan.organisation.models import Post
from songnuan.organisation.permissions import Permission, roles_with
from songnuan.organisation.queries import unit_names
from songnuan.organisation.rules import live
from songnuan.plans.faults import SHOWN, Fault, Path, PlanRefused
from songnuan.plans.yamltext import normal
from songnuan.web.forms import Form
from songnuan.web.moved_rows import Typed, renumbered
from songnuan.web.views.shared import Reader


@dataclass(frozen=True, slots=True)
class Ground:
    """What a version is written on: the short name and the file, empty for a new one; the next number."""

    slug: str = ""
    source: str = ""
    number: int = 1


class _AbstractFields(ABCMeta, DeclarativeFieldsMetaclass):
    """The metaclass of forms, some of whose methods are left to the kinds of forms that are made of them."""


class VersionForm(Form, metaclass=_AbstractFields):
    """A version that is written; `source` is its file once the form is valid.

    `units` are to choose from for a new thing, in the field `unit`; there are none for what stands. `behind`
    names the inputs that stand behind all others on the page.
    """

    behind: ClassVar[tuple[str, ...]]

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as Django's
        on: Ground | None = None,
        units: Sequence[tuple[int, str]] = (),
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.on, self.source = on or Ground(), ""
        unit = self.fields["unit"]
        assert isinstance(unit, forms.TypedChoiceField)  # noqa: S101 - as every such form declares it
        unit.choices = list(units)
        if not units:
            del self.fields["unit"]
        elif len(units) == 1:
            unit.widget = forms.HiddenInput()
            unit.initial = units[0][0]

    def put_behind(self) -> None:
        """Let what stands last on the page be last in the form too."""
        for name in self.behind:
            self.fields[name] = self.fields.pop(name)

    @abstractmethod
    def read(self, source: str) -> str:
        """Read a file, and return the short name that it says.

        Raises:
            PlanRefused: When it is not taken.

        """


class RowsForm(VersionForm):
    """A version row by row: what was typed is read as a file would be; what it may say is the reader's."""

    kinds: ClassVar[tuple[str, ...]] = ("rows-",)

    def __init__(
        self,
        data: Any,  # noqa: ANN401 - as Django's
        *,
        rows: Typed,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,  # noqa: ANN401 - as Django's
    ) -> None:
        super().__init__(renumbered(data, rows, self.kinds), initial={**(initial or {}), **rows}, **kwargs)
        if self.on.slug:
            del self.fields["slug"]
        self.add_rows()
        self.put_behind()

    @abstractmethod
    def add_rows(self) -> None:
        """Add the inputs of the rows."""

    def clean(self) -> dict[str, Any]:
        """Read what was typed as a file would be read, and say beside each input what is wrong."""
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = normal(value)
        try:
            self.source = self.written()
            self.read(self.source)
        except PlanRefused as refused:
            self.refuse(refused)
        return self.cleaned_data

    @abstractmethod
    def written(self) -> str:
        """Return what was typed as a file has it.

        Raises:
            PlanRefused: When the file that stands is none.

        """

    @abstractmethod
    def field_of(self, path: Path) -> str:
        """Return the input that a place in the file belongs to; empty where none does."""

    def sentence(self, fault: Fault, name: str) -> str:
        """Return what is wrong, as it is said beside an input, or above all where it belongs to none."""
        if name:
            return fault.sentence
        return _("%(where)s: %(sentence)s") % {"where": fault.where, "sentence": fault.sentence}

    def refuse(self, refusal: Refusal) -> None:
        """Put what is wrong beside the inputs it belongs to; what could not be read is not judged again."""
        if not isinstance(refusal, PlanRefused):
            super().refuse(refusal)
            return
        said = set(self.errors)
        for fault in refusal.faults:
            name = self.field_of(fault.path)
            if name not in said:
                self.add_error(name or None, self.sentence(fault, name))


class WholeForm(VersionForm):
    """A whole version, as a `file` or as `text`.

    What a file says is put into the text as well: whatever else is wrong, it has not to be chosen again.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        self.put_behind()
        self.fields["text"].widget.attrs |= {"class": "code", "spellcheck": "false"}

    @abstractmethod
    def of_file(self, upload: Any) -> str:  # noqa: ANN401 - what the field of the file gives
        """Return what a chosen file says, as text.

        Raises:
            Refusal: When it cannot be read.

        """

    @abstractmethod
    def other(self, found: str, wanted: str) -> str:
        """Return the sentence that this is another thing than the one that is changed."""

    def clean(self) -> dict[str, Any]:
        """Read the file, or the text where none was chosen, with everything that is wrong in it."""
        upload, text = self.cleaned_data.get("file"), self.cleaned_data.get("text", "")
        if "file" in self.errors:
            return self.cleaned_data
        if not upload and not text.strip():
            self.add_error("file", _("Choose a file, or paste the text."))
            return self.cleaned_data
        place = "file" if upload else "text"
        try:
            self.source = self.of_file(upload) if upload else text
            slug = self.read(self.source)
        except PlanRefused as refused:
            self._add(place, refused.faults)
        except Refusal as refusal:
            self.add_error(place, refusal.sentence)
        else:
            if isinstance(self.data, QueryDict):
                self.data = {**self.data.dict(), "text": self.source}
            if self.on.slug and slug != self.on.slug:
                self.add_error(place, self.other(slug, self.on.slug))
        return self.cleaned_data

    def _add(self, name: str, faults: list[Fault]) -> None:
        shown: list[str] = [str(fault) for fault in faults[:SHOWN]]
        if len(faults) > SHOWN:
            shown.append(_("… and %(count)s more.") % {"count": len(faults) - SHOWN})
        self.add_error(name, forms.ValidationError(shown))


def units_for(reader: Reader, permission: Permission) -> list[tuple[int, str]]:
    """Return the units that the reader holds a permission over, those of the own posts first."""
    names = unit_names(reader.reach_ids(permission), reader.day)
    posts = Post.objects.filter(live(reader.day), user=reader.user, role__in=roles_with(permission))
    own = [pk for pk in posts.order_by("pk").values_list("unit_id", flat=True) if pk in names]
    rest = sorted(pk for pk in names if pk not in own)
    return [(pk, names[pk]) for pk in dict.fromkeys([*own, *rest])]
