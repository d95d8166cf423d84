"""What the entries of a plan file have to agree on: keys name one thing, clauses named are there.

It is looked for in the bare entries, so that it is told together with whatever else is wrong with them.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from songnuan.plans.faults import Fault, Path, line_of, place
from songnuan.plans.yamltext import Outline


def _entries(data: object, name: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what the list under `name` holds, each with its place; nothing where it is no list."""
    items = data.get(name) if isinstance(data, dict) else None
    for index, item in enumerate(items if isinstance(items, list) else []):
        if isinstance(item, dict):
            yield index, item


def measures_in(data: object) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every measure of the file as it is written, with its place."""
    for clause_index, clause in _entries(data, "clauses"):
        for index, measure in _entries(clause, "measures"):
            yield ("clauses", clause_index, "measures", index), measure


def disagreements(found: Outline) -> Iterator[Fault]:
    """Yield every key that is given twice where it must name one thing, and every clause not there."""
    for name, field in (("clauses", "key"), ("questions", "key"), ("funds", "number")):
        items = _entries(found.data, name)
        yield from _twice(found, field, (((name, index), item.get(field)) for index, item in items))
    measures = measures_in(found.data)
    yield from _twice(found, "key", ((path, row.get("key", row.get("kind"))) for path, row in measures))
    keys = {clause.get("key") for _index, clause in _entries(found.data, "clauses")}
    for index, question in _entries(found.data, "questions"):
        yield from _choices(found, question, ("questions", index, "choices"))
        named = question.get("clause")
        if isinstance(named, str) and named not in keys:
            where = ("questions", index, "clause")
            sentence = _("no clause has the key “%(key)s”.") % {"key": named[:60]}
            yield Fault(line_of(found.lines, where), place(where, found.data), sentence)


def _choices(found: Outline, question: dict[str, Any], where: Path) -> Iterator[Fault]:
    """Yield where there is nothing to choose from, and what cannot be told apart."""
    offered = question.get("choices")
    if isinstance(offered, list) and len(offered) < 2:
        sentence = _("offer at least two answers to choose from, or leave this entry out.")
        yield found.fault(where, sentence)
    for field in ("key", "text"):
        rows = _entries(question, "choices")
        yield from _twice(found, field, (((*where, index), choice.get(field)) for index, choice in rows))


def _twice(found: Outline, field: str, values: Iterator[tuple[Path, Any]]) -> Iterator[Fault]:
    first: dict[str, Path] = {}
    for path, value in values:
        where = (*path, field)
        if isinstance(value, str | int) and first.setdefault(str(value).strip(), where) != where:
            sentence = _("“%(value)s” is taken already, in line %(first)s; give this one another.")
            line = line_of(found.lines, first[str(value).strip()])
            facts = {"value": str(value)[:60], "first": line}
            yield found.fault(where, sentence % facts)
