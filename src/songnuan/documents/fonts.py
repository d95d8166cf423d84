"""The fonts of official documents: by which names a machine may know them, and what stands in for them.

They are sold, not free, so no release ships them. A paper names them; where one is not installed, the
PDF is set in another, and says so.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import typst

TITLE, BODY, HEADING, SUBHEADING, FIGURES = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", "宋体"

_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        TITLE: ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
        BODY: ("FangSong_GB2312",),
        HEADING: ("SimHei",),
        SUBHEADING: ("KaiTi_GB2312",),
        FIGURES: ("SimSun",),
    }
)
"""The same font under the names it has elsewhere."""

_SERIF = ("Noto Serif CJK SC", "Noto Serif SC")
_INSTEAD: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        TITLE: ("Source Han Serif SC", *_SERIF),
        BODY: ("仿宋", "FangSong", "STFangsong", "FandolFang R", "FandolFang", *_SERIF),
        HEADING: ("Source Han Sans SC", "Noto Sans CJK SC", "Noto Sans SC", "WenQuanYi Zen Hei"),
        SUBHEADING: ("楷体", "KaiTi", "STKaiti", "FandolKai", "LXGW WenKai", *_SERIF),
        FIGURES: ("STSong", *_SERIF),
    }
)
"""What is set instead, the likest first."""


@dataclass(frozen=True, slots=True)
class Missing:
    """A font that a paper asks for and this machine lacks; `instead` is empty when nothing fits."""

    name: str
    instead: str


@dataclass(frozen=True, slots=True)
class FontChoice:
    """The family to set for each official font, and which of these are not the font asked for."""

    families: Mapping[str, str]
    missing: tuple[Missing, ...]


def choose(installed: Collection[str]) -> FontChoice:
    """Return what to set for each official font, out of the families that are installed."""
    known = {family.casefold(): family for family in installed}
    families: dict[str, str] = {}
    missing: list[Missing] = []
    for name in _NAMES:
        found = _first((name, *_NAMES[name]), known)
        instead = found or _first(_INSTEAD[name], known)
        families[name] = instead or name
        if not found:
            missing.append(Missing(name, instead))
    return FontChoice(MappingProxyType(families), tuple(missing))


def on_this_machine() -> FontChoice:
    """Return the choice for the fonts this machine has."""
    return choose(_installed())


def _first(names: Collection[str], known: Mapping[str, str]) -> str:
    return next((known[name.casefold()] for name in names if name.casefold() in known), "")


@cache
def _installed() -> frozenset[str]:
    """Return the families the machine has; looked up once, as fonts do not come and go while it runs."""
    return frozenset(typst.Fonts().families())
