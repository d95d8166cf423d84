"""What a version that was loaded once says, for reading: its measures may be of kinds that are no more."""

from functools import lru_cache

from django.utils.translation import gettext as _
from pydantic import ValidationError

from songnuan.kernel.refusal import Refusal
from songnuan.plans.planfile import PlanFile
from songnuan.plans.yamltext import outline


@lru_cache(maxsize=32)  # a version never changes, and a page reads the same one again and again
def text_of(source: str) -> PlanFile:
    """Return what the text of a version says.

    Raises:
        Refusal: `version_unreadable` when a plan file is written otherwise by now.

    """
    try:
        return PlanFile.model_validate(outline(source).data)
    except ValidationError as error:
        sentence = _("This version was written for an earlier release and can no longer be shown.")
        raise Refusal("version_unreadable", sentence) from error
