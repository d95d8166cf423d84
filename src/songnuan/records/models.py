"""Tables of the records."""

from django.db import models


class Document(models.Model):
    """A notice, instruction or approval that something rests on. `number` is as printed: 〔2020〕3号."""

    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    number = models.CharField(max_length=60)
    issuer = models.CharField(max_length=120)
    dated_on = models.DateField()

    class Meta:
        """An issuer gives a number once."""

        constraints = [models.UniqueConstraint(fields=["issuer", "number"], name="records_document_once")]


class NumberSequence(models.Model):
    """The last number that was given in a sequence, such as "goods.purchase:3"."""

    name = models.CharField(max_length=120, unique=True)
    last = models.PositiveIntegerField(default=0)


class StoredFile(models.Model):
    """A file whose content lies sealed on disk, under its digest (64 hex digits, keyed)."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        """A file has content."""

        constraints = [
            models.CheckConstraint(condition=models.Q(size__gt=0), name="records_file_has_content")
        ]
