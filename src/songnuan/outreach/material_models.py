"""Tables of what goes with a lesson: a PDF, a film."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from songnuan.outreach.lesson_models import Lesson
from songnuan.records.models import StoredFile


class MaterialKind(models.TextChoices):
    """What goes with a lesson."""

    PDF = "pdf", pgettext_lazy("material", "PDF")
    VIDEO = "video", pgettext_lazy("material", "video")


class Material(models.Model):
    """A file that goes with a lesson; what is taken out of a draft stays, and is shown no more."""

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="materials")
    kind = models.CharField(max_length=5, choices=MaterialKind)
    name = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        """A lesson has one of a kind."""

        constraints = [
            models.UniqueConstraint(
                fields=["lesson", "kind"],
                condition=Q(removed_at__isnull=True),
                name="outreach_material_once",
            ),
        ]


class MaterialPart(models.Model):
    """A stretch of a file, from 0 in their order. Append-only."""

    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """A place in the order once."""

        constraints = [
            models.UniqueConstraint(fields=["material", "position"], name="outreach_materialpart_once"),
        ]
