"""Reads the narrow part of YAML that a plan file uses, with the line of every entry.

Built from the parser's events, one after another, so that nothing is ever constructed but plain
lists, entries and text: no tags, no anchors, no repeated names, no deep nesting, no second document.
A figure with a fraction and a date stay the text they were written as: "300.00" is never a float.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from songnuan.plans.faults import PLAIN, Fault, Path, PlanRefused, line_of, place

LIMIT = 1_000_000
DEPTH = 12
ENTRIES = 20_000
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
# Left behind by copying from Word and web pages; nobody sees them, and a name that has one is another name.
_DROPPED = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")


class _Stop(Exception):  # noqa: N818 - ends the reading, is caught here
    """A fault after which the rest cannot be understood."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.fault = Fault(line, "", sentence)


@dataclass(frozen=True, slots=True)
class Outline:
    """What a file says, as dict, list, str, int, bool and None, and the line (from 1) of each path."""

    data: object
    lines: dict[Path, int]

    def fault(self, path: Path, sentence: str, words: Mapping[str, Promise] = PLAIN) -> Fault:
        """Return what is wrong at a place; `words` are those of its entries, where a plan has others."""
        return Fault(line_of(self.lines, path), place(path, self.data, words), sentence, path)


@dataclass(slots=True)
class _Open:
    """A list or an entry being filled; `key` waits for its value."""

    path: Path
    items: dict[str, Any] | list[Any]
    key: str | None = None


@dataclass(slots=True)
class _Builder:
    """Takes the events in turn. `faults` gathers what can be gone past; the rest raises `_Stop`."""

    data: object = None
    lines: dict[Path, int] = field(default_factory=lambda: {(): 1})
    faults: list[Fault] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    documents: int = 0
    entries: int = 0

    def take(self, event: Event) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, DocumentStartEvent):
            self._document(event, line)
        elif isinstance(event, NodeEvent):
            self._node(event, line)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self.stack.pop()

    def _document(self, event: DocumentStartEvent, line: int) -> None:
        self.documents += 1
        if self.documents > 1:
            raise _Stop(line, _("a second document begins here; write one plan in one file."))
        if event.version or event.tags:
            raise _Stop(
                line, _("directives (lines beginning with %) are not used in a plan file; remove it.")
            )

    def _node(self, event: NodeEvent, line: int) -> None:
        self.entries += 1
        if self.entries > ENTRIES:
            raise _Stop(line, _("the file has more entries than any plan; check that it is the right file."))
        if self._awaits_key():
            self._key(event, line)
            return
        path = self._path()
        self.lines.setdefault(path, line)
        if event.anchor is not None:
            self._fault(
                line,
                path,
                _("anchors and aliases (& and *) are not used in a plan file; write the value out."),
            )
        if getattr(event, "tag", None) is not None:
            self._fault(line, path, _("tags (!) are not used in a plan file; remove it."))
        if isinstance(event, MappingStartEvent):
            self._open(path, {}, line)
        elif isinstance(event, SequenceStartEvent):
            self._open(path, [], line)
        else:
            self._put(self._scalar(event, path, line))

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].items, dict) and self.stack[-1].key is None

    def _key(self, event: NodeEvent, line: int) -> None:
        top = self.stack[-1]
        if not isinstance(event, ScalarEvent):
            raise _Stop(line, _("the name of an entry must be a plain word."))
        top.key = event.value
        path = (*top.path, event.value)
        if _UNSEEN.search(event.value):
            raise _Stop(
                line, _("the name of an entry contains a character that cannot be seen; type it again.")
            )
        if event.value in top.items:
            sentence = _("this entry stands here twice, first in line %(first)s; keep one.")
            self._fault(line, path, sentence % {"first": self.lines.get(path, 0)})
        self.lines.setdefault(path, line)

    def _path(self) -> Path:
        if not self.stack:
            return ()
        top = self.stack[-1]
        return (*top.path, len(top.items) if isinstance(top.items, list) else str(top.key))

    def _open(self, path: Path, items: dict[str, Any] | list[Any], line: int) -> None:
        if len(self.stack) >= DEPTH:
            raise _Stop(line, _("entries stand too deep inside each other here; check the indentation."))
        self._put(items)
        self.stack.append(_Open(path, items))

    def _scalar(self, event: NodeEvent, path: Path, line: int) -> str | int | bool | None:
        if not isinstance(event, ScalarEvent):
            return None
        text: str = event.value
        if _UNSEEN.search(text):
            self._fault(line, path, _("this contains a character that cannot be seen; type it again."))
        if not event.implicit[0]:
            return text
        if text in _WORDS:
            return _WORDS[text]
        return int(text) if _WHOLE.fullmatch(text) else text

    def _put(self, value: object) -> None:
        if not self.stack:
            self.data = value
            return
        top = self.stack[-1]
        if isinstance(top.items, list):
            top.items.append(value)
        else:
            top.items.setdefault(str(top.key), value)
            top.key = None

    def _fault(self, line: int, path: Path, sentence: str) -> None:
        self.faults.append(Fault(line, place(path, self.data), sentence, path))


