"""The forms of pickups: opened, desks with kits, portions moved and settled, records decided about."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.goods.models import Batch
from songnuan.goods.pickup_states import PLACE_LENGTH
from songnuan.goods.rules import REASON_LENGTH
from songnuan.kernel.days import written
from songnuan.kernel.refusal import Refusal
from songnuan.web.fields import CharField, ChoiceField, Day, IntegerField, TypedChoiceField, Words
from songnuan.web.forms import Form

DAYS, SHOWN = 8, 2
"""How many batches can be entered at least, and how many of them stand there at once."""
_NAME = 60
_MOST = 100_000
_TYPED = {"autocomplete": "off"}


class DistributionForm(Form):
    """Which kit goes to whom, and on which days: filled in as the plan says."""

    asks = "pickups_open"

    kit = TypedChoiceField(fact="goods.distribution.kit", label=gettext_lazy("Kit"), coerce=int)
    roster = TypedChoiceField(
        fact="goods.distribution.roster",
        label=gettext_lazy("Roster of those who get one"),
        help_text=gettext_lazy(
            "Who joins or leaves later comes with the roster: it is read anew whenever you say so."
        ),
        coerce=int,
    )

    def __init__(
        self,
        kits: Sequence[tuple[int, str]],
        rosters: Sequence[tuple[int, str]],
        day: date,
        *args: Any,  # noqa: ANN401 - as Django's
        planned: int = 0,
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        self.day, self.count = day, max(DAYS, planned)
        for name, choices in (("kit", kits), ("roster", rosters)):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = choices if len(choices) == 1 else [("", _("Choose …")), *choices]
        for number in range(self.count):
            words = {"number": number + 1}
            self.fields[f"batches-{number}-on"] = Day(
                fact=f"goods.batch.on:{number}", label=_("Batch %(number)s: day") % words, required=False
            )
            self.fields[f"batches-{number}-place"] = CharField(
                fact=f"goods.batch.place:{number}",
                label=_("Batch %(number)s: place and hours") % words,
                required=False,
                max_length=PLACE_LENGTH,
                widget=forms.TextInput(attrs=_TYPED),
            )

    @property
    def days(self) -> list[tuple[BoundField, BoundField]]:
        """The inputs of the batches: day and place."""
        return [(self[f"batches-{one}-on"], self[f"batches-{one}-place"]) for one in range(self.count)]

    @property
    def first_days(self) -> list[tuple[BoundField, BoundField]]:
        """The inputs that are always shown."""
        return self.days[:SHOWN]

    @property
    def more_days(self) -> list[tuple[BoundField, BoundField]]:
        """The inputs that are shown when they are asked for."""
        return self.days[SHOWN:]

    @property
    def has_more(self) -> bool:
        """Whether something stands in the latter, or is wrong there."""
        return any(field.value() or field.errors for pair in self.more_days for field in pair)

    def clean(self) -> dict[str, Any]:
        """Say of each day what is wrong with it."""
        super().clean()
        told, seen = self.cleaned_data, set[date]()
        for number in range(self.count):
            day, name = told.get(f"batches-{number}-on"), f"batches-{number}-on"
            if day in seen:
                self.add_error(name, _("Each batch has a day of its own. Enter each day once."))
            if day:
                seen.add(day)
            elif told.get(f"batches-{number}-place") and name not in self.errors:
                self.add_error(name, _("Enter the day of this batch, or empty its place."))
        if not any(name.startswith("batches") for name in self.errors):
            if not seen:
                self.add_error("batches-0-on", _("Enter at least one day on which kits are handed out."))
            elif max(seen) < self.day:
                sentence = _("All these days are over: nobody could come any more. Look at month and year.")
                self.add_error("batches-0-on", sentence)
        return told

    @property
    def batches(self) -> list[tuple[date, str]]:
        """The day and the place of each batch."""
        told = self.cleaned_data
        rows = ((told[f"batches-{one}-on"], told[f"batches-{one}-place"]) for one in range(self.count))
        return [(day, " ".join(place.split())) for day, place in rows if day]

    def refuse(self, refusal: Refusal) -> None:
        """Add the refusal's sentence beside the first day where it is about the days."""
        if refusal.field == "batches":
            self.add_error("batches-0-on", refusal.sentence)
        else:
            super().refuse(refusal)


class BatchForm(Form):
    """Day and place of a batch that is moved or added."""

    asks = "pickups_batch"

    on = Day(fact="goods.batch.on", label=pgettext_lazy("batch", "Day"))
    place = CharField(
        fact="goods.batch.place",
        label=gettext_lazy("Place and hours"),
        required=False,
        max_length=PLACE_LENGTH,
        widget=forms.TextInput(attrs=_TYPED),
    )


