"""The register: rosters, persons, and what is known of them.

Periods are `starts_on <= day < ends_on`, but for service: its last day is one of it (`ends_on` included).
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songnuan.kernel.sealed import SealedField
from songnuan.people.columns import INDEX_DIGITS, INDEXES, LIMITS

OPEN = Q(ends_on__isnull=True)
STANDING = Q(withdrawn_on__isnull=True)
TOLD = Q(told_digest__gt="")
"""Rows that tell something: those of erased rosters and persons are empty."""


class RosterKind(models.TextChoices):
    """What a roster lists."""

    PEOPLE = "people", _("People")
    FAMILIES = "families", _("Families")
    SERVICE = "service", _("Service at the front")


class RosterStatus(models.TextChoices):
    """How a roster stands."""

    OPEN = "open", _("Open")
    CLOSED = "closed", pgettext_lazy("roster", "Closed")
    ERASING = "erasing", _("Being erased")
    ERASED = "erased", _("Erased")


LIVING = (RosterStatus.OPEN, RosterStatus.CLOSED)
"""How a roster stands that is kept: whoever it tells of stays in the register."""


class LegalGround(models.TextChoices):
    """Why the law allows to keep what a roster holds (article 13 of the law on personal information)."""

    CONSENT = "consent", _("The person's consent")
    CONTRACT_HR = "contract_hr", _("A contract, or staff matters under lawful rules")
    DUTY = "duty", _("A duty or task set by law")
    EMERGENCY = "emergency", _("A public health emergency, or to protect life and property")
    OTHER_LAW = "other_law", _("Another ground in law")
    UNSTATED = "unstated", _("Not stated yet")


class PersonStatus(models.TextChoices):
    """Whether a person is one of the register's, stands for another entry, or is erased."""

    ACTIVE = "active", _("Active")
    MERGED = "merged", _("Merged into another")
    ERASED = "erased", _("Erased")


class Sex(models.TextChoices):
    """A person's sex; empty when not known."""

    MALE = "male", _("male")
    FEMALE = "female", _("female")


class Relation(models.TextChoices):
    """What a relative is to the employee."""

    SPOUSE = "spouse", _("spouse")
    PARENT = "parent", _("parent")
    CHILD = "child", _("child")
    SIBLING = "sibling", _("brother or sister")
    PARENT_IN_LAW = "parent_in_law", _("parent-in-law")
    GRANDPARENT = "grandparent", _("grandparent")
    GRANDCHILD = "grandchild", _("grandchild")
    OTHER = "other", _("another relative")


def _among(field: str, values: list[str], name: str) -> models.CheckConstraint:
    """Return the constraint that a field holds one of the values."""
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def _ends_after_start(name: str) -> models.CheckConstraint:
    """Return the constraint that a period does not end before it starts."""
    return models.CheckConstraint(condition=OPEN | Q(ends_on__gte=F("starts_on")), name=name)


def _index_field() -> "models.CharField[str, str]":
    """Return the column of a blind index; "" for what is not known."""
    return models.CharField(max_length=INDEX_DIGITS, default="")


class RegisterTurn(models.Model):
    """The one row that whoever changes persons takes, so that changes come one after another."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    taken = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row."""

        constraints = [models.CheckConstraint(condition=Q(id=1), name="people_turn_single")]


class Roster(models.Model):
    """A list of people kept by a unit for a purpose, on a legal ground, until a day.

    When that day is over it is erased: key, title and what it was for stay, and `erased_on` says since when.
    """

    key = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=RosterKind)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField(default="")
    legal_ground = models.CharField(max_length=12, choices=LegalGround, default=LegalGround.UNSTATED)
    notice = models.TextField(default="")
    retain_until = models.DateField(null=True)
    created_at = models.DateTimeField()
    status = models.CharField(max_length=8, choices=RosterStatus, default=RosterStatus.OPEN)
    erased_on = models.DateField(null=True)

    class Meta:
        """Kind, ground and status are among those named."""

        constraints = [
            _among("kind", RosterKind.values, "people_roster_kind"),
            _among("legal_ground", LegalGround.values, "people_roster_ground"),
            _among("status", RosterStatus.values, "people_roster_status"),
        ]


