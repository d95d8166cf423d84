"""Who commands: the leading group, orders of superiors, activations and who may end them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

REASON_LONGEST = 2000
"""Characters of what is said with an act."""


class Position(models.TextChoices):
    """What somebody is in the leading group."""

    LEADER = "leader", pgettext_lazy("leading group", "leader")
    DEPUTY = "deputy", pgettext_lazy("leading group", "deputy leader")
    MEMBER = "member", pgettext_lazy("leading group", "member")


class Member(models.Model):
    """Somebody's place in the leading group of a measure, from `starts_on` until the day before `ends_on`.

    `turn` is the place in the order of those who act for the leader, from 1; `duty` what they answer for.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    position = models.CharField(max_length=8, choices=Position)
    turn = models.PositiveSmallIntegerField()
    duty = models.CharField(max_length=120, default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    appointed_at = models.DateTimeField()

    class Meta:
        """One leader at a time; nobody is in a group twice at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "user"], condition=Q(ends_on__isnull=True), name="emergency_member_once"
            ),
            models.UniqueConstraint(
                fields=["measure"],
                condition=Q(ends_on__isnull=True, position=Position.LEADER),
                name="emergency_member_one_leader",
            ),
            models.CheckConstraint(
                condition=Q(position__in=Position.values), name="emergency_member_position"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="emergency_member_period",
            ),
        ]


class StandIn(models.Model):
    """A deputy leader acts for somebody whose position signs, from one moment until another.

    `ended_at` is set where it ended before `ends_at`. `reason` says why, and on whose word.
    """

    absent = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=400)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """Nobody stands in for themselves; it lasts some time."""

        constraints = [
            models.CheckConstraint(condition=~Q(absent=F("member")), name="emergency_standin_other"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="emergency_standin_period"),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_standin_reason"),
        ]


class Asks(models.TextChoices):
    """What a superior's order asks for."""

    ACTIVATE = "activate", pgettext_lazy("order", "to activate the plan")
    END = "end", pgettext_lazy("order", "to end the response")
    SUCCESSOR = "successor", pgettext_lazy("order", "that somebody else may end it")
    OTHER = "other", pgettext_lazy("order", "something else")


class Way(models.TextChoices):
    """How an order arrived."""

    DOCUMENT = "document", pgettext_lazy("order", "as a document")
    PHONE = "phone", pgettext_lazy("order", "by telephone")
    MEETING = "meeting", pgettext_lazy("order", "at a meeting")


class ActivationStatus(models.TextChoices):
    """Where a response stands."""

    ACTIVE = "active", pgettext_lazy("activation", "in force")
    ENDED = "ended", pgettext_lazy("activation", "stood down")


class Activation(models.Model):
    """A response that was set in motion, under the `serial`-th number of its plan in a year, with its `code`.

    `issued_as` is the place in the group of who signed, `stands_for` whose stead they signed in. `order` is
    the superior's that it rests on; without one, the group assessed for itself, as `reason` says. `holder` is
    who may end it. `level` is the key of one of the plan's levels, with its words on the day. Only status,
    holder, level and the end ever change.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    is_drill = models.BooleanField()
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    code = models.CharField(max_length=20)
    level = models.CharField(max_length=40)
    level_label = models.CharField(max_length=60)
    scope = models.CharField(max_length=400)
    reason = models.TextField()
    order = models.ForeignKey("emergency.Order", on_delete=models.PROTECT, related_name="+", null=True)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_as = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    stands_for = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    issued_at = models.DateTimeField()
    holder = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(
        max_length=8,
        choices=ActivationStatus,
        default=ActivationStatus.ACTIVE,
        db_default=ActivationStatus.ACTIVE,
    )
    end_serial = models.PositiveIntegerField(null=True)
    end_year = models.PositiveSmallIntegerField(null=True)
    end_order = models.ForeignKey("emergency.Order", on_delete=models.PROTECT, related_name="+", null=True)
    end_reason = models.TextField(default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """One real response and one drill at a time; numbers are given once; the end is whole."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "is_drill"],
                condition=Q(status=ActivationStatus.ACTIVE),
                name="emergency_activation_one",
            ),
            models.UniqueConstraint(
                fields=["measure", "is_drill", "year", "serial"], name="emergency_activation_number"
            ),
            models.CheckConstraint(
                condition=Q(
                    status=ActivationStatus.ACTIVE,
                    end_serial__isnull=True,
                    end_year__isnull=True,
                    end_reason="",
                    ended_by__isnull=True,
                    ended_at__isnull=True,
                    end_order__isnull=True,
                )
                | (
                    Q(
                        status=ActivationStatus.ENDED,
                        end_serial__isnull=False,
                        end_year__isnull=False,
                        ended_by__isnull=False,
                        ended_at__gte=F("issued_at"),
                    )
                    & ~Q(end_reason="")
                ),
                name="emergency_activation_end",
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(scope="") & ~Q(level="") & Q(serial__gt=0),
                name="emergency_activation_whole",
            ),
        ]


