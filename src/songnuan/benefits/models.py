"""Tables of standards, of what was settled already, and of what comes of a standard for each person.

What was written of a standard stays; a change is a version of its own. Amounts are fen.
"""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from songnuan.benefits import double_models  # noqa: F401 - the tables of double payments


class Standard(models.Model):
    """A standard (标准) of a unit, under its lasting short name. Its text stands in its versions."""

    slug = models.CharField(max_length=60, unique=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()


class StandardVersion(models.Model):
    """The text of a standard as somebody wrote it: `source` is its file, `digest` the SHA-256 of that.

    Title, document and days stand in the file too; here they are for lists. `decision` is the record of
    the meeting that set or changed an amount, and `decided_on` its day; empty where no amount changed.
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    source = models.TextField()
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    document_number = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    decision = models.CharField(max_length=200, default="")
    decided_on = models.DateField(null=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    written_at = models.DateTimeField()

    class Meta:
        """A number is one version of its standard; a decision has its day."""

        constraints = [
            models.UniqueConstraint(fields=["standard", "number"], name="benefits_version_once"),
            models.CheckConstraint(condition=Q(number__gt=0), name="benefits_version_number"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="benefits_version_days",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True)
                | (Q(decision__gt="") & Q(decided_on__isnull=False)),
                name="benefits_version_decided",
            ),
        ]


class Share(models.TextChoices):
    """How a sum is paid where several of a family could have it."""

    EACH = "each", _("to each")
    ONE = "one", _("to one of the family")
    SPLIT = "split", _("in equal shares")


class Blocked(models.TextChoices):
    """Why nothing is paid yet on a line."""

    AMOUNT = "amount", _("an amount is still to be decided")
    COUPLE = "couple", _("the plan leaves open what a family with several at the front gets")
    TWO_CHILDREN = "two_children", _("the plan leaves open who gets it where several of a family could")
    SETTLED = "settled", _("a sum was paid already, and it is not clear for whom of the family")


class SettledFile(models.Model):
    """A file of what was settled, as it was recorded: `digest` is its SHA-256, `known` rows stood already."""

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    known = models.PositiveIntegerField()
    total_minor = models.BigIntegerField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()

    class Meta:
        """Something was recorded; a file is found again by its digest."""

        constraints = [models.CheckConstraint(condition=Q(rows__gt=0), name="benefits_settledfile_rows")]
        indexes = [models.Index(fields=["standard", "digest"], name="benefits_settledfile_digest")]


class Settlement(models.Model):
    """What was settled already (已结算) for the same as a standard is for, by another place, plan or year.

    Either days of the qualifier's service that another place paid, or a sum that is deducted, or both: then
    the days are out and the sum counts for the year alone. `payee` is who had it, `qualifier` for whose
    service; a sum that names no qualifier is for the payee's only relative. Whoever of them was merged since
    stands for the one they were merged into. What was recorded wrongly is withdrawn. `told_by` is the file
    that told it, if one did; `origin` names the list of this house that settles it ("payments.list:7"), and
    `cut_minor` is what the cap of one time cut off there, which is settled with it, `in_time_minor` what it
    left before a family shared it.
    """

    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="settlements")
    payee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    qualifier = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    amount_minor = models.BigIntegerField(default=0)
    cut_minor = models.BigIntegerField(default=0, db_default=0)
    in_time_minor = models.BigIntegerField(default=0, db_default=0)
    paid_on = models.DateField()
    source = models.CharField(max_length=200)
    told_by = models.ForeignKey(SettledFile, on_delete=models.PROTECT, related_name="settlements", null=True)
    origin = models.CharField(max_length=40, default="", db_index=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_why = models.CharField(max_length=200, default="")

    class Meta:
        """Days are whole and have a qualifier; a sum has a payee; something was settled."""

        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True, ends_on__isnull=True)
                | Q(
                    starts_on__isnull=False,
                    ends_on__isnull=False,
                    ends_on__gte=F("starts_on"),
                    qualifier__isnull=False,
                ),
                name="benefits_settlement_days",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, payee__isnull=False)
                | Q(amount_minor=0, starts_on__isnull=False),
                name="benefits_settlement_something",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_why="")
                | (Q(withdrawn_at__isnull=False) & Q(withdrawn_why__gt="")),
                name="benefits_settlement_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(cut_minor=0) | Q(cut_minor__gt=0, origin__gt=""), name="benefits_settlement_cut"
            ),
        ]


class Reckoning(models.Model):
    """What came of a version of a standard for those of a roster, in a list made for a day.

    `couple` and `two_children` are the plan's answers it went by, empty where there was none. `lines` are
    all, `people` those paid, `blocked` the lines that wait. It is made anew as often as anybody asks,
    until a list is made of it. One whose list is not paid after all is dropped: nothing counts as paid by it.
    """

    measure = models.ForeignKey("plans.Measure", on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(StandardVersion, on_delete=models.PROTECT, related_name="+")
    roster = models.ForeignKey("people.Roster", on_delete=models.PROTECT, related_name="+")
    as_of = models.DateField()
    couple = models.CharField(max_length=8, default="")
    two_children = models.CharField(max_length=8, default="")
    lines = models.PositiveIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    blocked = models.PositiveIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    is_listed = models.BooleanField(default=False)
    is_dropped = models.BooleanField(default=False, db_default=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    made_at = models.DateTimeField()

    class Meta:
        """A measure has one reckoning of which no list was made."""

        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(is_listed=False), name="benefits_reckoning_one_open"
            ),
            models.CheckConstraint(
                condition=Q(couple__in=["", Share.EACH, Share.ONE]), name="benefits_reckoning_couple"
            ),
            models.CheckConstraint(
                condition=Q(two_children__in=["", *Share.values]), name="benefits_reckoning_two_children"
            ),
        ]


class Entitlement(models.Model):
    """What one payee gets for one qualifier (应享): the sum, and how it came about.

    `days` are those of service within the standard that nobody else paid, `counted` says which rows count
    how often (`reckoning.counted_of`). The sums follow the order of
    reckoning: of all parts, less what was settled, within the cap of a time, after the family's share, and
    within the cap of the year. `shared` names the question by which the family's share is another sum.
    `out_minor` is what the line came to before it was taken out as a double payment, and came to nothing.
    """

    reckoning = models.ForeignKey(
        Reckoning, on_delete=models.CASCADE, related_name="entitlements", db_index=False
    )
    payee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    qualifier = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    relation = models.CharField(max_length=13, default="")
    days = models.PositiveIntegerField(default=0)
    counted = models.TextField(default="")
    reckoned_minor = models.BigIntegerField()
    after_settled_minor = models.BigIntegerField()
    after_time_minor = models.BigIntegerField()
    after_family_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    out_minor = models.BigIntegerField(default=0, db_default=0)
    shared = models.CharField(max_length=12, default="")
    blocked = models.CharField(max_length=12, choices=Blocked, default="")

    class Meta:
        """A payee stands once for a qualifier; no step adds to a sum; what is blocked comes to nothing."""

        constraints = [
            models.UniqueConstraint(
                fields=["reckoning", "payee", "qualifier"], name="benefits_entitlement_once"
            ),
            models.CheckConstraint(
                condition=Q(
                    amount_minor__gte=0,
                    after_family_minor__gte=F("amount_minor"),
                    after_time_minor__gte=F("after_family_minor"),
                    after_settled_minor__gte=F("after_time_minor"),
                    reckoned_minor__gte=F("after_settled_minor"),
                ),
                name="benefits_entitlement_steps",
            ),
            models.CheckConstraint(
                condition=Q(blocked="") | Q(amount_minor=0), name="benefits_entitlement_blocked"
            ),
            models.CheckConstraint(
                condition=Q(out_minor=0)
                | Q(out_minor__gt=0, out_minor__lte=F("after_family_minor"), amount_minor=0, blocked=""),
                name="benefits_entitlement_out",
            ),
        ]
