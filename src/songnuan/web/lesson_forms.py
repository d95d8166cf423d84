"""The forms of lessons: their words and audience, a question, a round of the quiz, a code for a poster."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.organisation.permissions import Role, role_label
from songnuan.outreach.lesson_models import Audience, RoundKind
from songnuan.outreach.lesson_rules import (
    PLACE_LONGEST,
    REMARK_LONGEST,
    TEXT_LONGEST,
    TITLE_LONGEST,
    Draft,
)
from songnuan.outreach.quiz_rules import QUESTION_LONGEST
from songnuan.outreach.sending_models import HandWay
from songnuan.web.fields import (
    BooleanField,
    CharField,
    ChoiceField,
    Day,
    FileField,
    IntegerField,
    MultipleChoiceField,
    TypedChoiceField,
    TypedMultipleChoiceField,
    Words,
)
from songnuan.web.forms import Form

_OPTIONS_LONGEST = 1200


class LessonForm(Form):
    """What is said, and to whom."""

    asks = "lesson"

    title = CharField(
        fact="outreach.lesson.title",
        label=pgettext_lazy("lesson", "Title"),
        max_length=TITLE_LONGEST,
    )
    text = Words(
        fact="outreach.lesson.text",
        label=pgettext_lazy("lesson", "Text"),
        help_text=gettext_lazy(
            "This is what is sent, copied and printed: one thought a line, in plain words."
        ),
        max_length=TEXT_LONGEST,
        rows=10,
    )
    units = TypedMultipleChoiceField(
        fact="outreach.lessonunit.unit",
        label=pgettext_lazy("lesson", "Units"),
        help_text=gettext_lazy("With all below them. None: all of the plan."),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    roles = MultipleChoiceField(
        fact="outreach.lesson.roles",
        label=pgettext_lazy("lesson", "Posts"),
        help_text=gettext_lazy("None: everybody with an account."),
        choices=[(role.value, role_label(role)) for role in Role],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    district = ChoiceField(
        fact="outreach.lesson.district",
        label=pgettext_lazy("lesson", "Place"),
        required=False,
    )
    is_drill = BooleanField(
        fact="outreach.lesson.is_drill", label=gettext_lazy("It is part of a drill"), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - handed on to Django as they are
        places: Sequence[tuple[int, str]] = (),
        districts: Sequence[str] = (),
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].choices = list(places)  # type: ignore[attr-defined]  # a field of choices
        somewhere = [("", gettext_lazy("anywhere")), *((one, one) for one in districts)]
        self.fields["district"].choices = somewhere  # type: ignore[attr-defined]

    def draft(self) -> Draft:
        """Return what was written."""
        told = self.cleaned_data
        return Draft(
            title=told["title"],
            text=told["text"],
            roles=tuple(told["roles"]),
            unit_ids=tuple(told["units"]),
            district=told["district"],
            is_drill=told["is_drill"],
        )


class MaterialForm(Form):
    """A file that goes with a lesson."""

    asks = "lesson_material"

    file = FileField(
        fact="outreach.material.name",
        label=gettext_lazy("PDF or video"),
        help_text=gettext_lazy("A PDF of at most 8 MB, or an MP4 video (H.264) of at most 64 MB."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,video/mp4"}),
    )


class QuestionForm(Form):
    """A question with its options."""

    asks = "lesson_question"

    question = CharField(
        fact="outreach.lesson.questions",
        label=gettext_lazy("Question"),
        max_length=QUESTION_LONGEST,
    )
    options = Words(
        fact="outreach.lesson.questions:options",
        label=gettext_lazy("Options"),
        help_text=gettext_lazy(
            "One a line, with a * before each that is right. Of several that are right all have to be picked."
        ),
        max_length=_OPTIONS_LONGEST,
        rows=5,
    )


class BarForm(Form):
    """From how many right answers on somebody counts as aware."""

    asks = "lesson_bar"

    aware_at = IntegerField(
        fact="outreach.lesson.aware_at",
        label=gettext_lazy("Right answers from which somebody counts as aware"),
    )


class RemarkForm(Form):
    """Why a lesson goes back, or is withdrawn."""

    asks = "lesson_remark"

    remark = Words(
        fact="outreach.lesson.remark",
        label=pgettext_lazy("lesson", "Why"),
        max_length=REMARK_LONGEST,
        rows=3,
    )


class RoundForm(Form):
    """Which round opens, and until when it is to be answered."""

    asks = "quiz_round"

    kind = ChoiceField(
        fact="outreach.quizround.kind",
        label=gettext_lazy("Round"),
        choices=RoundKind.choices,
        widget=forms.RadioSelect,
    )
    until_on = Day(fact="outreach.quizround.until_on", label=gettext_lazy("To be answered by"))

    def __init__(self, *args: Any, kinds: Sequence[str], **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        left = [(one.value, one.label) for one in RoundKind if one.value in kinds]
        self.fields["kind"].choices = left  # type: ignore[attr-defined]  # a field of choices


class HandForm(Form):
    """How a lesson was passed on by hand."""

    asks = "lesson_hand"

    way = ChoiceField(
        fact="outreach.handedon.way",
        label=gettext_lazy("How it was passed on"),
        choices=HandWay.choices,
        widget=forms.RadioSelect,
    )
    place = CharField(
        fact="outreach.handedon.place",
        label=gettext_lazy("Which group, board or street"),
        max_length=PLACE_LONGEST,
    )
    unit = TypedChoiceField(
        fact="outreach.handedon.unit", label=pgettext_lazy("passed on", "For the unit"), coerce=int
    )
    people = IntegerField(
        fact="outreach.handedon.people", label=gettext_lazy("To about how many people"), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        places: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = list(places)  # type: ignore[attr-defined]  # a field of choices


class CodeForm(Form):
    """For whom a poster is, and where it hangs."""

    asks = "quiz_code"

    audience = ChoiceField(
        fact="outreach.quizcode.audience",
        label=pgettext_lazy("poster", "For whom"),
        choices=[(one.value, one.label) for one in Audience if one is not Audience.STAFF],
        widget=forms.RadioSelect,
        initial=Audience.FLOATING.value,
    )
    unit = TypedChoiceField(
        fact="outreach.quizcode.unit", label=gettext_lazy("Counted for the unit"), coerce=int
    )
    place = CharField(
        fact="outreach.quizcode.place",
        label=pgettext_lazy("poster", "Where it hangs"),
        max_length=PLACE_LONGEST,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        places: Sequence[tuple[int, str]],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = list(places)  # type: ignore[attr-defined]  # a field of choices
