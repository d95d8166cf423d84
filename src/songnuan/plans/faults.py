"""What is wrong with a plan file, said with the line and the place in words that its writer uses."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from pydantic_core import ErrorDetails

from songnuan.kernel.refusal import Refusal

Path = tuple[str | int, ...]
SHOWN = 100

SLUG = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
KEY = r"^[a-z][a-z0-9_-]*$"

PLAIN: Mapping[str, Promise] = MappingProxyType({})
_ITEMS = {
    "basis": gettext_lazy("basis"),
    "funds": gettext_lazy("fund"),
    "questions": gettext_lazy("question"),
    "clauses": gettext_lazy("clause"),
    "measures": gettext_lazy("measure"),
    "parts": gettext_lazy("part"),
    "choices": gettext_lazy("choice"),
    "rows": gettext_lazy("row"),
    "columns": gettext_lazy("column"),
    "cells": gettext_lazy("cell"),
}
_FIELDS = {
    "slug": gettext_lazy("short name"),
    "title": gettext_lazy("title"),
    "unit": gettext_lazy("issuing unit"),
    "office": gettext_lazy("office in charge"),
    "starts_on": gettext_lazy("first day"),
    "due_on": gettext_lazy("deadline"),
    "basis": gettext_lazy("what the plan rests on"),
    "funds": gettext_lazy("earmarked funds"),
    "questions": gettext_lazy("open questions"),
    "clauses": gettext_lazy("clauses"),
    "measures": gettext_lazy("measures"),
    "number": gettext_lazy("number"),
    "issuer": gettext_lazy("issued by"),
    "dated_on": gettext_lazy("dated"),
    "amount": gettext_lazy("amount in yuan"),
    "key": gettext_lazy("key"),
    "text": gettext_lazy("text"),
    "blocks": gettext_lazy("what it blocks"),
    "choices": gettext_lazy("answers to choose from"),
    "answer": gettext_lazy("answer"),
    "ground": gettext_lazy("ground of the answer"),
    "kind": gettext_lazy("kind of measure"),
    "plan_kind": gettext_lazy("kind of plan"),
    "parts": gettext_lazy("parts"),
    "rows": gettext_lazy("rows"),
    "by": gettext_lazy("counted by"),
    "ends_on": gettext_lazy("last day"),
    "ceiling": gettext_lazy("ceiling"),
}
# What pydantic found, by its own names of errors; %(…)s are the facts that it gives with them.
_SENTENCES = {
    "missing": gettext_lazy("this entry is missing; add it."),
    "string_type": gettext_lazy("write text here."),
    "int_type": gettext_lazy("write a whole number here."),
    "int_parsing": gettext_lazy("write a whole number here."),
    "int_parsing_size": gettext_lazy("this number is too large."),
    "bool_type": gettext_lazy("write true or false here."),
    "bool_parsing": gettext_lazy("write true or false here."),
    "list_type": gettext_lazy("write a list here: each item on a line of its own, after a hyphen."),
    "tuple_type": gettext_lazy("write a list here: each item on a line of its own, after a hyphen."),
    "dict_type": gettext_lazy("write entries here, each as “name: value”."),
    "model_type": gettext_lazy("write entries here, each as “name: value”."),
    "string_too_short": gettext_lazy("this may not be empty."),
    "string_too_long": gettext_lazy("this is too long; at most %(max_length)s characters."),
    "too_short": gettext_lazy("at least %(min_length)s are needed here; there are %(actual_length)s."),
    "too_long": gettext_lazy("at most %(max_length)s are allowed here."),
    "greater_than": gettext_lazy("this must be more than %(gt)s."),
    "greater_than_equal": gettext_lazy("this must be at least %(ge)s."),
    "less_than": gettext_lazy("this must be less than %(lt)s."),
    "less_than_equal": gettext_lazy("this may be at most %(le)s."),
    "enum": gettext_lazy("write one of: %(expected)s."),
    "literal_error": gettext_lazy("write one of: %(expected)s."),
    "value_error": gettext_lazy("%(error)s"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a plan file: its line (from 1; 0 the whole file), its place, what to do.

    `path` is the place for programs, where it is known.
    """

    line: int
    where: str
    sentence: str
    path: Path = field(default=(), compare=False)

    def __str__(self) -> str:
        """Return the fault as one line of text."""
        facts = {"line": self.line, "where": self.where, "sentence": self.sentence}
        if self.line and self.where:
            return _("Line %(line)s, %(where)s: %(sentence)s") % facts
        if self.line:
            return _("Line %(line)s: %(sentence)s") % facts
        return self.sentence


