"""Reads a layout of bank files from its YAML, with every fault, and writes it; also the shipped ones."""

from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic import ValidationError

from songnuan.payments.layouts.judging import LayoutFaults
from songnuan.payments.layouts.model import Column, Layout, Results, Total, TotalCell
from songnuan.plans.faults import PlanRefused, sentence_of
from songnuan.plans.rewriting import snippet
from songnuan.plans.yamltext import outline

_SHIPPED = Path(__file__).with_name("shipped")
_FIELDS = tuple(
    dict.fromkeys(
        name for piece in (Layout, Column, Total, TotalCell, Results) for name in piece.model_fields
    )
)
_WORDS = {
    "kind": gettext_lazy("kind of file"),
    "unit": gettext_lazy("unit of amounts"),
    "columns": gettext_lazy("columns"),
    "heading": gettext_lazy("heading"),
    "content": gettext_lazy("content"),
    "total": gettext_lazy("total"),
    "results": gettext_lazy("the bank's answer"),
}


class LayoutRefused(PlanRefused):
    """A layout that was not taken."""

    @staticmethod
    def head(count: int) -> str:
        """Return how the refusal begins."""
        return ngettext(
            "The layout was not taken; it has %(count)s fault.",
            "The layout was not taken; it has %(count)s faults.",
            count,
        ) % {"count": count}


def read(text: str) -> Layout:
    """Read a layout.

    Raises:
        LayoutRefused: `layout_unreadable` when it is no YAML, `layout_invalid` when entries are missing,
            unknown or wrong, or do not fit together; every fault with its line.

    """
    try:
        found = outline(text)
    except PlanRefused as refusal:
        raise LayoutRefused("layout_unreadable", refusal.faults) from refusal
    try:
        return Layout.model_validate(found.data)
    except ValidationError as error:
        faults = [found.fault(path, sentence, _WORDS) for path, sentence in _found(error)]
        raise LayoutRefused("layout_invalid", faults) from error


def _found(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    """Return the places and the sentences of what is wrong."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    for one in error.errors():
        told: Any = one.get("ctx", {}).get("error")
        if isinstance(told, LayoutFaults):
            found += told.faults
        elif one["loc"] == () and one["type"] == "model_type":
            found.append(((), _("this is no layout; write entries, each as “name: value”.")))
        else:
            found.append((one["loc"], sentence_of(one, _FIELDS)))
    return found


def written(layout: Layout) -> str:
    """Return the YAML of a layout."""
    return snippet(layout.said())


@cache
def shipped() -> tuple[Layout, ...]:
    """Return the layouts that come with the house, by their short names."""
    return tuple(read(path.read_text(encoding="utf-8")) for path in sorted(_SHIPPED.glob("*.yaml")))