class Order(models.Model):
    """What a superior ordered, as it was received. Only its answer is ever added.

    `received_at` is when it reached the unit, `recorded_at` when it was entered, `due_at` until when it is to
    be carried out. `successor` is whom it names, `activation` what it speaks of.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    asks = models.CharField(max_length=10, choices=Asks)
    way = models.CharField(max_length=10, choices=Way)
    issuer = models.CharField(max_length=120)
    number = models.CharField(max_length=60, default="")
    text = models.TextField()
    received_at = models.DateTimeField()
    received_where = models.CharField(max_length=120, default="")
    due_at = models.DateTimeField(null=True)
    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="+", null=True)
    successor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    answer = models.TextField(default="")

    class Meta:
        """An issuer gives a number once; what is ordered about a response names it; an answer is whole."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure", "issuer", "number"], condition=~Q(number=""), name="emergency_order_once"
            ),
            models.CheckConstraint(condition=~Q(issuer="") & ~Q(text=""), name="emergency_order_whole"),
            models.CheckConstraint(
                condition=Q(received_at__lte=F("recorded_at")), name="emergency_order_times"
            ),
            models.CheckConstraint(
                condition=Q(asks=Asks.SUCCESSOR, activation__isnull=False, successor__isnull=False)
                | Q(asks=Asks.END, activation__isnull=False, successor__isnull=True)
                | Q(asks__in=[Asks.ACTIVATE, Asks.OTHER], successor__isnull=True),
                name="emergency_order_asks",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="", answered_by__isnull=True)
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="emergency_order_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["measure", "due_at"],
                condition=Q(answered_at__isnull=True),
                name="emergency_order_open",
            )
        ]


class HandoverStatus(models.TextChoices):
    """Where the handing over of an activation stands."""

    OFFERED = "offered", pgettext_lazy("handover", "offered, not answered yet")
    ACCEPTED = "accepted", pgettext_lazy("handover", "accepted")
    DECLINED = "declined", pgettext_lazy("handover", "declined")
    TAKEN_BACK = "taken_back", pgettext_lazy("handover", "taken back")


class Handover(models.Model):
    """The authority to end a response is offered to somebody, by its holder or by a superior's `order`."""

    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="+")
    giver = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    successor = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", null=True)
    status = models.CharField(
        max_length=10,
        choices=HandoverStatus,
        default=HandoverStatus.OFFERED,
        db_default=HandoverStatus.OFFERED,
    )
    reason = models.TextField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    offered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """One offer of an activation stands at a time; who offers says why."""

        constraints = [
            models.UniqueConstraint(
                fields=["activation"],
                condition=Q(status=HandoverStatus.OFFERED),
                name="emergency_handover_one",
            ),
            models.CheckConstraint(condition=~Q(giver=F("successor")), name="emergency_handover_other"),
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_handover_reason"),
            models.CheckConstraint(
                condition=Q(status=HandoverStatus.OFFERED, answered_at__isnull=True)
                | (~Q(status=HandoverStatus.OFFERED) & Q(answered_at__isnull=False)),
                name="emergency_handover_answered",
            ),
        ]


class ActVerb(models.TextChoices):
    """What was done about a response."""

    ACTIVATE = "activate", pgettext_lazy("activation", "set in motion")
    LEVEL = "level", pgettext_lazy("activation", "changed the level")
    GO_ON = "go_on", pgettext_lazy("activation", "assessed: it goes on")
    END_IT = "end_it", pgettext_lazy("activation", "assessed: it should end")
    OFFER = "offer", pgettext_lazy("activation", "offered the authority to end it")
    ACCEPT = "accept", pgettext_lazy("activation", "accepted the authority to end it")
    DECLINE = "decline", pgettext_lazy("activation", "declined the authority to end it")
    TAKE_BACK = "take_back", pgettext_lazy("activation", "took the offer back")
    ORDERED_END = "ordered_end", pgettext_lazy("activation", "took in an order to end it")
    ORDERED_SUCCESSOR = (
        "ordered_successor",
        pgettext_lazy("activation", "took in an order that names a successor"),
    )
    STAND_DOWN = "stand_down", pgettext_lazy("activation", "stood it down")
    NOTE = "note", pgettext_lazy("activation", "noted")


class ActivationAct(models.Model):
    """One line of the timeline of a response. Append-only.

    `as_member` is the place in the group that it was done from, `other` whom it concerns, `happened_at` when
    it happened where that was before it was entered (`at`).
    """

    activation = models.ForeignKey(Activation, on_delete=models.PROTECT, related_name="acts")
    verb = models.CharField(max_length=20, choices=ActVerb)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    as_member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    other = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+", null=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+", null=True)
    level = models.CharField(max_length=40, default="")
    level_label = models.CharField(max_length=60, default="")
    words = models.TextField(default="")
    happened_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        """Nothing happened after it was entered; who assesses or notes says what."""

        constraints = [
            models.CheckConstraint(condition=Q(verb__in=ActVerb.values), name="emergency_act_verb"),
            models.CheckConstraint(condition=Q(happened_at__lte=F("at")), name="emergency_act_times"),
            models.CheckConstraint(
                condition=Q(verb__in=[ActVerb.ACCEPT, ActVerb.TAKE_BACK]) | ~Q(words=""),
                name="emergency_act_words",
            ),
        ]
        indexes = [models.Index(fields=["activation", "id"], name="emergency_act_activation")]
