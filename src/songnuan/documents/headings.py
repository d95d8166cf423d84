"""What the headings of a table mean: the fields of a layout, in the many spellings that offices use.

Headings are compared in their `normal` form, so that spaces, asterisks, full-width letters, Traditional
characters and remarks in brackets make no difference. A table may be about two parties, such as an
employee and a relative: then the group above a column, a word in front of its heading (家属姓名), or else
the columns to its left decide whom a plain 姓名 is about.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

from opencc import OpenCC
from rapidfuzz import fuzz, process

from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell, text

HEADING_MAX: Final = 60
"""Characters of a heading; a longer text is a title or an instruction."""

ANY: Final = "*"

_GAPS = re.compile(r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\x00-\x1f]+")
_EDGES = ":;,.。、·•★☆※●○◎◆◇■□▲△▼▽→!?_~-—'\"“”‘’`|"
_BRACKETS = re.compile(
    r"\([^()]*\)?|\[[^\[\]]*\]?|【[^【】]*】?|〔[^〔〕]*〕?|<[^<>]*>?|\{[^{}]*\}?|《[^《》]*》?"
)
_NUMBERING = re.compile(r"\(?\d{1,2}\)?[.、:)]?(?=\D)")
_POLITE = re.compile(r"^(?:请?(?:如实)?(?:填写|输入|选择|提供)|您的|你的)+|(?:非?必填|选填|必录|可不填)项?$")
_PARTS = re.compile(r"[/|&+;,、]|和|及|或|与")
_TWO_LANGUAGES = re.compile(r"([^a-z]+)([a-z][a-z.'#]*)")
# What is written in two ways; the second is compared.
_WRITTEN = "帐>账 身分>身份 联络>联系 连络>联系 资讯>信息 型别>类型 行动电话>手机 手提电话>手机"
_SAME = tuple(pair.partition(">")[::2] for pair in _WRITTEN.split())
# A line above the headings with such a text is a title or tells who sent the table, no group of columns.
_NO_GROUP = re.compile(r"[表册单]$|花名册|名单|台账|汇总|统计|登记|一览|档案|附件|通知|方案|:")
_GROUP_MAX = 16
_LONGEST = 200
# Ranks: before the listed headings what an office said, then what names whom it is about; last come patterns.
_TOLD, _NAMED, _BY_PATTERN = -2_000, -1_000, 1_000


@dataclass(frozen=True)
class Field:
    """A field that a column may tell.

    `headings` are its usual ones, the surest first: of two columns for one field the surer is read.
    `pattern` is a regular expression for more of them, in normal form. `party` is whom it is about: ""
    for those the table is about, `ANY` for what belongs to the row. `looks` says whether a cell could hold
    this field; it only helps to propose. `private` values are never shown as samples.
    """

    name: str
    headings: tuple[str, ...]
    required: bool = False
    looks: Callable[[Cell], bool] | None = None
    private: bool = False
    party: str = ""
    pattern: str = ""


@dataclass(frozen=True)
class Party:
    """Whom columns may be about, and the words that say so, such as 家属 in 家属姓名 or above 姓名."""

    name: str
    words: tuple[str, ...]


@dataclass(frozen=True, eq=False)  # told apart by identity: it is the key of caches
class Layout:
    """What a table of one kind tells.

    Of each set of fields in `any_of` at least one must be there. Columns about one of the `parties` that
    no field is about are not read. `others` are usual headings of which nothing is read either, so that
    they are neither taken for a field nor proposed for one.
    """

    name: str
    fields: tuple[Field, ...]
    any_of: tuple[frozenset[str], ...] = ()
    parties: tuple[Party, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def by_name(self) -> Mapping[str, Field]:
        """The fields by their names."""
        return _index(self).fields


class Label(NamedTuple):
    """The heading of a column: as shown, its own line alone, and the group above it ("" none)."""

    heading: str
    leaf: str
    group: str = ""


class Meaning(NamedTuple):
    """What a heading means: a field, "" when an office said to leave it out, or None for no field.

    `party` is whom the heading names, None when it leaves that open. `settled`: it is a heading everybody
    knows, so that nothing is to be proposed even where its field is told by another column or there is none.
    `again` is the field that another column tells more surely.
    """

    field: str | None
    party: str | None = None
    settled: bool = False
    again: str = ""


class _Index(NamedTuple):
    """A layout made ready for looking up. `headings`: normal heading -> its fields, each with its rank."""

    fields: Mapping[str, Field]
    headings: Mapping[str, tuple[tuple[str, int], ...]]
    patterns: tuple[tuple[re.Pattern[str], str], ...]
    words: Mapping[str, str]
    others: frozenset[str]
    parties: frozenset[str]


class _Sense(NamedTuple):
    """A heading by itself: the fields it may mean with their ranks (less is surer), and whom it names."""

    fields: tuple[tuple[str, int], ...] = ()
    party: str | None = None
    other: bool = False


def normal(heading: Cell | Odd) -> str:
    """Return a heading as it is compared: half-width, simplified, lower case, no spaces or decoration.

    What stands in brackets is kept: 工时（小时） -> 工时(小时).
    """
    return _normal(shown(heading))


def shown(cell: Cell | Odd) -> str:
    """Return a cell as a person reads it, in one line: of a formula its value, of an error nothing."""
    if isinstance(cell, Odd):
        return text(cell.value) if cell.kind == "formula" else ""
    return "" if isinstance(cell, bool) else text(cell)


def simplified(words: str) -> str:
    """Return words without spaces, half-width, in lower case and Simplified characters; the first 200."""
    plain = _GAPS.sub("", unicodedata.normalize("NFKC", words[:_LONGEST])).lower()
    return plain if plain.isascii() else _converter().convert(plain)


def known_field(heading: str, layout: Layout, known: Mapping[str, str]) -> str | None:
    """Return what an office said about a heading: a field of the layout, "" to leave it out, None nothing."""
    plain = normal(heading)
    for spelling in (plain, _trimmed(_BRACKETS.sub("", plain))):
        field = known.get(spelling)
        if field is not None and (not field or field in layout.by_name):
            return field
    return None


def meanings(labels: Sequence[Label], layout: Layout, known: Mapping[str, str]) -> list[Meaning]:
    """Return what each column means. No field is told by two columns.

    `known` maps normal headings to what an office said about them; that goes before everything else.
    """
    told = [known_field(label.heading, layout, known) for label in labels]
    senses = [_sense_of(label, layout) for label in labels]
    grouped = any(group_party(layout, label.group) is not None for label in labels)
    claims = _Claims(_index(layout), len(labels))
    for place, (field, sense) in enumerate(zip(told, senses, strict=True)):
        claims.take_outright(place, field, sense)
    about = ""
    for place, (label, field, sense) in enumerate(zip(labels, told, senses, strict=True)):
        if grouped and not label.group:
            about = ""
        if field is None and sense.party is None:
            claims.take_implied(place, sense, about)
        about = claims.about_after(place, sense, about)
    return [
        Meaning(
            claims.field_at(place) or ("" if field == "" else None),
            sense.party,
            settled=bool(sense.fields) or sense.other,
            again=claims.lost_at(place),
        )
        for place, (field, sense) in enumerate(zip(told, senses, strict=True))
    ]


def fields_of(heading: str, layout: Layout) -> frozenset[str]:
    """Return the fields that a heading by itself may mean."""
    return frozenset(field for field, _rank in _sense(layout, heading).fields)


def group_party(layout: Layout, group: str) -> str | None:
    """Return whom a group of columns is about by its heading, such as 家属信息; None when it does not say."""
    plain = _trimmed(_BRACKETS.sub("", _normal(group)))
    if not is_group(plain):
        return None
    words = [
        (plain.rfind(word) + len(word), len(word), word) for word in _index(layout).words if word in plain
    ]
    return _index(layout).words[max(words)[2]] if words else None  # in 职工家属 the last one counts


def is_group(plain: str) -> bool:
    """Return whether a normal text may stand above a group of columns, and is no title."""
    return 0 < len(plain) <= _GROUP_MAX and not _NO_GROUP.search(plain)


def likeness(heading: str, layout: Layout) -> dict[str, float]:
    """Return how alike a heading is to those of each field, from 0 to 100."""
    plain = _trimmed(_BRACKETS.sub("", _normal(heading)))
    known = _index(layout).headings
    best: dict[str, float] = {}
    for other, score, _place in process.extract(plain, known.keys(), scorer=fuzz.ratio, limit=None):
        for field, _rank in known[other]:
            best[field] = max(score, best.get(field, 0))
    return best


class _Claims:
    """Which column each field is read from, when all have said what they could mean."""

    def __init__(self, index: _Index, width: int) -> None:
        self._index = index
        self._best: dict[str, tuple[int, int]] = {}  # field -> rank and place
        self._chosen = [""] * width

    def take_outright(self, place: int, told: str | None, sense: _Sense) -> None:
        """Take what an office said a column is, or what its heading says of somebody it names."""
        if told:
            self._take(place, told, _TOLD)
        elif told is None and sense.party is not None:
            for field, rank in sense.fields:
                if self._is_about(field, sense.party):
                    self._take(place, field, rank + (_NAMED if len(self._index.parties) > 1 else 0))
                    break

    def take_implied(self, place: int, sense: _Sense, about: str) -> None:
        """Take what a plain heading means where the columns to its left are about `about`.

        The heading of a required field that is not about them, or is told already, begins what is about the
        others: after 姓名 and 身份证号 comes 关系, or another 姓名.
        """
        fitting = [choice for choice in sense.fields if self._is_about(choice[0], about)]
        needed = [
            choice
            for choice in sense.fields
            if self._index.fields[choice[0]].required
            and choice[0] not in self._best
            and choice not in fitting
        ]
        if fitting and not (needed and fitting[0][0] in self._best):
            self._take(place, *fitting[0])
        elif needed:
            self._take(place, *needed[0])

    def about_after(self, place: int, sense: _Sense, about: str) -> str:
        """Return whom a plain heading right of this column is about."""
        if sense.party is not None and sense.party in self._index.parties:
            return sense.party
        chosen = self._index.fields.get(self._chosen[place])
        return chosen.party if chosen and chosen.required and chosen.party != ANY else about

    def field_at(self, place: int) -> str:
        """Return the field that is read from a column, "" for none."""
        field = self._chosen[place]
        return field if field and self._best[field][1] == place else ""

    def lost_at(self, place: int) -> str:
        """Return the field that a column means and that is read from another one, "" for none."""
        field = self._chosen[place]
        return field if field and self._best[field][1] != place else ""

    def _take(self, place: int, field: str, rank: int) -> None:
        self._chosen[place] = field
        self._best[field] = min((rank, place), self._best.get(field, (rank, place)))

    def _is_about(self, field: str, party: str) -> bool:
        whose = self._index.fields[field].party
        return whose == party or (whose == ANY and party in self._index.parties)


def _sense_of(label: Label, layout: Layout) -> _Sense:
    """Return what a heading may mean under its group: 单位 under 支援 is 支援单位."""
    if not label.group:
        return _sense(layout, label.leaf)
    whole = _sense(layout, f"{label.group}{label.leaf}")
    if whole.fields or whole.other:
        return whole
    sense = _sense(layout, label.leaf)
    return sense if sense.party is not None else sense._replace(party=group_party(layout, label.group))


@lru_cache(maxsize=10_000)
def _sense(layout: Layout, heading: str) -> _Sense:
    """Return what a heading may mean."""
    index = _index(layout)
    plain = _normal(heading)
    if 0 < len(plain) <= HEADING_MAX:
        for spelling in _spellings(plain):
            if sense := _look_up(index, spelling) or _of_parts(index, spelling):
                return sense
    return _Sense()


def _spellings(plain: str) -> Iterator[str]:
    """Yield a normal heading, then without its remarks, its number (1.姓名) and its manners (请填写姓名)."""
    bare = _trimmed(_BRACKETS.sub("", plain))
    for spelling in (plain, bare):
        yield spelling
        unnumbered = _NUMBERING.sub("", spelling, count=1) if _NUMBERING.match(spelling) else spelling
        yield unnumbered
        yield _trimmed(_POLITE.sub("", unnumbered))


def _look_up(index: _Index, plain: str) -> _Sense | None:
    """Return what a normal heading may mean, or None when nobody knows it."""
    if fields := index.headings.get(plain):
        return _Sense(fields, _named_party(index, plain, fields))
    if plain in index.others:
        return _Sense(other=True)
    for pattern, field in index.patterns:
        if pattern.fullmatch(plain):
            return _Sense(((field, _BY_PATTERN),))
    for word, party in index.words.items():
        if plain.startswith(word):
            rest = plain.removeprefix(word).removeprefix("'s").removeprefix("的")
            sense = _look_up(index, rest) if rest else None
            if sense is not None:
                return sense if sense.party is not None else sense._replace(party=party)
            if party not in index.parties:
                return _Sense(party=party, other=True)
    return None


def _named_party(index: _Index, plain: str, fields: tuple[tuple[str, int], ...]) -> str | None:
    """Return whom a listed heading names: 家属 in 家属姓名; None when it is a plain one."""
    (party, *others) = {index.fields[field].party for field, _rank in fields}
    named = any(plain.startswith(word) for word, whose in index.words.items() if whose == party)
    return party if named and not others else None


def _of_parts(index: _Index, plain: str) -> _Sense | None:
    """Return what all parts of a heading may mean: 姓名/Name, 单位及科室; None when one of them does not."""
    parts = [part for part in _PARTS.split(plain) if part]
    if len(parts) == 1 and (two := _TWO_LANGUAGES.fullmatch(plain)):
        parts = list(two.groups())
    senses = [_look_up(index, _trimmed(part)) for part in parts]
    if len(parts) < 2 or None in senses:
        return None
    common = set.intersection(*({field for field, _rank in sense.fields} for sense in senses if sense))
    first = next(sense for sense in senses if sense)
    fields = tuple(choice for choice in first.fields if choice[0] in common)
    return first._replace(fields=fields) if fields else None


@cache
def _index(layout: Layout) -> _Index:
    """Return a layout made ready for looking up."""
    headings: dict[str, dict[str, int]] = {}
    for field in layout.fields:
        for rank, heading in enumerate(field.headings):
            headings.setdefault(_normal(heading), {}).setdefault(field.name, rank)
    words = {_normal(word): party.name for party in layout.parties for word in party.words}
    return _Index(
        fields=MappingProxyType({field.name: field for field in layout.fields}),
        headings={heading: tuple(ranks.items()) for heading, ranks in headings.items()},
        patterns=tuple((re.compile(field.pattern), field.name) for field in layout.fields if field.pattern),
        words=dict(sorted(words.items(), key=lambda pair: -len(pair[0]))),
        others=frozenset(map(_normal, layout.others)),
        parties=frozenset({""} | {field.party for field in layout.fields}) - {ANY},
    )


@lru_cache(maxsize=10_000)
def _normal(heading: str) -> str:
    plain = simplified(heading).replace("*", "")
    for form, compared in _SAME:
        plain = plain.replace(form, compared)
    return _trimmed(plain)


def _trimmed(plain: str) -> str:
    return plain.strip(_EDGES)


@cache
def _converter() -> OpenCC:
    """Return the converter to Simplified characters; it is made when it is first needed."""
    return OpenCC("t2s")
