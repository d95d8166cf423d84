"""Tables of the organisation. Every period is `starts_on <= day < ends_on`; no end means still open."""

from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField
from songnuan.organisation.permissions import Role

OPEN = Q(ends_on__isnull=True)


class InstallationKind(models.TextChoices):
    """Real work, or a demonstration."""

    REAL = "real", _("Real work")
    DEMO = "demo", _("Demonstration")


class UnitKind(models.TextChoices):
    """What part a unit plays in the tree."""

    BUREAU = "bureau", _("Bureau")
    DEPARTMENT = "department", _("Department")
    SUBORDINATE = "subordinate", _("Subordinate unit")
    FRONT_LINE = "front_line", _("Front-line unit")


def _ends_after_start(name: str) -> models.CheckConstraint:
    """Return the constraint that a period does not end before it starts.

    A period that ends on its first day is empty: what was written was replaced the same day.
    """
    return models.CheckConstraint(condition=OPEN | Q(ends_on__gte=F("starts_on")), name=name)


class Turn(models.Model):
    """The one row that every change of the organisation takes, so that changes come one after another."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    taken = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row."""

        constraints = [models.CheckConstraint(condition=Q(id=1), name="organisation_turn_single")]


class Installation(models.Model):
    """What kind of installation this is. Only a demo's clock may stand elsewhere than the machine's.

    `keys_fingerprint` names the keys that all in this database was sealed with.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=8, choices=InstallationKind.choices)
    clock_offset_seconds = models.BigIntegerField(default=0)
    keys_fingerprint = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        """One row; the clock moves in a demo only."""

        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="organisation_installation_single"),
            models.CheckConstraint(
                condition=Q(kind__in=InstallationKind.values), name="organisation_installation_kind"
            ),
            models.CheckConstraint(
                condition=Q(clock_offset_seconds=0) | Q(kind=InstallationKind.DEMO),
                name="organisation_installation_clock",
            ),
        ]


class Unit(models.Model):
    """Who a unit is: a key that never changes. Name, place and the rest are dated, in `UnitRecord`."""

    key = models.CharField(max_length=80, unique=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        """A unit does not close before it opens."""

        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
                name="organisation_unit_closes_after_opening",
            )
        ]


class UnitRecord(models.Model):
    """What was known of a unit in one period. Address and contact are sealed; the phone has a blind index."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="records")
    parent = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", null=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16, choices=UnitKind.choices)
    category = models.CharField(max_length=60, default="")
    compound = models.CharField(max_length=120, default="")
    district = models.CharField(max_length=60, default="")
    address = SealedField(default="")
    contact_name = SealedField(default="")
    contact_phone = SealedField(default="")
    contact_phone_index = models.CharField(max_length=64, default="")
    staff_count = models.PositiveIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """One open record for a unit; names are unique among open siblings, and among open roots."""

        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=OPEN, name="organisation_record_one_open"),
            models.UniqueConstraint(
                fields=["parent", "name"], condition=OPEN, name="organisation_record_sibling_name"
            ),
            models.UniqueConstraint(
                fields=["name"], condition=OPEN & Q(parent__isnull=True), name="organisation_record_root_name"
            ),
            models.CheckConstraint(condition=Q(kind__in=UnitKind.values), name="organisation_record_kind"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("unit")),
                name="organisation_record_not_own_parent",
            ),
            _ends_after_start("organisation_record_period"),
        ]
        indexes = [
            models.Index(fields=["unit", "starts_on"], name="organisation_record_dated"),
            models.Index(fields=["name"], name="organisation_record_name"),
            models.Index(fields=["contact_phone_index"], name="organisation_record_phone"),
        ]


class UnitLink(models.Model):
    """Who stood below whom in one period, at whatever depth; every unit is below itself at depth 0."""

    ancestor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    descendant = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    depth = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """One open link between two units; depth 0 is a unit and itself, and nothing else is."""

        constraints = [
            models.UniqueConstraint(
                fields=["ancestor", "descendant"], condition=OPEN, name="organisation_link_one_open"
            ),
            models.CheckConstraint(
                condition=Q(depth=0, ancestor=F("descendant"))
                | (Q(depth__gt=0) & ~Q(ancestor=F("descendant"))),
                name="organisation_link_depth",
            ),
            _ends_after_start("organisation_link_period"),
        ]
        indexes = [
            models.Index(fields=["ancestor", "starts_on", "descendant"], name="organisation_link_down"),
            models.Index(fields=["descendant", "starts_on", "ancestor"], name="organisation_link_up"),
        ]


class UserManager(BaseUserManager["User"]):
    """Finds users for signing in; users are made by `organisation.actions.create_user` alone."""


class User(AbstractBaseUser):
    """A person with an account. What the person may do follows from the posts held, not from the account.

    `must_change_password` says that somebody else made the password, who knows it therefore. A sign-in holds
    for the `session_round` in which it was made.
    """

    username = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    email = models.EmailField(blank=True, default="")
    phone = SealedField(default="")
    language = models.CharField(max_length=10, default="zh-hans")
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    session_round = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    def get_session_auth_hash(self) -> str:
        """Return what a session has to hold to stay valid."""
        return f"{super().get_session_auth_hash()}{self.session_round or ''}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return the same under each key of before."""
        for told in super().get_session_auth_fallback_hash():
            yield f"{told}{self.session_round or ''}"


class CalendarAddress(models.Model):
    """The secret address at which a person's calendar is read without a sign-in: one at a time for each.

    `digest` is the SHA-256 (hex) of the secret, which itself is kept nowhere.
    """

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()


class Device(models.Model):
    """A phone or tablet on which a person opened the field app. Its records are sealed with `key` there.

    `number` is the device's own, which it made itself; `key` (32 bytes, base64) is given to its person alone,
    and to nobody once the device was closed: it is emptied then. `unsent` is how many records it said it
    held when it was last seen.
    """

    number = models.UUIDField(unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=60, default="")
    key = SealedField(null=True)
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    unsent = models.PositiveIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        """What is open has its key; what was closed has none, and says who closed it."""

        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, key__isnull=False)
                | Q(closed_at__isnull=False, key__isnull=True),
                name="organisation_device_closed",
            ),
        ]
        indexes = [models.Index(fields=["user", "opened_at"], name="organisation_device_user")]


class Post(models.Model):
    """A role that a person holds at a unit in one period."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(max_length=24, choices=[(role.value, role.value) for role in Role])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """A post is held once at a time by the same person."""

        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "role"], condition=OPEN, name="organisation_post_one_open"
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="organisation_post_role"
            ),
            _ends_after_start("organisation_post_period"),
        ]
        indexes = [models.Index(fields=["role", "starts_on"], name="organisation_post_role_dated")]


class Assignment(models.Model):
    """A pairing: in one period, `holder` looks after `subject` for a purpose (the slug of a plan)."""

    purpose = models.CharField(max_length=80)
    holder = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    subject = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    compound = models.CharField(max_length=120, default="")
    planned_on = models.DateField(null=True)
    late_reason = models.TextField(default="")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """No subject has two leads for one purpose, and no unit leads itself."""

        constraints = [
            models.UniqueConstraint(
                fields=["purpose", "subject"], condition=OPEN, name="organisation_assignment_one_lead"
            ),
            models.CheckConstraint(
                condition=~Q(holder=F("subject")), name="organisation_assignment_not_itself"
            ),
            _ends_after_start("organisation_assignment_period"),
        ]
        indexes = [models.Index(fields=["holder", "starts_on"], name="organisation_assign_holder")]
