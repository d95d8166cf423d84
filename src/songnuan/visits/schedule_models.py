"""Tables of schedules: what is known of teams, units and ways, and proposals of who visits whom when.

Times of a day are minutes after midnight in China.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TeamCar(models.TextChoices):
    """How a team gets about; the values are those of `scheduling.problem.Car`."""

    OWN = "own", _("a car of its own")
    SHARED = "shared", _("the lead office's car, shared")
    NONE = "none", _("no car, own district only")


class ScheduleMethod(models.TextChoices):
    """How a proposal was made; the values are those of `scheduling.proposing.Method`."""

    SOLVER = "solver", _("solver")
    GREEDY = "greedy", _("greedy")


class ScheduleSettings(models.Model):
    """What holds for all visits of a plan; a plan without a row goes by the fields' defaults.

    `near_minutes` and `far_minutes` are the ways between units of one district, and of two. Units are open,
    and teams on their way, from `opens` to `closes` where nobody said otherwise; nobody is visited in the
    rest at noon. `most` is how many visits a team makes in a day.
    """

    plan = models.OneToOneField("plans.Plan", on_delete=models.PROTECT, related_name="+")
    visit_minutes = models.PositiveSmallIntegerField(default=45)
    near_minutes = models.PositiveSmallIntegerField(default=20)
    far_minutes = models.PositiveSmallIntegerField(default=60)
    opens = models.PositiveSmallIntegerField(default=9 * 60)
    closes = models.PositiveSmallIntegerField(default=17 * 60)
    rest_begins = models.PositiveSmallIntegerField(null=True, default=12 * 60)
    rest_ends = models.PositiveSmallIntegerField(null=True, default=13 * 60 + 30)
    most = models.PositiveSmallIntegerField(default=4)

    class Meta:
        """A day has an end after its beginning, and so has the rest, where there is one."""

        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes"), closes__lte=24 * 60), name="visits_schedule_day"
            ),
            models.CheckConstraint(
                condition=Q(rest_begins__isnull=True, rest_ends__isnull=True)
                | Q(rest_begins__lt=F("rest_ends")),
                name="visits_schedule_rest",
            ),
            models.CheckConstraint(
                condition=Q(visit_minutes__gt=0, most__gt=0), name="visits_schedule_some_visits"
            ),
        ]


class VisitTeam(models.Model):
    """A team of a lead office under a plan. A lead without one goes as one team, by the plan's settings.

    `district`: where a team without a car goes; "" for the lead office's own.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)
    car = models.CharField(max_length=6, choices=TeamCar, default=TeamCar.OWN)
    district = models.CharField(max_length=60, default="")
    seats = models.PositiveSmallIntegerField(default=5)
    starts = models.PositiveSmallIntegerField()
    ends = models.PositiveSmallIntegerField()
    most = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)

    class Meta:
        """A lead's teams have different names; a day has an end after its beginning."""

        constraints = [
            models.UniqueConstraint(
                fields=["plan", "lead", "name"], condition=Q(is_active=True), name="visits_team_name"
            ),
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends"), ends__lte=24 * 60, most__gt=0, seats__gt=0),
                name="visits_team_day",
            ),
            models.CheckConstraint(condition=Q(car__in=TeamCar.values), name="visits_team_car"),
        ]


class TeamMember(models.Model):
    """Who goes with a team; nobody goes with two teams of a plan."""

    team = models.ForeignKey(VisitTeam, on_delete=models.PROTECT, related_name="members")
    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """One team for each person."""

        constraints = [models.UniqueConstraint(fields=["plan", "user"], name="visits_team_member_once")]


class UnitHours(models.Model):
    """When a unit may be visited; a unit without a row goes by the plan's settings. `weekdays`: "01234"."""

    unit = models.OneToOneField("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    weekdays = models.CharField(max_length=7)
    opens = models.PositiveSmallIntegerField()
    closes = models.PositiveSmallIntegerField()

    class Meta:
        """Open on some day, and until after it opens."""

        constraints = [
            models.CheckConstraint(
                condition=Q(opens__lt=F("closes"), closes__lte=24 * 60) & ~Q(weekdays=""),
                name="visits_unit_hours",
            ),
        ]


class ScheduleProposal(models.Model):
    """Who could visit whom when, as it was worked out at one moment; its rows never change but to be taken.

    `digest` is over what it was worked out from. `is_best`: proved that nothing better is possible.
    """

    plan = models.ForeignKey("plans.Plan", on_delete=models.PROTECT, related_name="+")
    method = models.CharField(max_length=6, choices=ScheduleMethod)
    is_best = models.BooleanField()
    cost = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    made_at = models.DateTimeField()


class ProposedVisit(models.Model):
    """A visit in a proposal: its spot, or `why` it has none. `revision` is the visit's when it was read."""

    proposal = models.ForeignKey(ScheduleProposal, on_delete=models.PROTECT, related_name="rows")
    visit = models.ForeignKey("visits.Visit", on_delete=models.PROTECT, related_name="+")
    revision = models.PositiveIntegerField()
    day = models.DateField(null=True)
    start = models.PositiveSmallIntegerField(null=True)
    minutes = models.PositiveSmallIntegerField()
    team = models.ForeignKey(VisitTeam, on_delete=models.PROTECT, related_name="+", null=True)
    why = models.CharField(max_length=20, default="")
    taken_at = models.DateTimeField(null=True)

    class Meta:
        """A visit stands in a proposal once: with a spot, or with the reason why not."""

        constraints = [
            models.UniqueConstraint(fields=["proposal", "visit"], name="visits_proposed_once"),
            models.CheckConstraint(
                condition=Q(day__isnull=False, start__isnull=False, why="")
                | (Q(day__isnull=True, start__isnull=True, taken_at__isnull=True) & ~Q(why="")),
                name="visits_proposed_or_why",
            ),
        ]
