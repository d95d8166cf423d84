"""The forms of schedules: one visit's day, time and team; what a plan, a team and a unit go by."""

from collections.abc import Collection, Mapping
from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.plans.rules import REASON_LONGEST
from songnuan.visits.models import ScheduleSettings, TeamCar
from songnuan.visits.schedule_queries import TeamView
from songnuan.visits.schedule_rules import MOST, NAME_LONGEST, WAY_LONGEST, TeamDraft, Usual
from songnuan.visits.scheduling.problem import WEEK, Hours
from songnuan.visits.scheduling.words import clock_words
from songnuan.web.fields import CharField, ChoiceField, Day, IntegerField, MultipleChoiceField, TimeField
from songnuan.web.forms import Form

WEEKDAYS = (
    ("0", gettext_lazy("Monday")),
    ("1", gettext_lazy("Tuesday")),
    ("2", gettext_lazy("Wednesday")),
    ("3", gettext_lazy("Thursday")),
    ("4", gettext_lazy("Friday")),
    ("5", gettext_lazy("Saturday")),
    ("6", gettext_lazy("Sunday")),
)


def days_words(hours: Hours) -> str:
    """Return on which days a unit may be visited."""
    if hours.weekdays == WEEK:
        return _("working days")
    if len(hours.weekdays) == len(WEEKDAYS):
        return _("every day")
    return _("、").join(str(name) for key, name in WEEKDAYS if int(key) in hours.weekdays)


def hours_words(hours: Hours) -> str:
    """Return when a unit may be visited, such as 工作日 09:00–17:00."""
    return f"{days_words(hours)} {span_words(hours.opens, hours.closes)}"


def span_words(begins: int, ends: int) -> str:
    """Return a time of the day, from and to."""
    return f"{clock_words(begins)}–{clock_words(ends)}"


