"""Forms about holds, and how a hold stands on the pages of what it is on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.approvals.hold_queries import HoldRow, active_among
from songnuan.approvals.hold_rules import LONGEST
from songnuan.journeys.record_instruction import Scan
from songnuan.organisation.permissions import Permission
from songnuan.web.fields import CharField, FileField
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader


class WithPicture(Form):
    """What can bring a picture or a PDF along."""

    picture = FileField(
        fact="approvals.hold.file",
        label=gettext_lazy("Picture or PDF"),
        help_text=gettext_lazy("At most 8 MB; kept encrypted."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp"}),
        required=False,
    )

    def refuse(self, refusal: Any) -> None:  # noqa: ANN401 - as the form's
        """Say what is wrong with a file beside the picture."""
        if refusal.code.startswith("file_"):
            self.add_error("picture", refusal.sentence)
        else:
            super().refuse(refusal)

    def brought(self) -> Scan | None:
        """Return the file, if one was brought."""
        file = self.cleaned_data["picture"]
        return Scan(file.read(), file.name, file.content_type or "") if file else None


class PlaceForm(WithPicture):
    """Why a thing is put on hold."""

    asks = "hold"

    field_order = ("reason", "picture")
    reason = CharField(
        fact="approvals.hold.reason",
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "Whoever is stopped reads this at once: what gave rise to it, what is missing. "
            "Five characters at least."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
    )


class StatementForm(WithPicture):
    """What is said about a hold."""

    asks = "hold_statement"

    field_order = ("text", "picture")
    text = CharField(
        fact="approvals.holdstatement.text",
        label=gettext_lazy("Statement"),
        help_text=gettext_lazy(
            "What happened, and what shows it. Five characters at least; it stays as it is."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST,
    )


class LiftForm(Form):
    """What was found."""

    asks = "hold_lift"

    findings = CharField(
        fact="approvals.hold.findings",
        label=pgettext_lazy("hold", "What was found"),
        help_text=gettext_lazy(
            "With this the hold ends, and what it stopped can go on. Five characters at least."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )


@dataclass(frozen=True, slots=True)
class HoldMark:
    """The holds on a page's thing; `place_url` is where the reader places one, empty where they may not."""

    holds: Sequence[HoldRow]
    place_url: str


def mark_of(reader: Reader, unit_id: int, subjects: Sequence[str]) -> HoldMark:
    """Return how a thing stands; the first of `subjects` names it, the others hold it as well."""
    found = active_among(subjects)
    may = reader.may(Permission.HOLD_PLACE, unit_id) and subjects[0] not in found
    url = f"{reverse('hold_new')}?subject={subjects[0]}" if may else ""
    return HoldMark([found[subject] for subject in subjects if subject in found], url)