class PlanRefused(Refusal):
    """A plan file that was not taken. `faults` are all of them, in the order of their lines."""

    def __init__(self, code: str, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        count = len(self.faults)
        head = self.head(count)
        shown = [str(fault) for fault in self.faults[:SHOWN]]
        if count > SHOWN:
            shown.append(_("… and %(count)s more.") % {"count": count - SHOWN})
        super().__init__(code, "\n".join([head, *shown]), count=count, line=self.faults[0].line)

    @staticmethod
    def head(count: int) -> str:
        """Return how the refusal begins."""
        return ngettext(
            "The plan file was not taken; it has %(count)s fault.",
            "The plan file was not taken; it has %(count)s faults.",
            count,
        ) % {"count": count}


def field_label(name: str) -> str:
    """Return what an entry of a plan file is called; empty where it has no word of its own."""
    return str(_FIELDS.get(name, ""))


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """Return the line of `path`, or of the nearest entry around it; 0 when nothing is known."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 0)


def place(path: Path, data: object, words: Mapping[str, Promise] = PLAIN) -> str:
    """Return `path` in words: clause 3 （二）走访单位与时限 › measure 1 unit_visits › due_on (deadline).

    `words` are those of the entries, where the file is no plan and calls them otherwise.
    """
    parts: list[str] = []
    name = ""
    for step in path:
        data = _into(data, step)
        if isinstance(step, int):
            label = str(_ITEMS.get(name, name))
            parts[-1:] = [" ".join(part for part in (label, str(step + 1), _title(data)) if part)]
        else:
            name = step
            of_plan = _FIELDS.get("plan_kind" if path == ("kind",) else step)
            label = str(words.get(step) or of_plan or "")
            parts.append(_("%(name)s (%(label)s)") % {"name": step, "label": label} if label else step)
    return " › ".join(parts)


def _into(data: object, step: str | int) -> object:
    if isinstance(data, dict):
        return data.get(step)
    if isinstance(data, list) and isinstance(step, int) and step < len(data):
        return data[step]
    return None


def _title(item: object) -> str:
    """Return how people call a list's item: a clause by number and title, a measure by its kind."""
    if not isinstance(item, dict):
        return ""
    names = [
        item.get("kind") or item.get("number"),
        item.get("title") or ("" if "kind" in item else item.get("key")),
    ]
    return "".join(name[:40] for name in names if isinstance(name, str))


def sentence_of(error: ErrorDetails, known: Sequence[str]) -> str:
    """Return what to do about one error of pydantic; `known` are the names an entry may have."""
    context: dict[str, Any] = dict(error.get("ctx", {}))
    code = error["type"]
    if code == "extra_forbidden":
        return _unknown_entry(str(error["loc"][-1]), known)
    if code == "string_pattern_mismatch":
        return _form(context["pattern"])
    if "expected" in context:  # 'issue', 'open' or 'nothing', in English whoever reads
        context["expected"] = ", ".join(re.findall("'([^']*)'", str(context["expected"])))
    if code in _SENTENCES:
        return str(_SENTENCES[code]) % context
    if code.startswith("date"):
        return _("write a date as 2020-04-21.")
    return error["msg"]


def _unknown_entry(name: str, known: Sequence[str]) -> str:
    if near := get_close_matches(name, known, n=1):
        return _("an entry of this name is not known here; is “%(near)s” meant?") % {"near": near[0]}
    return _("an entry of this name is not known here; remove it or mend its spelling.")


def _form(pattern: str) -> str:
    if pattern == SLUG:
        return _("use small letters, digits and single hyphens, beginning with a letter.")
    if pattern.startswith("^[a-z][a-z0-9"):
        return _(
            "use small letters, digits and the signs - or _, beginning with a letter, such as “main_gate”."
        )
    return _("this is not written in the form that is asked for: %(pattern)s") % {"pattern": pattern}
