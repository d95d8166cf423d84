"""The forms that follow a report: its correction, the kit handed over later, photos added."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.journeys.record_visit import VisitReport
from songnuan.visits.models import VisitForm
from songnuan.visits.queries import VisitDetail
from songnuan.visits.rules import InspectionAnswer, Member, no_call
from songnuan.visits.signing import corrected_text
from songnuan.visits.versions import earlier_checks
from songnuan.web.door import Door
from songnuan.web.fields import BooleanField, CharField, IntegerField, Words
from songnuan.web.forms import Form
from songnuan.web.visit_fields import Photos, Signature
from songnuan.web.visit_form import ReportForm


class CorrectionForm(ReportForm):
    """A report once more, with what it says, why it is corrected, and a new signature, if there is one."""

    asks = "report_correction"

    correction_reason = Words(
        fact="visits.visit.correction_reason",
        label=gettext_lazy("Why it is corrected"),
        help_text=gettext_lazy("It stands with both versions. The one before is kept, with its signature."),
        rows=2,
    )
    version = IntegerField(fact="act:version_seen", widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None = None, *, door: Door, found: VisitDetail) -> None:
        """Open with the report that stands. The receiver's name stays sealed: left empty, it is the same."""
        earlier = None if found.inspection else earlier_checks(found.visit_id)
        self.checks_of, checks = earlier or (0, found.inspection)
        super().__init__(data, door=door, initial=_standing(found, door, checks))
        for name in ("photos", "position"):
            del self.fields[name]
        receiver = self.fields["receiver_name"]
        receiver.required = False
        receiver.help_text = gettext_lazy("Leave it empty where it stays the same.")
        self._found = found
        if door.booked:
            self._offer_no_call()

    def _offer_no_call(self) -> None:
        """Leave the call out where the unit got goods with the report, and say why not."""
        way = self.fields["form"]
        assert isinstance(way, forms.ChoiceField)  # noqa: S101 - as declared by the form of reports
        way.choices = [(value, label) for value, label in VisitForm.choices if value != VisitForm.CALL]
        way.help_text = no_call(self.door.booked)
        way.error_messages["invalid_choice"] = no_call(self.door.booked)

    def clean_happened_at(self) -> datetime:
        """Leave the seconds of the time that stands, which the picker does not show, as they are."""
        chosen: datetime = self.cleaned_data["happened_at"]
        stood = self._found.happened_at
        if stood is not None and chosen == stood.replace(second=0, microsecond=0):
            return stood
        return chosen

    @property
    def drops_checks(self) -> bool:
        """Whether the report that stands has checks that a form other than on site leaves out."""
        return bool(self._found.inspection)

    @property
    def signing(self) -> dict[str, str]:
        """What the unit signs for that confirms the correction."""
        return {"text": corrected_text(), "some": "", "none": corrected_text()}

    def corrected(self) -> VisitReport:
        """Return the corrected report; the form was valid."""
        return self._report(())

    def _is_signed(self, _report: VisitReport) -> bool:
        """Take it without a receipt: it is then marked as not signed by the unit."""
        return True

    def _receiver(self, name: str) -> str:
        return name or self._found.receiver_name

    def _members(self) -> list[Member]:
        """Return who went in the order of the report that stands: its first led the visit."""
        order = {(member.user_id, member.name): place for place, member in enumerate(self._found.members)}
        return sorted(super()._members(), key=lambda one: order.get((one.user_id, one.name), len(order)))


def _standing(found: VisitDetail, door: Door, inspection: Sequence[InspectionAnswer]) -> dict[str, Any]:
    """Return what the report says that stands, as the inputs take it, with these answers of its checklist."""
    ours = [member.user_id for member in found.members if member.user_id in door.colleagues]
    others = [member.name for member in found.members if member.user_id not in door.colleagues]
    columns = ("happened_at", "form", "form_reason", "prevention", "prevention_note", "conditions")
    checks = {f"check_{answer.item_key}": answer.result for answer in inspection}
    notes = {f"note_{answer.item_key}": answer.note for answer in inspection}
    return {
        **{name: getattr(found, name) for name in (*columns, "late_reason", "entry_reason", "version")},
        **checks,
        **notes,
        "members": ours,
        "other_members": "、".join(others),
    }


class HandOverForm(Form):
    """How a unit confirms that it got its kit later."""

    asks = "hand_over"

    signed_text = CharField(fact="act:signed_text", widget=forms.HiddenInput, required=False)
    receiver_name = CharField(
        fact="visits.laterreceipt.receiver_name",
        label=gettext_lazy("Who received it"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signature = Signature(
        fact="visits.laterreceipt.signature",
        label=gettext_lazy("Signature of who took the goods"),
        required=False,
    )
    confirmed_by_name = BooleanField(
        fact="visits.laterreceipt.confirmed_by_name",
        label=gettext_lazy("Who took the goods confirms by name, without a signature"),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the name and for the signature at once."""
        given = super().clean() or self.cleaned_data
        if "signature" in given and not given["signature"] and not given.get("confirmed_by_name"):
            sentence = _("Have the receiver sign, or confirm by name below.")
            self.add_error("signature", forms.ValidationError(sentence, "signature_missing"))
        return given


class PhotosForm(Form):
    """Photos that are added after the report."""

    asks = "visit_photos"

    photos = Photos(
        fact="visits.visitphoto.picture",
        again="photos may follow the report",
        label=gettext_lazy("Add photos"),
        help_text=gettext_lazy("JPEG, PNG or WebP. Where and when they were taken is not kept with them."),
    )
