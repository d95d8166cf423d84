"""The form of a leader's visit: on the occasion of a lead's visit it asks for the leader alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from songnuan.kernel.refusal import Refusal
from songnuan.visits.leader_rules import LeaderReport, examine_leader, tidy_leader
from songnuan.visits.rules import NAME_LONGEST, Begun, FieldProblem, ReportRefused, needs_entry_reason
from songnuan.web.fields import CharField, Moment, TypedMultipleChoiceField, Words
from songnuan.web.forms import Form
from songnuan.web.sentences import REQUIRED


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the form has to know: now, when the plan began, the units to choose from, who went before.

    `visit_id` is a lead's recorded visit on whose occasion it was, and `happened_at` when that took place;
    `unit_ids` its unit.
    """

    at: datetime
    begun: Begun
    units: Sequence[tuple[int, str]]
    leaders: Sequence[tuple[str, str]]
    visit_id: int | None = None
    happened_at: datetime | None = None
    unit_ids: Sequence[int] = ()


class LeaderForm(Form):
    """A leader's visit."""

    asks = "leader_visit"

    leader_name = CharField(
        fact="visits.leadervisit.leader_name",
        label=gettext_lazy("Leader"),
        max_length=NAME_LONGEST,
        widget=forms.TextInput(attrs={"list": "leaders"}),
    )
    leader_post = CharField(
        fact="visits.leadervisit.leader_post",
        label=gettext_lazy("Post of the leader"),
        max_length=NAME_LONGEST,
        widget=forms.TextInput(attrs={"list": "posts"}),
    )
    happened_at = Moment(fact="visits.leadervisit.happened_at", label=gettext_lazy("When it took place"))
    entry_reason = Words(
        fact="visits.leadervisit.entry_reason",
        label=gettext_lazy("Why it is entered only now"),
        help_text=gettext_lazy("It stands with the visit, which is marked as a late entry."),
        rows=2,
        required=False,
    )
    units = TypedMultipleChoiceField(
        fact="visits.leadervisitunit.unit",
        label=gettext_lazy("Units visited"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    company = Words(
        fact="visits.leadervisit.company",
        label=gettext_lazy("Who went along"),
        help_text=gettext_lazy("Names, with a comma between them."),
        rows=2,
        required=False,
    )
    found = Words(fact="visits.leadervisit.found", label=gettext_lazy("What was found"), rows=4)
    goods = CharField(
        fact="visits.leadervisit.goods",
        label=gettext_lazy("What the leader brought along"),
        help_text=gettext_lazy(
            "Only what the leader brought, in words; goods that were donated are entered under Donations."
        ),
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, occasion: Occasion) -> None:
        """Ask for what the lead's report does not say."""
        super().__init__(data, initial={"happened_at": occasion.at})
        self.occasion = occasion
        if occasion.visit_id is not None:
            for name in ("happened_at", "units", "company", "found"):
                del self.fields[name]
            return
        units = self.fields["units"]
        assert isinstance(units, forms.TypedMultipleChoiceField)  # noqa: S101 - as declared above
        units.choices = list(occasion.units)

    @property
    def asks_entry_reason(self) -> bool:
        """Whether the visit is a late entry: as the occasion was, or by the time that was posted."""
        happened_at = self.occasion.happened_at or getattr(self, "cleaned_data", {}).get("happened_at")
        occasion = self.occasion
        return happened_at is not None and needs_entry_reason(happened_at, occasion.at, occasion.begun)

    def clean(self) -> dict[str, Any]:
        """Ask the rules, and say everything that is wrong at once."""
        super().clean()
        is_timed = self.occasion.happened_at is not None or "happened_at" in self.cleaned_data
        report = tidy_leader(self.report())
        for problem in examine_leader(report, received_at=self.occasion.at, begun=self.occasion.begun):
            if is_timed or problem.field not in {"happened_at", "entry_reason"}:
                self._tell(problem)
        return self.cleaned_data

    def report(self) -> LeaderReport:
        """Return the visit as far as it can be read; what is missing is empty."""
        given, occasion = self.cleaned_data, self.occasion
        return LeaderReport(
            leader_name=given.get("leader_name", ""),
            leader_post=given.get("leader_post", ""),
            happened_at=occasion.happened_at or given.get("happened_at") or occasion.at,
            unit_ids=given.get("units") or tuple(occasion.unit_ids),
            visit_id=occasion.visit_id,
            company=given.get("company", ""),
            found=given.get("found", ""),
            goods=given.get("goods", ""),
            entry_reason=given.get("entry_reason", ""),
        )

    def tell(self, refusal: Refusal) -> bool:
        """Put what the house refused beside its inputs; return False when it is about none of them."""
        if isinstance(refusal, ReportRefused):
            for problem in refusal.problems:
                self._tell(problem)
            return True
        if refusal.field in self.fields:
            self.add_error(refusal.field, refusal.sentence)
            return True
        return False

    def _tell(self, problem: FieldProblem) -> None:
        if problem.field not in self.fields:
            self.add_error(None, ValidationError(problem.sentence, code=problem.code))
        elif not self.has_error(problem.field):
            is_empty = problem.field != "entry_reason" and problem.code.endswith("_missing")
            said = ValidationError(REQUIRED, "required") if is_empty else problem.sentence
            self.add_error(problem.field, said)


class WithdrawForm(Form):
    """Why an entry is withdrawn."""

    asks = "leader_visit_withdrawn"

    reason = CharField(
        fact="visits.leadervisit.withdraw_reason",
        label=gettext_lazy("Why the entry is withdrawn"),
        help_text=gettext_lazy("It stays in the list, marked."),
    )
