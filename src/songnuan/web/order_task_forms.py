"""The forms of tasks out of orders: giving one, answering it, and what the office says to the answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.emergency.actions.order_tasks import NewTask
from songnuan.emergency.models import Order
from songnuan.emergency.models.command import REASON_LONGEST
from songnuan.emergency.models.order_tasks import TASK_LONGEST
from songnuan.emergency.order_task_queries import people_for, units_for
from songnuan.journeys.sent_files import SentFile
from songnuan.web.fields import ChoiceField, FileField, Moment, Words
from songnuan.web.forms import Form
from songnuan.web.views.shared import Reader, names_on

_AGAIN = "each act about a task says why"


class AssignForm(Form):
    """What of an order is given to whom, by when."""

    asks = "order_task"

    what = Words(
        fact="emergency.ordertask.what",
        label=pgettext_lazy("order task", "What is to be done"),
        max_length=TASK_LONGEST,
        rows=2,
    )
    to = ChoiceField(fact="emergency.ordertask.owner", label=pgettext_lazy("order task", "For whom"))
    due_at = Moment(fact="emergency.ordertask.due_at", label=pgettext_lazy("order task", "Answered by"))

    def __init__(self, *args: Any, order: Order, reader: Reader, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        units = list(units_for(order, reader.day).values_list("pk", flat=True))
        names = names_on(units, reader.day)
        people = people_for(order, reader.day).values_list("pk", "name")
        choose: Any = self.fields["to"]
        choose.choices = [
            ("", "—"),
            (_("Sections and units"), [(f"unit:{pk}", names[pk]) for pk in units]),
            (_("People"), [(f"user:{pk}", name) for pk, name in people]),
        ]

    def new(self) -> NewTask:
        """Return what is given to whom."""
        told = self.cleaned_data
        kind, _colon, pk = told["to"].partition(":")
        return NewTask(
            told["what"],
            told["due_at"],
            unit_id=int(pk) if kind == "unit" else None,
            owner_id=int(pk) if kind == "user" else None,
        )


class TaskAnswerForm(Form):
    """The answer to a task."""

    asks = "order_task_answer"

    words = Words(
        fact="emergency.ordertaskact.words",
        label=gettext_lazy("What was done, or why not"),
        max_length=REASON_LONGEST,
        rows=4,
    )
    file = FileField(
        fact="emergency.ordertaskact.file",
        label=pgettext_lazy("order task", "File"),
        help_text=gettext_lazy("A picture or a PDF, at most 8 MB; kept encrypted."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp"}),
        required=False,
    )

    def sent(self) -> SentFile | None:
        """Return the file as it was sent."""
        file = self.cleaned_data["file"]
        return SentFile(file.read(), file.name, file.content_type or "") if file else None


class TaskWordsForm(Form):
    """What the office says: why an answer is sent back, or a task is withdrawn."""

    asks = "order_task_words"

    words = Words(
        fact="emergency.ordertaskact.words",
        again=_AGAIN,
        label=pgettext_lazy("order task", "Why"),
        max_length=REASON_LONGEST,
        rows=2,
    )