def normal(text: str) -> str:
    """Return the text as it is kept: without signs that show nothing, lines ending the same everywhere."""
    return _DROPPED.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def decoded(content: bytes) -> str:
    """Return the bytes of a plan file as text; read no more of a file than `LIMIT` and one.

    Raises:
        PlanRefused: `plan_unreadable` when it is too large, or not UTF-8, with the line.

    """
    if len(content) > LIMIT:
        raise PlanRefused("plan_unreadable", [Fault(0, "", _too_large())])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = next((name for name in ("UTF-16", "GB18030") if _may_be(content, name)), "")
        sentence = (
            _("this is not UTF-8 text but %(found)s, as it seems; save the file as UTF-8 and try again.")
            if found
            else _("this is not UTF-8 text; save the file as UTF-8 and try again.")
        )
        raise PlanRefused("plan_unreadable", [Fault(line, "", sentence % {"found": found})]) from None


def _may_be(content: bytes, encoding: str) -> bool:
    """Return whether the bytes are such text; nearly all are some UTF-16, so that needs its mark."""
    if encoding == "UTF-16" and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def outline(text: str) -> Outline:
    """Return what the text says.

    Raises:
        PlanRefused: `plan_unreadable` with every fault that could be found.

    """
    read = _read(normal(text))
    return Outline(deepcopy(read.data), dict(read.lines))


@lru_cache(maxsize=16)
def _read(text: str) -> Outline:
    """Return what a text says, for the pages and checks that ask again: nobody may change it."""
    builder = _Builder()
    try:
        _check_text(text)
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except _Stop as stop:
        builder.faults.append(stop.fault)
    except (YAMLError, ArithmeticError, ValueError) as error:
        builder.faults.append(_layout_fault(error, text))
    if not builder.documents and not builder.faults:
        builder.faults.append(Fault(0, "", _("the file is empty.")))
    if builder.faults:
        raise PlanRefused("plan_unreadable", builder.faults)
    return Outline(builder.data, builder.lines)


# What is written wrongly most often, as it begins a line.
_SLIPS = (
    (
        re.compile(r"\s{0,40}(?:- )?(?P<name>[a-z_]{3,30})："),
        gettext_lazy("after “%(name)s” stands a full-width colon; write “%(name)s: ”, colon and space."),
    ),
    (
        re.compile(r"\s{0,40}(?:- )?(?P<name>[a-z_]{3,30}):[^\s/]"),
        gettext_lazy("after “%(name)s:” a space is missing."),
    ),
    (
        re.compile(r"\s{0,40}-(?P<name>[a-z_]{3,30})\s?:"),
        gettext_lazy("after the hyphen a space is missing."),
    ),
    (re.compile(r"(?P<name> {0,40})\t"), gettext_lazy("this line is indented with a tab; use spaces.")),
)


def _layout_fault(error: Exception, text: str) -> Fault:
    """Return what is wrong with the layout: the parser often stumbles only on the line below."""
    mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
    if mark is None:
        return Fault(0, "", _layout())
    if isinstance(error, MarkedYAMLError) and error.context_mark and "quoted" in str(error.context):
        return Fault(error.context_mark.line + 1, "", _("a quotation mark is opened here and not closed."))
    lines = text.split("\n")
    for number in (mark.line, mark.line - 1):
        line = lines[number] if 0 <= number < len(lines) else ""
        for form, sentence in _SLIPS:
            if found := form.match(line):
                return Fault(number + 1, "", str(sentence) % found.groupdict())
    return Fault(mark.line + 1, "", _layout())


def _too_large() -> str:
    return _("the file is larger than 1 MB, which no plan is; check that it is the right file.")


def _layout() -> str:
    return _(
        "the layout cannot be understood here; check the indentation (spaces, no tabs), the space after each "
        "colon, and quotation marks that are not closed."
    )


def _check_text(text: str) -> None:
    """Refuse what is too large, or holds a character that cannot be kept, before it is taken apart."""
    if len(text) > LIMIT or len(text.encode(errors="replace")) > LIMIT:
        raise _Stop(0, _too_large())
    if found := _UNSEEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise _Stop(line, _("this line contains a character that cannot be seen; type it again."))
