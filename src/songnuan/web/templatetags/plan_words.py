"""Words for the parts of a plan file: the names of its entries, and the settings of its measures."""

import contextlib
import re
from datetime import date

from django import template
from django.utils.translation import gettext as _

from songnuan.journeys.measures import kinds
from songnuan.kernel.days import written
from songnuan.plans.comparing import ItemChange
from songnuan.plans.faults import field_label
from songnuan.plans.models import Blocks, PlanKind
from songnuan.web.measure_form import word_of, words_of

register = template.Library()
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WITHIN = re.compile(r"([0-9]+) due_workdays")


@register.filter
def entry_words(name: str) -> str:
    """Return what an entry of a plan file is called; its own name where there is no word for it."""
    return field_label(name) or name


@register.filter
def setting_words(name: str, item: ItemChange) -> str:
    """Return what a setting of a measure is called."""
    kind = kinds().get(item.kind)
    field = kind.settings.model_fields.get(name) if kind else None
    return words_of(field.description, name) if field else name


@register.filter
def kind_words(name: str) -> str:
    """Return what a kind of measure is called."""
    kind = kinds().get(name)
    return kind.label() if kind else name


@register.filter
def value_words(value: str, name: str = "") -> str:
    """Return a value that is one of a few words in the reader's language."""
    if name == "blocks" and value in Blocks.values:
        return str(Blocks(value).label)
    if name == "plan_kind" and value in PlanKind.values:
        return str(PlanKind(value).label)
    return "\n".join(" · ".join(map(_piece, line.split(" · "))) for line in value.split("\n"))


def _piece(value: str) -> str:
    """Return one value in the reader's words: a day, how often, within how many working days, yes or no."""
    if value in {"true", "false"}:
        return _("yes") if value == "true" else _("no")
    if _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            return written(date.fromisoformat(value))
    if within := _WITHIN.fullmatch(value):
        return _("within %(count)s working days of the opening") % {"count": within[1]}
    return word_of(value)