class Person(models.Model):
    """A person. What is not known is NULL where it is sealed, and empty elsewhere.

    `restricted` says that the person was a minor when last told of. A merged person keeps the numbers it
    had, so that a file that names one of them finds `merged_into`; an erased one keeps its key alone.
    """

    key = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=LIMITS["name"], default="")
    sex = models.CharField(max_length=LIMITS["sex"], choices=Sex, default="")
    birth_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=LIMITS["id_kind"], default="")
    id_number = SealedField(null=True)
    id_index = _index_field()
    phone = SealedField(null=True)
    phone_index = _index_field()
    account = SealedField(null=True)
    account_index = _index_field()
    bank = models.CharField(max_length=LIMITS["bank"], default="")
    address = SealedField(null=True)
    address_index = _index_field()
    restricted = models.BooleanField(default=False)
    status = models.CharField(max_length=6, choices=PersonStatus, default=PersonStatus.ACTIVE)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """One active person bears a number; what is sealed has its index; the erased hold nothing."""

        constraints = [
            models.UniqueConstraint(
                fields=["id_index"],
                condition=Q(id_index__gt="", status=PersonStatus.ACTIVE),
                name="people_person_number_once",
            ),
            _among("status", PersonStatus.values, "people_person_status"),
            _among("sex", ["", *Sex.values], "people_person_sex"),
            models.CheckConstraint(
                condition=Q(status=PersonStatus.MERGED, merged_into__isnull=False)
                | (~Q(status=PersonStatus.MERGED) & Q(merged_into__isnull=True)),
                name="people_person_merged_into",
            ),
            models.CheckConstraint(
                condition=~Q(status=PersonStatus.ERASED)
                | Q(
                    name="",
                    birth_on__isnull=True,
                    bank="",
                    **{f"{field}__isnull": True for field in INDEXES},
                ),
                name="people_person_erased_empty",
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{field}__isnull": True, index: ""})
                    | Q(**{f"{field}__isnull": False, f"{index}__gt": ""}),
                    name=f"people_person_{field}_indexed",
                )
                for field, index in INDEXES.items()
            ),
        ]
        indexes = [
            models.Index(fields=["name"], name="people_person_name"),
            models.Index(fields=["phone_index"], condition=Q(phone_index__gt=""), name="people_person_phone"),
            models.Index(
                fields=["account_index"], condition=Q(account_index__gt=""), name="people_person_account"
            ),
            # Nearly empty where most numbers are known: what asks it costs nothing.
            models.Index(
                fields=["phone_index"],
                condition=Q(phone_index__gt="", id_index=""),
                name="people_person_phone_alone",
            ),
            models.Index(
                fields=["id_index"], condition=Q(status=PersonStatus.MERGED), name="people_person_merged"
            ),
        ]


class Enrolment(models.Model):
    """A person in a roster of people in one period: where, and as what. The import `told_by` told it."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=LIMITS["post"], default="")
    rank = models.CharField(max_length=LIMITS["rank"], default="")
    category = models.CharField(max_length=LIMITS["category"], default="")
    employee_number = models.CharField(max_length=LIMITS["employee_number"], default="")
    note = models.CharField(max_length=LIMITS["note"], default="")
    told_digest = models.CharField(max_length=64)
    told_by = models.ForeignKey(
        "people.RosterImport", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """A person stands once in a roster at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["roster", "person"], condition=OPEN, name="people_enrolment_one_open"
            ),
            _ends_after_start("people_enrolment_period"),
        ]


class FamilyLink(models.Model):
    """Who is whose relative, in one period; `workplace` is where the relative works, as it was written."""

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relatives")
    relative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="relative_of")
    relation = models.CharField(max_length=LIMITS["relation"], choices=Relation)
    workplace = models.CharField(max_length=LIMITS["relative_unit"], default="")
    note = models.CharField(max_length=LIMITS["note"], default="")
    told_digest = models.CharField(max_length=64)
    told_by = models.ForeignKey(
        "people.RosterImport", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        """Two persons have one relation at a time; nobody is their own relative."""

        constraints = [
            models.UniqueConstraint(
                fields=["person", "relative"], condition=OPEN, name="people_family_one_open"
            ),
            models.CheckConstraint(condition=~Q(person=F("relative")), name="people_family_not_oneself"),
            _among("relation", Relation.values, "people_family_relation"),
            _ends_after_start("people_family_period"),
        ]


class Service(models.Model):
    """Service of a person at a place at the front. A row told otherwise later is withdrawn, not changed.

    It stands on every day from `starts_on` to `ends_on`, both included, as the workbook told them.
    `direct_contact` is None when not told; `minutes` are those worked, if they were counted.
    """

    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="services")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=LIMITS["place"])
    post = models.CharField(max_length=LIMITS["post"], default="")
    direct_contact = models.BooleanField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    minutes = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=LIMITS["note"], default="")
    told_digest = models.CharField(max_length=64)
    told_by = models.ForeignKey(
        "people.RosterImport", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    recorded_on = models.DateField()
    withdrawn_on = models.DateField(null=True)

    class Meta:
        """One service at a place, in a post, from a day, stands at a time."""

        constraints = [
            models.UniqueConstraint(
                fields=["person", "place", "post", "starts_on"],
                condition=STANDING,
                name="people_service_one_standing",
            ),
            _ends_after_start("people_service_period"),
            models.CheckConstraint(
                condition=STANDING | Q(withdrawn_on__gte=F("recorded_on")), name="people_service_recorded"
            ),
        ]
