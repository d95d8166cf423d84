"""What waits to come into the register: imports, their staged rows, problems and mends.

A staged row holds its sealed texts as they will stand in `Person`. It is gone when its import is applied
or cancelled.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songnuan.kernel.sealed import SealedField
from songnuan.people.columns import INDEX_DIGITS, LIMITS
from songnuan.people.models.register import Roster, RosterKind


def _sealed_text() -> "models.TextField[str | None, str | None]":
    """Return a column for a text that is sealed for its place in `Person`; NULL when not told."""
    return models.TextField(null=True)


class ImportStatus(models.TextChoices):
    """How far an import is."""

    RECEIVED = "received", _("Received")
    READING = "reading", _("Being read")
    ASKING = "asking", _("Columns to confirm")
    STAGED = "staged", _("Ready to apply")
    APPLYING = "applying", _("Being applied")
    APPLIED = "applied", _("Applied")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


class State(models.TextChoices):
    """What a staged row does: it is rejected by reading, or set aside by matching, or taken."""

    NEW = "new", _("New person")
    JOINED = "joined", _("Joins")
    CHANGED = "changed", _("Changes")
    UNCHANGED = "unchanged", _("Unchanged")
    REJECTED = "rejected", _("Rejected")
    ASIDE = "aside", _("Rejected")


class RosterImport(models.Model):
    """One file on its way into a roster. The roster itself may be made only when the import is applied.

    `day` is the day from which its rows hold. Its staged rows have ids above `staged_after` and up to
    `staged_through`, with rows of others between them; `applied_through` is the id of the last one done.
    `matched_turn` and `matched_units` count the changes of register and organisation that its rows were
    matched on; `known_through` is the id of the last row that could leave then.
    """

    key = models.CharField(max_length=32, unique=True)
    roster = models.ForeignKey(Roster, on_delete=models.PROTECT, related_name="imports", null=True)
    roster_key = models.CharField(max_length=80)
    roster_title = models.CharField(max_length=120)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", null=True)
    kind = models.CharField(max_length=8, choices=RosterKind)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    file_size = models.PositiveBigIntegerField()
    status = models.CharField(max_length=10, choices=ImportStatus, default=ImportStatus.RECEIVED)
    options = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    day = models.DateField()
    matched_turn = models.PositiveBigIntegerField(null=True)
    matched_units = models.PositiveBigIntegerField(null=True)
    known_through = models.PositiveBigIntegerField(default=0)
    staged_after = models.PositiveBigIntegerField(default=0)
    staged_through = models.PositiveBigIntegerField(default=0)
    applied_through = models.PositiveBigIntegerField(default=0)
    applied_at = models.DateTimeField(null=True)
    note = models.TextField(default="")

    class Meta:
        """Kind and status are among those named; what is applied has its roster and its moment."""

        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RosterKind.values), name="people_import_kind"),
            models.CheckConstraint(condition=Q(status__in=ImportStatus.values), name="people_import_status"),
            models.CheckConstraint(
                condition=~Q(status__in=(ImportStatus.APPLYING, ImportStatus.APPLIED))
                | Q(roster__isnull=False, unit__isnull=False),
                name="people_import_has_roster",
            ),
            models.CheckConstraint(
                condition=Q(status=ImportStatus.APPLIED, applied_at__isnull=False)
                | (~Q(status=ImportStatus.APPLIED) & Q(applied_at__isnull=True)),
                name="people_import_applied_at",
            ),
        ]


class StagedUnit(models.Model):
    """A name of a unit that rows of an import bear; `unit` is None when no unit, or more than one, has it."""

    source = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=LIMITS["unit_name"])
    unit_id = models.BigIntegerField(null=True)
    several = models.BooleanField(default=False)

    class Meta:
        """A name stands once."""

        constraints = [models.UniqueConstraint(fields=["source", "name"], name="people_staged_unit_once")]


class _Staged(models.Model):
    """What all staged rows have: their import, their place in the file, and what becomes of them.

    `person_id` is the person found, `target_id` what stands of the row already: the open enrolment, the
    open family link, the standing service. Neither is a link: what they name may be merged or ended
    meanwhile. `apart` says that name and phone alone do not make the row's person one who is known: another
    row has them too, with another number.

    Rows are loaded by the hundred thousand, so nothing is checked or indexed for each; an import finds its
    own between two ids.
    """

    source = models.ForeignKey(
        RosterImport, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    sheet = models.CharField(max_length=LIMITS["sheet"])
    row = models.PositiveIntegerField()
    state = models.CharField(max_length=9, default=State.NEW)
    name = models.CharField(max_length=LIMITS["name"], default="")
    id_index = models.CharField(max_length=INDEX_DIGITS, default="")
    id_zeros = models.BooleanField(default=False)
    unit_name = models.CharField(max_length=LIMITS["unit_name"], default="")
    note = models.CharField(max_length=LIMITS["note"], default="")
    told_digest = models.CharField(max_length=64, default="")
    person_key = models.CharField(max_length=32, default="")
    person_id = models.BigIntegerField(null=True)
    target_id = models.BigIntegerField(null=True)
    apart = models.BooleanField(null=True)

    class Meta:
        """Not a table."""

        abstract = True


class StagedPerson(_Staged):
    """A row of a roster of people."""

    sex = models.CharField(max_length=LIMITS["sex"], default="")
    birth_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=LIMITS["id_kind"], default="")
    id_number = _sealed_text()
    phone = _sealed_text()
    phone_index = models.CharField(max_length=INDEX_DIGITS, default="")
    account = _sealed_text()
    account_index = models.CharField(max_length=INDEX_DIGITS, default="")
    bank = models.CharField(max_length=LIMITS["bank"], default="")
    address = _sealed_text()
    address_index = models.CharField(max_length=INDEX_DIGITS, default="")
    post = models.CharField(max_length=LIMITS["post"], default="")
    rank = models.CharField(max_length=LIMITS["rank"], default="")
    category = models.CharField(max_length=LIMITS["category"], default="")
    employee_number = models.CharField(max_length=LIMITS["employee_number"], default="")


class StagedFamily(_Staged):
    """A row of a roster of families: its name and number are the employee's, its key the relative's."""

    relation = models.CharField(max_length=LIMITS["relation"], default="")
    relative_name = models.CharField(max_length=LIMITS["relative_name"], default="")
    relative_sex = models.CharField(max_length=LIMITS["relative_sex"], default="")
    relative_birth_on = models.DateField(null=True)
    relative_id_kind = models.CharField(max_length=LIMITS["relative_id_kind"], default="")
    relative_id_number = _sealed_text()
    relative_id_index = models.CharField(max_length=INDEX_DIGITS, default="")
    relative_phone = _sealed_text()
    relative_phone_index = models.CharField(max_length=INDEX_DIGITS, default="")
    relative_unit = models.CharField(max_length=LIMITS["relative_unit"], default="")
    relative_id = models.BigIntegerField(null=True)


class StagedService(_Staged):
    """A row of a roster of service at the front."""

    sex = models.CharField(max_length=LIMITS["sex"], default="")
    birth_on = models.DateField(null=True)
    id_kind = models.CharField(max_length=LIMITS["id_kind"], default="")
    id_number = _sealed_text()
    phone = _sealed_text()
    phone_index = models.CharField(max_length=INDEX_DIGITS, default="")
    place = models.CharField(max_length=LIMITS["place"], default="")
    post = models.CharField(max_length=LIMITS["post"], default="")
    direct_contact = models.BooleanField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    minutes = models.PositiveIntegerField(null=True)


class ImportProblem(models.Model):
    """What is wrong with a row, or with one cell of it. `matched` says that matching found it, not reading.

    `facts` is a JSON object, `column` the heading as it stands in the sheet.
    """

    source = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="+", db_index=False)
    sheet = models.CharField(max_length=LIMITS["sheet"])
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=LIMITS["column"], default="")
    field = models.CharField(max_length=LIMITS["field"], default="")
    code = models.CharField(max_length=LIMITS["code"])
    facts = SealedField()
    matched = models.BooleanField(default=False)

    class Meta:
        """Read by import, sheet and row."""

        indexes = [models.Index(fields=["source", "sheet", "row"], name="people_problem_place")]


class KeptRow(models.Model):
    """The cells of a row with problems, a JSON list, to show it in the sheet's own grid."""

    source = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="+", db_index=False)
    sheet = models.CharField(max_length=LIMITS["sheet"])
    row = models.PositiveIntegerField()
    cells = SealedField()

    class Meta:
        """A row is kept once."""

        constraints = [
            models.UniqueConstraint(fields=["source", "sheet", "row"], name="people_kept_row_once")
        ]


class Mend(models.Model):
    """What an office puts in the place of one cell; `place` counts the sheet's columns from 0."""

    source = models.ForeignKey(RosterImport, on_delete=models.PROTECT, related_name="+", db_index=False)
    sheet = models.CharField(max_length=LIMITS["sheet"])
    row = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    value = SealedField()

    class Meta:
        """A cell is mended once; mending it again replaces what was put there."""

        constraints = [
            models.UniqueConstraint(fields=["source", "sheet", "row", "place"], name="people_mend_once")
        ]


class ColumnMemory(models.Model):
    """What an office said a heading means, in its normal form; `field` is "" when it is to be left out."""

    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=RosterKind)
    heading = models.CharField(max_length=LIMITS["column"])
    field = models.CharField(max_length=LIMITS["field"], default="")

    class Meta:
        """A heading means one thing at a unit."""

        constraints = [
            models.UniqueConstraint(fields=["unit", "kind", "heading"], name="people_column_memory_once")
        ]
