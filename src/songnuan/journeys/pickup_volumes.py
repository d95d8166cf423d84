"""Long papers are cut into volumes (册) that a machine draws and a hand can hold; units stay together."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import TypeVar

from django.utils.translation import gettext as _

from songnuan.kernel.refusal import Refusal

T = TypeVar("T")

DRAWN_MOST: Mapping[str, int] = MappingProxyType({"pdf": 1_000, "docx": 500})
"""Lines of a volume by kind of file: more take a small machine's memory. A workbook holds all there are."""


def volumes(rows: Sequence[T], of: Callable[[T], Hashable], most: int) -> list[list[T]]:
    """Return rows in volumes of at most so many; those that belong together are torn only where they must."""
    found: list[list[T]] = []
    for _key, told in groupby(rows, of):
        group = list(told)
        if not found or len(found[-1]) + len(group) > most:
            found.append([])
        while len(group) > most:
            found[-1] += group[:most]
            group = group[most:]
            found.append([])
        found[-1] += group
    return [volume for volume in found if volume]


def volume_of(
    rows: Sequence[T], of: Callable[[T], Hashable], *, form: str, number: int | None
) -> tuple[list[T], str]:
    """Return the rows of the volume asked for, and which it is, in words; all where they fill one.

    Raises:
        Refusal: `sheet_too_long` where they fill several and none of these is asked for.

    """
    most = DRAWN_MOST.get(form)
    found = volumes(rows, of, most) if most else [list(rows)]
    if len(found) <= 1:
        return list(rows), ""
    if number is None or not 1 <= number <= len(found):
        sentence = _(
            "This paper has %(count)s lines and fills %(volumes)s volumes in this kind of file. Enter which"
            " one you want, from 1 to %(volumes)s, or choose one unit, or take it as Excel, which holds all."
        )
        words = {"count": len(rows), "volumes": len(found)}
        raise Refusal("sheet_too_long", sentence % words, field="volume", count=len(rows), limit=most)
    return found[number - 1], f"第{number}册（共{len(found)}册）"