class PlaceForm(Form):
    """Into which batch a portion goes."""

    asks = "pickups_place"

    batch = TypedChoiceField(fact="goods.portion.batch", label=gettext_lazy("Batch"), coerce=int)

    def __init__(self, batches: Iterable[Batch], *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as Django's
        super().__init__(*args, **kwargs)
        field = self.fields["batch"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = [(one.position, batch_words(one)) for one in batches]


class UnitPlaceForm(Form):
    """Which unit goes into which batch."""

    asks = "pickups_place_unit"

    unit = TypedChoiceField(fact="act:unit_to_place", label=gettext_lazy("Unit"), coerce=int)
    batch = TypedChoiceField(
        fact="goods.portion.batch",
        again="a whole unit goes into a batch at once",
        label=gettext_lazy("Batch"),
        coerce=int,
    )

    def __init__(
        self,
        units: Sequence[tuple[int, str]],
        batches: Iterable[Batch],
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        told = {"unit": units, "batch": [(one.position, batch_words(one)) for one in batches]}
        for name, choices in told.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = [("", _("Choose …")), *choices]


class SettleForm(Form):
    """What became of a portion that nobody picked up."""

    asks = "pickups_settle"

    reason = Words(
        fact="goods.portion.reason",
        rows=2,
        label=gettext_lazy("What became of it"),
        help_text=gettext_lazy("Such as: posted on 5 June, does without. Only the office reads it."),
        max_length=REASON_LENGTH,
    )


class ReopenForm(Form):
    """Why a portion that was settled can be picked up after all."""

    asks = "pickups_reopen"

    reason = Words(
        fact="goods.portion.reason:reopened",
        rows=2,
        label=gettext_lazy("Why it is open again"),
        help_text=gettext_lazy("Only the office reads it."),
        max_length=REASON_LENGTH,
    )


class WithdrawForm(Form):
    """Why a handing out is withdrawn before anything came of it."""

    asks = "pickups_withdraw"

    reason = Words(
        fact="audit.entry.facts:withdrawn",
        rows=2,
        label=gettext_lazy("Why it is withdrawn"),
        help_text=gettext_lazy("It stands in the trail: name nobody."),
        max_length=REASON_LENGTH,
    )


class DecideForm(Form):
    """Whether what a desk recorded did happen."""

    asks = "pickups_decide"

    went_out = ChoiceField(
        fact="goods.pickup.status",
        label=pgettext_lazy("pickup", "Decision"),
        choices=[
            ("yes", gettext_lazy("It went out: book it out of this desk")),
            ("no", gettext_lazy("It did not happen")),
        ],
        widget=forms.RadioSelect,
    )
    reason = Words(
        fact="goods.pickup.reason",
        rows=2,
        label=pgettext_lazy("pickup", "Why"),
        help_text=gettext_lazy("Such as: both desks asked, the second one tapped the wrong name."),
        max_length=REASON_LENGTH,
    )


class BackForm(Form):
    """Why something that was picked up comes back."""

    asks = "pickups_back"

    reason = Words(
        fact="goods.pickup.reason:back",
        rows=2,
        label=gettext_lazy("Why it comes back"),
        max_length=REASON_LENGTH,
    )


class DeskForm(Form):
    """What a desk is called."""

    asks = "pickups_desk"

    name = CharField(
        fact="goods.desk.name",
        label=gettext_lazy("Name of the desk"),
        help_text=gettext_lazy("Such as: east gate."),
        max_length=_NAME,
        widget=forms.TextInput(attrs=_TYPED),
    )


class AllotForm(Form):
    """How many whole kits a desk gets out of the store."""

    asks = "pickups_allot"

    kits = IntegerField(
        fact="goods.movementline.quantity:allotted",
        label=gettext_lazy("Whole kits"),
        min_value=1,
        max_value=_MOST,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **_TYPED}),
    )


class ProxyForm(Form):
    """Who may pick a kit up for somebody."""

    asks = "pickups_proxy"

    proxy = CharField(
        fact="goods.recipient.proxy",
        label=gettext_lazy("Who may pick it up for them"),
        help_text=gettext_lazy("The name as the desk reads it. Leave it empty to take it back."),
        max_length=_NAME,
        required=False,
        widget=forms.TextInput(attrs=_TYPED),
    )


class CodesForm(Form):
    """Whose codes are printed."""

    asks = "pickups_codes"

    unit = TypedChoiceField(
        fact="act:unit_to_print",
        label=gettext_lazy("Unit"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    batch = TypedChoiceField(
        fact="act:batch_to_print",
        label=gettext_lazy("Batch"),
        coerce=int,
        required=False,
        empty_value=None,
    )

    def __init__(
        self,
        units: Sequence[tuple[int, str]],
        batches: Iterable[Batch],
        *args: Any,  # noqa: ANN401 - as Django's
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        told = {
            "unit": [("", _("every unit")), *units],
            "batch": [("", _("every batch")), *((one.position, batch_words(one)) for one in batches)],
        }
        for name, choices in told.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
            field.choices = choices


def batch_words(batch: Batch) -> str:
    """Return a batch by its number, day and place."""
    words = {"number": batch.position, "day": written(batch.on, "short"), "place": batch.place}
    if batch.place:
        return _("Batch %(number)s, %(day)s, %(place)s") % words
    return _("Batch %(number)s, %(day)s") % words
