"""Reads layouts of bank files: the shipped ones, and of the own ones each newest version."""

from collections.abc import Collection

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _
from pydantic import ValidationError

from songnuan.kernel.refusal import Refusal
from songnuan.payments.layout_models import BankLayout
from songnuan.payments.layouts.model import Layout
from songnuan.payments.layouts.reading import shipped


def layouts(units: Collection[int] | None = None) -> list[Layout]:
    """Return every layout that can be used: the shipped ones, then the own ones, by their short names.

    Args:
        units: Whose own layouts; of all where it is not told.

    """
    rows = latest() if units is None else latest().filter(unit__in=list(units))
    return [*shipped(), *(told for row in rows.order_by("slug") if (told := told_of(row)) is not None)]


def layout_of(slug: str) -> Layout:
    """Return a layout by its short name.

    Raises:
        Refusal: `layout_unknown`.

    """
    found = next((one for one in shipped() if one.slug == slug), None)
    if found is None and (row := versions_of(slug).first()) is not None:
        found = told_of(row)
    if found is None:
        sentence = _("There is no layout “%(slug)s” of bank files. Choose another.")
        raise Refusal("layout_unknown", sentence % {"slug": slug}, field="layout")
    return found


def is_shipped(slug: str) -> bool:
    """Return whether a short name is that of a shipped layout."""
    return any(one.slug == slug for one in shipped())


def versions_of(slug: str) -> QuerySet[BankLayout]:
    """Return the versions of an own layout, the newest first."""
    return BankLayout.objects.filter(slug=slug).select_related("written_by").order_by("-number")


def latest() -> QuerySet[BankLayout]:
    """Return the newest version of each own layout."""
    newest = BankLayout.objects.values("slug").annotate(last=Max("pk")).values("last")
    return BankLayout.objects.filter(pk__in=newest).select_related("written_by")


def told_of(row: BankLayout) -> Layout | None:
    """Return what a version says; None where it was written when layouts took other entries."""
    try:
        return Layout.model_validate_json(row.body)
    except ValidationError:
        return None
