"""The form of the questions that a plan's text leaves open, with the answers that each offers."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songnuan.plans import rewriting
from songnuan.plans.models import Blocks
from songnuan.plans.planfile import PlanFile
from songnuan.plans.rewriting import Change
from songnuan.web.fields import CharField, ChoiceField
from songnuan.web.plan_forms import Group, RowsForm

_SIGNED = re.compile(r"([a-z][a-z0-9_-]*)\s*[=＝]\s*(.+)")


def choices_of(told: str | None) -> list[dict[str, str]] | None:
    """Return the choices written one a line, as each=按人分别发放; what has no sign gets a free one."""
    lines = [line.strip() for line in (told or "").splitlines() if line.strip()]
    signed = [_SIGNED.fullmatch(line) for line in lines]
    taken = {match[1] for match in signed if match}
    found = []
    for line, match in zip(lines, signed, strict=True):
        key = match[1] if match else rewriting.free_key("choice", taken)
        taken.add(key)
        found.append({"key": key, "text": match[2] if match else line})
    return found or None


class QuestionsForm(RowsForm):
    """The questions that the text leaves open, each about a clause or about the whole plan."""

    asks = "plan_questions"

    ROWS: ClassVar[Mapping[str, Mapping[str, forms.Field]]] = {
        "questions": {
            "text": CharField(
                fact="plans.planversion.source:question.text",
                label=gettext_lazy("Question"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
            "clause": ChoiceField(
                fact="plans.planversion.source:question.clause", label=gettext_lazy("About"), required=False
            ),
            "blocks": ChoiceField(
                fact="plans.planversion.source:question.blocks",
                label=gettext_lazy("Until it is answered, it holds up"),
                choices=Blocks.choices,
                required=False,
            ),
            "choices": CharField(
                fact="plans.planversion.source:question.choices",
                label=gettext_lazy("Answers to choose from"),
                help_text=gettext_lazy(
                    "One a line, such as each=Paid to each person; at least two, or none for an answer in "
                    "words. The program goes by the sign before =: leave it when you change the words."
                ),
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            ),
            "answer": CharField(
                fact="plans.planversion.source:question.answer",
                label=gettext_lazy("Answer"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            ),
            "ground": CharField(
                fact="plans.planversion.source:question.ground",
                label=gettext_lazy("On what ground"),
                required=False,
            ),
        }
    }

    def __init__(self, text: PlanFile, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        told = [
            {**row.model_dump(mode="json"), "choices": "\n".join(choice.line for choice in row.choices)}
            for row in text.questions
        ]
        super().__init__({"questions": told}, *args, **kwargs)
        about = [("", _("the whole plan")), *((row.key, row.heading) for row in text.clauses)]
        for name, field in self.fields.items():
            if name.endswith("-clause") and isinstance(field, forms.ChoiceField):
                field.choices = about
        self.keys = [row["key"] for row in told]

    def change(self) -> Change:
        """Set the questions; each keeps its key, a new one gets a free one."""
        rows, taken = [], set(self.keys)
        for place, row in zip(*self._told(), strict=True):
            key = self.keys[place] if place < len(self.keys) else rewriting.free_key("question", taken)
            taken.add(key)
            blocks = row["blocks"] or Blocks.NOTHING.value
            rows.append({"key": key, **row, "blocks": blocks, "choices": choices_of(row["choices"])})
        return rewriting.rows("questions", rows)

    def field_of(self, path: Sequence[str | int]) -> str:
        """Return the input in its row; of a whole question, its ground: that goes with an answer."""
        return super().field_of([*path, "ground"] if len(path) == 2 else path)

    def _told(self) -> tuple[Iterable[int], Iterable[dict[str, Any]]]:
        rows = self.rows("questions")
        return self.places["questions"], rows

    @property
    def groups(self) -> list[Group]:
        """Each question."""
        return list(self.row_groups("questions", _("Question %(number)s"), _("A further question")))
