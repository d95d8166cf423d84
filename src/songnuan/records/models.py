"""Tables of the records."""

from django.conf import settings
from django.db import models

from songnuan.records.rules import ISSUER_LENGTH, NUMBER_LENGTH, TITLE_LENGTH


class Document(models.Model):
    """A notice, instruction or approval that something rests on. `number` is as printed: 〔2020〕3号."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=TITLE_LENGTH)
    number = models.CharField(max_length=NUMBER_LENGTH)
    issuer = models.CharField(max_length=ISSUER_LENGTH)
    dated_on = models.DateField()

    class Meta:
        """An issuer gives a number once."""

        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="records_document_once")]


class NumberSequence(models.Model):
    """The last number that was given in a sequence, such as "goods.purchase:3"."""

    name = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)


class StoredFile(models.Model):
    """A file whose content lies sealed on disk, under its digest (64 hex digits, keyed).

    Of one that was erased the content is gone, and the name; what it was is still known by the digest.
    """

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """A file has content."""

        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="records_file_has_content")
        ]


class IssuedDocument(models.Model):
    """A document that a unit sent out under a number of its own. Append-only.

    `subject` is what it makes known, such as "plans.plan:front-line-visits@2"; `code`, `year` and `serial`
    make up `number`, as printed. `snapshot` holds the document as data, sealed, `digest` is the SHA-256
    (hex) of that text: papers are made from it and from nothing else.
    """

    subject = models.CharField(max_length=120, unique=True)
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=NUMBER_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH)
    snapshot = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """A unit gives each number of a year once."""

        constraints = [
            models.UniqueConstraint(
                fields=["unit", "code", "year", "serial"], name="records_issued_number_once"
            ),
            models.CheckConstraint(condition=models.Q(serial__gt=0), name="records_issued_serial"),
        ]


class Receipt(models.Model):
    """That a unit is addressed by a document, and that it said it has it: by whom and when, or not yet."""

    document = models.ForeignKey(IssuedDocument, on_delete=models.PROTECT, related_name="receipts")
    unit = models.ForeignKey("organisation.Unit", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )

    class Meta:
        """One for each document and unit; who acknowledged and when come together."""

        constraints = [
            models.UniqueConstraint(fields=["document", "unit"], name="records_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | models.Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="records_receipt_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on"],
                condition=models.Q(acknowledged_at__isnull=True),
                name="records_receipt_open",
            ),
        ]