class Clock(TimeField):
    """A time of the day, cleaned to minutes after midnight."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to Django as they are
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}))
        super().__init__(**kwargs)

    def to_python(self, value: object) -> Any:  # noqa: ANN401 - Django's says time, ours is int or None
        """Read the time."""
        found = super().to_python(value)  # type: ignore[arg-type]  # what was posted
        return None if found is None else found.hour * 60 + found.minute

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - minutes from the program, text from the reader
        """Show minutes as a time; leave what was typed as it was."""
        return time(value // 60 % 24, value % 60) if isinstance(value, int) else value


class MoveForm(Form):
    """Where one visit goes.

    `seen` are the rules that it breaks there and the reader was shown, `revision` is the visit's as shown.
    """

    asks = "visit_move"

    planned_on = Day(
        fact="visits.visit.planned_on",
        again="a schedule sets day, time and team at once",
        label=gettext_lazy("Day"),
    )
    start = Clock(fact="visits.visit.planned_start", label=pgettext_lazy("time of a visit", "Begins at"))
    team = ChoiceField(fact="visits.visit.planned_team", label=gettext_lazy("Team"))
    reason = CharField(
        fact="visits.visit.break_reason",
        label=gettext_lazy("Why all the same"),
        help_text=gettext_lazy("Needed where a rule is broken; it stands on the page of the visit."),
        max_length=REASON_LONGEST,
        required=False,
    )
    seen = CharField(fact="act:rules_seen", widget=forms.HiddenInput, required=False)
    revision = IntegerField(fact="act:revision_seen", widget=forms.HiddenInput)

    def __init__(self, *args: Any, teams: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401 - as above
        super().__init__(*args, **kwargs)
        choice = self.fields["team"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101 - declared above
        choice.choices = list(teams.items())
        if len(teams) == 1:
            choice.widget = forms.HiddenInput()
            choice.initial = next(iter(teams))


def _minutes(label: Any, least: int = 0, **told: Any) -> IntegerField:  # noqa: ANN401 - lazy words
    return IntegerField(label=label, min_value=least, max_value=WAY_LONGEST, **told)


class UsualForm(Form):
    """What holds for all visits of a plan."""

    asks = "schedule_settings"

    visit_minutes = _minutes(
        gettext_lazy("Minutes for a visit"), 1, fact="visits.schedulesettings.visit_minutes"
    )
    near_minutes = _minutes(
        gettext_lazy("Minutes on the way within a district"), fact="visits.schedulesettings.near_minutes"
    )
    far_minutes = _minutes(
        gettext_lazy("Minutes on the way between districts"),
        fact="visits.schedulesettings.far_minutes",
        help_text=gettext_lazy("Also where nobody knows the district of a unit."),
    )
    opens = Clock(fact="visits.schedulesettings.opens", label=gettext_lazy("Visits from"))
    closes = Clock(fact="visits.schedulesettings.closes", label=gettext_lazy("Visits until"))
    rest_begins = Clock(
        fact="visits.schedulesettings.rest_begins",
        label=gettext_lazy("Rest at noon from"),
        help_text=gettext_lazy("Nobody is visited in the rest. Leave both empty for none."),
        required=False,
    )
    rest_ends = Clock(
        fact="visits.schedulesettings.rest_ends", label=gettext_lazy("Rest at noon until"), required=False
    )
    most = IntegerField(
        fact="visits.schedulesettings.most",
        label=gettext_lazy("Visits of a team in a day"),
        min_value=1,
        max_value=MOST,
    )

    @classmethod
    def of(cls, known: ScheduleSettings) -> "UsualForm":
        """Return the form with what is known."""
        return cls(initial={name: getattr(known, name) for name in cls.base_fields})

    def usual(self) -> Usual:
        """Return what was entered."""
        return Usual(**self.cleaned_data)


class TeamForm(Form):
    """A team of a lead office."""

    asks = "visit_team"

    name = CharField(
        fact="visits.visitteam.name", label=gettext_lazy("Name of the team"), max_length=NAME_LONGEST
    )
    members = MultipleChoiceField(
        fact="visits.teammember.user",
        label=gettext_lazy("Who goes"),
        help_text=gettext_lazy("People with an account at the lead office."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    car = ChoiceField(
        fact="visits.visitteam.car",
        label=gettext_lazy("Car"),
        choices=TeamCar.choices,
        widget=forms.RadioSelect,
    )
    district = ChoiceField(
        fact="visits.visitteam.district",
        label=gettext_lazy("District of a team without a car"),
        help_text=gettext_lazy("It goes to units of this district alone."),
        required=False,
    )
    seats = IntegerField(
        fact="visits.visitteam.seats", label=gettext_lazy("Seats"), min_value=1, max_value=60
    )
    starts = Clock(fact="visits.visitteam.starts", label=gettext_lazy("On its way from"))
    ends = Clock(fact="visits.visitteam.ends", label=gettext_lazy("On its way until"))
    most = IntegerField(
        fact="visits.visitteam.most",
        label=gettext_lazy("Visits in a day, at most"),
        min_value=1,
        max_value=MOST,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 - as above
        people: Mapping[int, str],
        districts: Collection[str],
        **kwargs: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(*args, **kwargs)
        where = self.fields["district"]
        assert isinstance(where, forms.ChoiceField)  # noqa: S101 - declared above
        where.choices = [("", _("that of the lead office")), *((name, name) for name in districts)]
        if not districts:
            del self.fields["district"]
        choice = self.fields["members"]
        assert isinstance(choice, forms.MultipleChoiceField)  # noqa: S101 - declared above
        choice.choices = [(str(pk), name) for pk, name in people.items()]
        if not people:
            del self.fields["members"]

    @staticmethod
    def initial_of(team: TeamView) -> dict[str, Any]:
        """Return what is known of a team, as the form takes it."""
        return {
            "name": team.name,
            "members": [str(pk) for pk, _name in team.members],
            "car": team.car,
            "district": team.district,
            "seats": team.seats,
            "starts": team.starts,
            "ends": team.ends,
            "most": team.most,
        }

    def draft(self) -> TeamDraft:
        """Return the team as it was entered."""
        told = {**self.cleaned_data}
        members = tuple(int(pk) for pk in told.pop("members", ()))
        return TeamDraft(members=members, **told)


class HoursForm(Form):
    """When a unit may be visited, and where it lies. No weekday: working days."""

    asks = "unit_hours"

    weekdays = MultipleChoiceField(
        fact="visits.unithours.weekdays",
        label=gettext_lazy("Open on"),
        help_text=gettext_lazy("Leave all empty for working days."),
        choices=WEEKDAYS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    opens = Clock(fact="visits.unithours.opens", label=gettext_lazy("Visits from"))
    closes = Clock(fact="visits.unithours.closes", label=gettext_lazy("Visits until"))
    district = CharField(
        fact="organisation.unitrecord.district",
        label=gettext_lazy("District"),
        help_text=gettext_lazy("Units of one district are visited on one day where that can be."),
        max_length=60,
        required=False,
    )
