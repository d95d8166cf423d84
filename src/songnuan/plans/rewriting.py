"""Writes a plan file anew after a change: comments, order and the way of writing stay where they were.

A change is a function that alters what the file says. It is carried out twice: on the text with its
comments, and on the bare entries as the reader sees them. Should the two not agree, as a comment in an
odd place may bring about, the bare entries are written out: what the plan says always wins.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import deepcopy
from io import StringIO
from textwrap import dedent
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import LiteralScalarString

from songnuan.plans.yamltext import normal, outline

Entries = dict[str, Any]
Change = Callable[[Entries], None]

_NULL = ("tag:yaml.org,2002:null", re.compile(r"(?:~|null|)$"))
_BOOL = ("tag:yaml.org,2002:bool", re.compile(r"(?:true|false)$"))
_INT = ("tag:yaml.org,2002:int", re.compile(r"-?(?:0|[1-9][0-9]{0,17})$"))
_PLAIN = {
    **{first: [_NULL] for first in ("", "~", "n")},
    **{first: [_BOOL] for first in "tf"},
    **{first: [_INT] for first in "-0123456789"},
}


class _AsRead(VersionedResolver):
    """Takes plain words for what `yamltext` takes them: a date and 300.00 stay text."""

    @property
    def versioned_resolver(self) -> dict[str, Any]:
        return _PLAIN


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.Resolver = _AsRead
    yaml.preserve_quotes = True
    yaml.width = 100_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def _dumped(entries: object) -> str:
    stream = StringIO()
    _yaml().dump(entries, stream)
    return stream.getvalue()


def snippet(value: object) -> str:
    """Return a part of a plan, such as a list of things, as the file writes it."""
    return dedent(_dumped(_written(value)).removesuffix("...\n"))


def rewritten(source: str, change: Change) -> str:
    """Return the text of the plan file after the change.

    Raises:
        PlanRefused: `plan_unreadable` when the source is no plan file.

    """
    source = normal(source)
    wanted = outline(source).data
    if not isinstance(wanted, dict):
        return source
    change(wanted)
    document = _yaml().load(source)
    change(document)
    text = _dumped(document)
    if outline(text).data == _plain(wanted):
        return text
    return _dumped(_written(wanted))


def _written(value: Any) -> Any:  # noqa: ANN401 - any part of the file
    """Return a value as it is to be written: text of several lines as a block of lines."""
    if isinstance(value, dict):
        return {name: _written(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_written(item) for item in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - any part of the file
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


def fill(entry: Entries, values: Mapping[str, Any]) -> None:
    """Set the values; None takes an entry out. What is as before is left alone, with its way of writing.

    Text of several lines ends with one, as a block of lines in a file does.
    """
    for name, told in values.items():
        value = told.rstrip("\n") + "\n" if isinstance(told, str) and "\n" in told else told
        if value is None:
            entry.pop(name, None)
        elif name not in entry or _plain(entry[name]) != _plain(value):
            entry[name] = _written(deepcopy(value))


def _items(entries: Entries, name: str) -> list[Entries]:
    if not isinstance(entries.get(name), list):
        entries[name] = []
    items: list[Entries] = entries[name]
    return items


def _at(items: Sequence[Entries], key: str) -> int:
    """Return the place of the item with the key; a measure without one goes by its kind."""
    return next(
        (place for place, item in enumerate(items) if item.get("key", item.get("kind")) == key), len(items)
    )


def head(values: Mapping[str, Any]) -> Change:
    """Change title, office and days."""
    return lambda entries: fill(entries, values)


def from_template(new_head: Mapping[str, Any]) -> Change:
    """Make a new plan of another's text: what only that plan rests on, was paid from or answered is left out.

    Measures that were due on the other's last day are due on the new one's.
    """

    def change(entries: Entries) -> None:
        before, after = entries.get("due_on"), new_head.get("due_on")
        for name in ("basis", "funds"):
            entries.pop(name, None)
        for question in entries.get("questions") or []:
            question.pop("answer", None)
            question.pop("ground", None)
        for one in entries.get("clauses") or []:
            for entry in one.get("measures") or []:
                if after and entry.get("due_on") == before:
                    entry["due_on"] = after
        fill(entries, new_head)

    return change


def rows(name: str, wanted: Sequence[Mapping[str, Any]]) -> Change:
    """Change a list of the head: basis, funds or questions. Each row keeps what is not told of it."""

    def change(entries: Entries) -> None:
        if not wanted:
            entries.pop(name, None)
            return
        there = _items(entries, name)
        del there[len(wanted) :]
        for place, values in enumerate(wanted):
            if place == len(there):
                there.append({})
            fill(there[place], values)

    return change


def together(*changes: Change) -> Change:
    """Return the changes as one."""

    def change(entries: Entries) -> None:
        for one in changes:
            one(entries)

    return change


def clause(key: str, values: Mapping[str, Any]) -> Change:
    """Change number, title or text of a clause; its key stays."""

    def change(entries: Entries) -> None:
        there = _items(entries, "clauses")
        place = _at(there, key)
        if place < len(there):
            fill(there[place], values)

    return change


def new_clause(key: str, values: Mapping[str, Any], after: str) -> Change:
    """Add a clause behind the one with the key `after`, or in front of all when that is empty."""

    def change(entries: Entries) -> None:
        there = _items(entries, "clauses")
        place = _at(there, after) + 1 if after else 0
        entry: Entries = {"key": key}
        fill(entry, values)
        there.insert(place, entry)

    return change


def move_clause(key: str, steps: int) -> Change:
    """Move a clause up (−1) or down (1) among all of them; numbers stay as they are written."""

    def change(entries: Entries) -> None:
        there = _items(entries, "clauses")
        place = _at(there, key)
        if place < len(there) and 0 <= place + steps < len(there):
            there.insert(place + steps, there.pop(place))

    return change


def remove_clause(key: str) -> Change:
    """Take a clause out, with its measures; a question about it is then about the whole plan."""

    def change(entries: Entries) -> None:
        there = _items(entries, "clauses")
        del there[_at(there, key) : _at(there, key) + 1]
        for question in entries.get("questions") or []:
            if question.get("clause") == key:
                del question["clause"]

    return change


def measure(clause_key: str, key: str, kind: str, settings: Mapping[str, Any]) -> Change:
    """Change the settings of a clause's measure, or add it where the clause has none of that key."""

    def change(entries: Entries) -> None:
        clauses = _items(entries, "clauses")
        place = _at(clauses, clause_key)
        if place == len(clauses):
            return
        there = _items(clauses[place], "measures")
        if _at(there, key) == len(there):
            there.append({"kind": kind} if key == kind else {"kind": kind, "key": key})
        entry = there[_at(there, key)]
        gone = {name: None for name in entry if name not in {"kind", "key", *settings}}
        fill(entry, {**gone, **settings})

    return change


def remove_measure(clause_key: str, key: str) -> Change:
    """Take a measure out of its clause."""

    def change(entries: Entries) -> None:
        clauses = _items(entries, "clauses")
        place = _at(clauses, clause_key)
        if place == len(clauses):
            return
        there = _items(clauses[place], "measures")
        del there[_at(there, key) : _at(there, key) + 1]
        if not there:
            del clauses[place]["measures"]

    return change


def free_key(stem: str, taken: Collection[str], *, bare: bool = False) -> str:
    """Return a lasting key that nothing has or had: `stem` itself where `bare`, else numbered."""
    if bare and stem not in taken:
        return stem
    number = 2 if bare else 1
    while f"{stem}_{number}" in taken:
        number += 1
    return f"{stem}_{number}"
