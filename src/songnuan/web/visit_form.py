"""The form of a visit, as it is filled in at the door: what it asks, and the report it makes of it.

What a report must say is decided by `visits.rules` alone; the form only puts each of its sentences
beside the input it belongs to. Six inputs have to be filled in, three of them are when the page opens;
a visit on site answers the checklist as well.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.formsets import BaseFormSet
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.journeys.record_visit import Problem, VisitReport
from songnuan.kernel.clock import CHINA
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.visits.models import Prevention, VisitForm
from songnuan.visits.rules import (
    FieldProblem,
    InspectionAnswer,
    Member,
    Report,
    ReportRefused,
    entered_in_time_from,
    examine,
    needs_entry_reason,
    no_post,
)
from songnuan.visits.signing import shapes, text_for
from songnuan.web.door import Door
from songnuan.web.fields import BooleanField, CharField, ChoiceField, Moment, TypedMultipleChoiceField, Words
from songnuan.web.forms import Form
from songnuan.web.posted_times import device_clock
from songnuan.web.problem_form import ProblemForm
from songnuan.web.sentences import REQUIRED
from songnuan.web.visit_fields import (
    Checked,
    Colleagues,
    Photos,
    Place,
    Signature,
    checked,
    checklist_fields,
)
from songnuan.web.visit_goods import Ticked, handed_of, lines_of, packs_fields, settle_packs, signed_goods

# Empty for a reason that the house's own sentence says.
_SAY_WHY = frozenset({"signature", "entry_reason"})
# The order of the page, and of what is said to be wrong: what a correction asks first, then these, the
# checklist, and the others as they stand below.
_ON_TOP = (
    "correction_reason",
    "happened_at",
    "entry_reason",
    "form",
    "form_reason",
    "late_reason",
    "members",
    "other_members",
    "prevention",
    "prevention_note",
    "conditions",
)
_BETWEEN_NAMES = re.compile(r"[、，,；;/\n\t\u3000]+")


class ReportForm(Form):
    """The report of one visit."""

    asks = "visit"

    happened_at = Moment(fact="visits.visit.happened_at", label=gettext_lazy("When it took place"))
    form = ChoiceField(
        fact="visits.visit.form",
        label=gettext_lazy("How the unit was reached"),
        choices=VisitForm.choices,
        widget=forms.RadioSelect,
        initial=VisitForm.ON_SITE,
    )
    form_reason = CharField(
        fact="visits.visit.form_reason",
        label=gettext_lazy("Why not on site"),
        help_text=gettext_lazy("Needed where nobody could be met in person."),
        required=False,
    )
    late_reason = CharField(
        fact="visits.visit.late_reason", label=gettext_lazy("Why it is late"), required=False
    )
    entry_reason = CharField(
        fact="visits.visit.entry_reason",
        label=gettext_lazy("Why it is entered only now"),
        help_text=gettext_lazy("It stands with the visit, which is marked as a late entry."),
        required=False,
    )
    members = Colleagues(
        fact="visits.visitmember.user",
        label=gettext_lazy("From the lead office"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    other_members = CharField(
        fact="visits.visitmember.name",
        label=gettext_lazy("Others who went"),
        help_text=gettext_lazy("Names, with a comma between them."),
        required=False,
    )
    prevention = ChoiceField(
        fact="visits.visit.prevention",
        label=gettext_lazy("How prevention is carried out"),
        choices=Prevention.choices,
        widget=forms.RadioSelect,
    )
    prevention_note = Words(
        fact="visits.visit.prevention_note",
        label=gettext_lazy("What is not carried out well"),
        help_text=gettext_lazy("Needed where it is not carried out well."),
        rows=2,
        required=False,
    )
    conditions = Words(
        fact="visits.visit.conditions",
        label=gettext_lazy("How the staff work and live"),
        help_text=gettext_lazy("In a few words: shifts, meals, lodging, what they ask for."),
        rows=4,
    )
    photos = Photos(
        fact="visits.visitphoto.picture",
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy(
            "Up to six, of the place and of what was found; nobody has to be on them. Where and when they"
            " were taken is not kept with them."
        ),
        required=False,
    )
    position = Place(fact="visits.visitposition.place", required=False)
    handed = TypedMultipleChoiceField(
        fact="goods.movementline.quantity:handed",
        label=pgettext_lazy("goods", "What is handed over"),
        help_text=gettext_lazy(
            "Untick what the unit does not get now, or lower its number. It signs for what is ticked."
        ),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    short_reason = CharField(
        fact="visits.visit.short_reason",
        label=gettext_lazy("Why not everything"),
        help_text=gettext_lazy("What is left out stays owed, and a task says so."),
        required=False,
    )
    signed_text = CharField(fact="act:signed_text", widget=forms.HiddenInput, required=False)
    receiver_name = CharField(
        fact="visits.visit.receiver_name",
        label=gettext_lazy("Who received the visit"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    signature = Signature(
        fact="visits.visit.signature", label=gettext_lazy("Signature of the receiver"), required=False
    )
    confirmed_by_name = BooleanField(
        fact="visits.visit.confirmed_by_name",
        label=gettext_lazy("The receiver confirms by name, without a signature"),
        required=False,
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: "MultiValueDict[str, UploadedFile[Any]] | None" = None,
        *,
        door: Door,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """Take what was typed, or open with what is known: the time, the way, who is signed in."""
        known = {"happened_at": door.at, "members": list(door.colleagues)[:1], "handed": list(door.goods)}
        super().__init__(data, files, initial={**known, **(initial or {})})
        self.door = door
        handed = self.fields["handed"]
        assert isinstance(handed, forms.TypedMultipleChoiceField)  # noqa: S101 - as declared above
        # The same post again is to be read as it was, though the kit has changed hands since.
        posted = {int(key): "" for key in self._posted("handed") if key.isascii() and key.isdigit()}
        gone = {pk: one.words for pk, one in door.lacking.items() if pk in posted}
        handed.choices = list((door.goods | gone or posted).items())
        self.fields |= packs_fields(door, self.data, posted)
        if not door.late:
            del self.fields["late_reason"]
        members = self.fields["members"]
        assert isinstance(members, Colleagues)  # noqa: S101 - as declared above
        members.choices = list(door.colleagues.items())
        self.fields |= checklist_fields(door.items)
        checks = [f"{part}_{key}" for key in door.items for part in ("check", "note")]
        self.order_fields([*_ON_TOP, *checks])

    def line_of(self, name: str) -> str:
        """Return the line of the checklist in which an input stands, empty for all others."""
        part, _dash, key = name.partition("_")
        return key if part in {"check", "note"} and key in self.door.items else ""

    @property
    def asks_entry_reason(self) -> bool:
        """Whether the time that was posted makes it a late entry; only then the reason is asked for."""
        happened_at = getattr(self, "cleaned_data", {}).get("happened_at")
        return happened_at is not None and needs_entry_reason(happened_at, self.door.at, self.door.begun)

    @property
    def entry_before(self) -> str:
        """What is before this moment is a late entry; as the picker of the time writes it, to the second."""
        moment = entered_in_time_from(self.door.at, self.door.begun).astimezone(CHINA)
        return f"{moment:%Y-%m-%dT%H:%M:%S}"

    @property
    def photos_go(self) -> bool:
        """Whether photos were sent that the browser can't show again beside what is wrong."""
        return bool(self.files) and bool(self.errors)

    @property
    def signing(self) -> dict[str, str]:
        """What the unit signs for as the form stands, and the shapes in which a script says it anew."""
        some, none = shapes()
        return {"text": text_for(signed_goods(self, self.door)), "some": some, "none": none}

    @property
    def handing(self) -> list[Ticked]:
        """The inputs of what is handed over, line by line."""
        return lines_of(self, self.door)

    @property
    def hands_less(self) -> bool:
        """Whether less is handed over than is there, as the form stands."""
        return signed_goods(self, self.door) != list(self.door.goods.values())

    @property
    def checklist(self) -> list[Checked]:
        """The inputs of the checklist, line by line; none where the visit carries no inspection."""
        return checked(self, self.door.items)

    def clean(self) -> dict[str, Any]:
        """Ask the rules, and say everything that is wrong at once."""
        super().clean()
        is_called = self.cleaned_data.get("form") == VisitForm.CALL
        settle_packs(self, () if is_called else self.cleaned_data.get("handed", ()))
        is_timed = "happened_at" in self.cleaned_data
        report = self._report(())
        for problem in examine(
            Report(
                form=report.form,
                happened_at=report.happened_at,
                device_at=report.device_at,
                received_at=self.door.at,
                clock_skew_seconds=report.clock_skew_seconds,
                prevention=report.prevention,
                prevention_note=report.prevention_note,
                conditions=report.conditions,
                receiver_name=self._receiver(report.receiver_name),
                signed=self._is_signed(report),
                members=report.members,
                inspection=report.inspection,
                form_reason=report.form_reason,
                late_reason=report.late_reason,
                entry_reason=report.entry_reason,
                lacking=self._lacks(report),
                short_reason=report.short_reason,
                booked=self.door.booked,
                barred=self.door.barred(report.members),
            ),
            begun=self.door.begun,
            items=list(self.door.items),
        ):
            if is_timed or problem.field not in {"happened_at", "entry_reason"}:
                self._tell(problem)
        if is_timed and (newcomers := [one for one in report.members if one.user_id in self.door.newcomers]):
            self._tell(no_post([one.name for one in newcomers], day_of(report.happened_at)))
        gone = [one.why for pk, one in self.door.lacking.items() if pk in (report.handed or ())]
        if gone and not self.has_error("happened_at") and report.form != VisitForm.CALL:
            said = _("%(why)s Untick it and have the unit sign once more: the rest follows.")
            self.add_error("handed", ValidationError(said % {"why": "".join(gone)}, "stock_short"))
        return self.cleaned_data

    def _posted(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []

    def _receiver(self, name: str) -> str:
        return name

    def _is_signed(self, report: VisitReport) -> bool:
        return bool(report.signature) or bool(self.cleaned_data.get("confirmed_by_name"))

    def _lacks(self, report: VisitReport) -> bool:
        """Return whether less is handed over than is there, though somebody stands at the door."""
        if report.form == VisitForm.CALL:
            return False
        packs = report.handed or {}
        return any(packs.get(pk, 0) < part.quantity for pk, part in self.door.parts.items())

    def report(self, problems: BaseFormSet[ProblemForm]) -> VisitReport:
        """Return the report; both forms were valid."""
        raised = (form.cleaned_data for form in problems if form.has_changed())
        return self._report(
            [Problem(title=row["title"], owner_id=row["owner"], answer=row["answer"]) for row in raised]
        )

    def tell(self, refusal: Refusal) -> bool:
        """Put what the house refused beside its inputs; return False when it is about none of them."""
        if isinstance(refusal, ReportRefused):
            for problem in refusal.problems:
                self._tell(problem)
        elif refusal.field == "file":  # photos were looked at before
            self.add_error("signature", refusal.sentence)
        elif refusal.field in self.fields:
            self.add_error(refusal.field, refusal.sentence)
        else:
            return False
        return True

    def _tell(self, problem: FieldProblem) -> None:
        for place in self._places(problem):
            if place is None:
                self.add_error(None, ValidationError(problem.sentence, code=problem.code))
            elif not self.has_error(place):
                said = ValidationError(REQUIRED, "required") if self._is_empty(place) else problem.sentence
                self.add_error(place, said)

    def _is_empty(self, place: str) -> bool:
        """Return whether an input was left empty of which nothing more is to be said."""
        says_why = place in _SAY_WHY or place.startswith("note_")
        return not says_why and not str(self.data.get(self.add_prefix(place), "")).strip()

    def _places(self, problem: FieldProblem) -> list[str | None]:
        """Return the inputs that a problem is about; None is the form as a whole."""
        if problem.field == "inspection":
            unanswered = [f"check_{key}" for key in self.door.items if not self.data.get(f"check_{key}")]
            return [*unanswered] or [None]
        if problem.code == "members_too_long":
            return ["other_members"]
        return [problem.field if problem.field in self.fields else None]

    def _report(self, problems: Sequence[Problem]) -> VisitReport:
        """Return the report as far as it can be read; what is missing is empty."""
        given = self.cleaned_data
        device_at, clock_skew_seconds = device_clock(self.data, self.door.at, self.door.clock_offset)
        form = given.get("form", "")
        # Through a telephone nobody signs or ticks anything: the name is all there is.
        signed = {} if form == VisitForm.CALL else given
        return VisitReport(
            form=form,
            form_reason=given.get("form_reason", ""),
            happened_at=given.get("happened_at", self.door.at),
            device_at=device_at,
            clock_skew_seconds=clock_skew_seconds,
            prevention=given.get("prevention", ""),
            prevention_note=given.get("prevention_note", ""),
            conditions=given.get("conditions", ""),
            receiver_name=given.get("receiver_name", ""),
            members=self._members(),
            inspection=self._inspection(),
            problems=problems,
            signature=signed.get("signature", b""),
            confirmed_by_name=signed.get("confirmed_by_name", False),
            late_reason=given.get("late_reason", ""),
            entry_reason=given.get("entry_reason", ""),
            handed=handed_of(self, self.door),
            short_reason=given.get("short_reason", ""),
            signed_text=given.get("signed_text", ""),
            photos=given.get("photos", ()),
            position=given.get("position"),
        )

    def _members(self) -> list[Member]:
        """Return who went: the colleagues ticked, in the order offered, then those typed, nobody twice."""
        ticked = set(self.cleaned_data.get("members", ()))
        members = [Member(name, pk) for pk, name in self.door.colleagues.items() if pk in ticked]
        for typed in _BETWEEN_NAMES.split(self.cleaned_data.get("other_members", "")):
            name = tidy_name(typed)
            if name and name not in {member.name for member in members}:
                members.append(Member(name))
        return members

    def _inspection(self) -> list[InspectionAnswer]:
        """Return the whole checklist once anything of it was answered, else nothing.

        Elsewhere than on site it is not asked, and what was ticked before the form was changed is no answer.
        """
        given = self.cleaned_data
        if given.get("form") != VisitForm.ON_SITE:
            return []
        answers = [
            InspectionAnswer(key, given.get(f"check_{key}", ""), given.get(f"note_{key}", ""))
            for key in self.door.items
        ]
        return answers if any(answer.result or answer.note for answer in answers) else []
