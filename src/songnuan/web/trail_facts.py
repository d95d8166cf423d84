"""What the facts of the trail say, in words: a label for each name, and how its value is shown.

A name that is not in the tables stands as it is, so that nothing is hidden by being new. What only a
machine reads, digests and sizes, is left to the raw record.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songnuan.approvals.models import RequestStatus
from songnuan.journeys.measures import kinds
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.organisation.models import InstallationKind, UnitKind
from songnuan.organisation.permissions import Role, role_label
from songnuan.people.assessment import Level
from songnuan.people.models import CorrectionStatus, RosterKind
from songnuan.plans.models import Blocks, PlanStatus
from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import LaterDayStatus, Prevention, VisitForm, VisitStatus
from songnuan.web.approval_page import KIND_WORDS
from songnuan.web.refusal_words import CODES
from songnuan.web.roster_words import FIELDS, PROBLEMS
from songnuan.web.trail_subjects import (
    DOCUMENT,
    ENTRY,
    FUND,
    INSTRUCTION,
    ITEM,
    MEASURE,
    PERSON,
    PLAN,
    PURCHASE,
    TASK,
    UNIT,
    USER,
    Named,
    packed,
)

Labels = Mapping[str, "Promise | str"]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as a page shows it; `url` is empty where there is nothing to open."""

    label: str
    text: str
    url: str = ""


LABELS: Mapping[str, Promise] = {
    "accepted": pgettext_lazy("fact", "rows taken over"),
    "added": pgettext_lazy("fact", "visits added"),
    "amount_minor": pgettext_lazy("fact", "amount"),
    "appropriated_minor": pgettext_lazy("fact", "appropriated so far"),
    "asked": pgettext_lazy("fact", "asked for"),
    "asked_minor": pgettext_lazy("fact", "asked for"),
    "available_minor": pgettext_lazy("fact", "available"),
    "blocks": pgettext_lazy("fact", "holds up"),
    "bought": pgettext_lazy("fact", "bought so far"),
    "bought_on": pgettext_lazy("fact", "bought on"),
    "changed": pgettext_lazy("fact", "changed"),
    "channel": pgettext_lazy("fact", "sent by"),
    "clauses": pgettext_lazy("fact", "clauses"),
    "commitment": pgettext_lazy("fact", "from the commitment"),
    "concerns": pgettext_lazy("fact", "things to mend"),
    "confirmed_by_name": pgettext_lazy("fact", "confirmed by name"),
    "count": pgettext_lazy("fact", "how many"),
    "created": pgettext_lazy("fact", "new"),
    "dated": pgettext_lazy("fact", "visits given a day"),
    "dated_on": pgettext_lazy("fact", "dated"),
    "day": pgettext_lazy("fact", "day"),
    "delegate": pgettext_lazy("fact", "stands in"),
    "device_at": pgettext_lazy("fact", "by the device's clock"),
    "disbursed_minor": pgettext_lazy("fact", "paid so far"),
    "disbursement": pgettext_lazy("fact", "payment"),
    "document": pgettext_lazy("fact", "document"),
    "due_on": pgettext_lazy("fact", "due"),
    "entry": pgettext_lazy("fact", "ledger entry"),
    "error": pgettext_lazy("fact", "fault"),
    "excess_minor": pgettext_lazy("fact", "above the standard by"),
    "field": pgettext_lazy("fact", "about"),
    "for": pgettext_lazy("fact", "for"),
    "form": pgettext_lazy("fact", "form of the visit"),
    "from": pgettext_lazy("fact", "from"),
    "fund": pgettext_lazy("fact", "fund"),
    "giver": pgettext_lazy("fact", "office of"),
    "granted_minor": pgettext_lazy("fact", "the document gives"),
    "happened_at": pgettext_lazy("fact", "took place"),
    "happened_on": pgettext_lazy("fact", "took place"),
    "held": pgettext_lazy("fact", "holds"),
    "held_minor": pgettext_lazy("fact", "still promised or paid"),
    "imports": pgettext_lazy("fact", "imports"),
    "in_store": pgettext_lazy("fact", "in the store"),
    "inspected": pgettext_lazy("fact", "items inspected"),
    "instruction": pgettext_lazy("fact", "instruction"),
    "invoice_number": pgettext_lazy("fact", "invoice"),
    "issuer": pgettext_lazy("fact", "issued by"),
    "item": pgettext_lazy("fact", "item"),
    "kind": pgettext_lazy("fact", "kind"),
    "last": pgettext_lazy("fact", "last changed"),
    "late": pgettext_lazy("fact", "past the deadline"),
    "late_approved": pgettext_lazy("fact", "later day was allowed"),
    "late_entry": pgettext_lazy("fact", "entered later"),
    "before_plan": pgettext_lazy("fact", "before the plan began"),
    "lead": pgettext_lazy("fact", "lead office"),
    "leads_created": pgettext_lazy("fact", "new lead offices"),
    "left": pgettext_lazy("fact", "still to come"),
    "length": pgettext_lazy("fact", "characters"),
    "level": pgettext_lazy("fact", "risk that remains"),
    "limit": pgettext_lazy("fact", "at most"),
    "limit_minor": pgettext_lazy("fact", "at most"),
    "lines": pgettext_lazy("fact", "lines"),
    "links_ended": pgettext_lazy("fact", "family links ended"),
    "measure": pgettext_lazy("fact", "measure"),
    "merged": pgettext_lazy("fact", "the other entry"),
    "members": pgettext_lazy("fact", "visitors"),
    "minor": pgettext_lazy("fact", "under 18"),
    "moved": pgettext_lazy("fact", "visits moved"),
    "needed": pgettext_lazy("fact", "needed"),
    "new": pgettext_lazy("fact", "wanted"),
    "number": pgettext_lazy("fact", "number"),
    "opened_on": pgettext_lazy("fact", "opened on"),
    "original_due_on": pgettext_lazy("fact", "first due"),
    "other": pgettext_lazy("fact", "the other entry"),
    "outcome": pgettext_lazy("fact", "outcome"),
    "over": pgettext_lazy("fact", "too many by"),
    "overdue": pgettext_lazy("fact", "after the due day"),
    "owner": pgettext_lazy("fact", "to be settled by"),
    "packs": pgettext_lazy("fact", "goods"),
    "parent": pgettext_lazy("fact", "below"),
    "parts": pgettext_lazy("fact", "one kit holds"),
    "people": pgettext_lazy("fact", "people"),
    "plan": pgettext_lazy("fact", "plan"),
    "planned_on": pgettext_lazy("fact", "planned on"),
    "prevention": pgettext_lazy("fact", "prevention"),
    "price_minor": pgettext_lazy("fact", "a kit at its dearest"),
    "problems": pgettext_lazy("fact", "what was wrong"),
    "purchase": pgettext_lazy("fact", "purchase"),
    "purpose": pgettext_lazy("fact", "purpose"),
    "quantity": pgettext_lazy("fact", "quantity"),
    "reason": pgettext_lazy("fact", "reason"),
    "received_at": pgettext_lazy("fact", "received"),
    "released_minor": pgettext_lazy("fact", "released"),
    "rest_minor": pgettext_lazy("fact", "left of it"),
    "reversal": pgettext_lazy("fact", "reversal"),
    "reverses": pgettext_lazy("fact", "takes back"),
    "role": pgettext_lazy("fact", "post"),
    "rows": pgettext_lazy("fact", "rows"),
    "sent_back": pgettext_lazy("fact", "sent back"),
    "source": pgettext_lazy("fact", "comes from"),
    "standard_minor": pgettext_lazy("fact", "standard"),
    "status": pgettext_lazy("fact", "stood at"),
    "step": pgettext_lazy("fact", "step"),
    "steps": pgettext_lazy("fact", "steps"),
    "taken": pgettext_lazy("fact", "fields changed"),
    "task": pgettext_lazy("fact", "problem"),
    "title": pgettext_lazy("fact", "title"),
    "to": pgettext_lazy("fact", "to"),
    "today": pgettext_lazy("fact", "day of entry"),
    "topic": pgettext_lazy("fact", "about"),
    "total_minor": pgettext_lazy("fact", "total"),
    "unchanged": pgettext_lazy("fact", "as they were"),
    "unit": pgettext_lazy("fact", "unit"),
    "units": pgettext_lazy("fact", "units"),
    "unit_price_minor": pgettext_lazy("fact", "price of a pack"),
    "user": pgettext_lazy("fact", "account"),
    "version": pgettext_lazy("fact", "version"),
    "voucher": pgettext_lazy("fact", "voucher"),
    "why": pgettext_lazy("fact", "what was wrong"),
}

# What names mean in the acts that use them otherwise.
OF_ACTS: Mapping[str, Mapping[str, Promise]] = {
    "people.finish_import": {
        "joined": pgettext_lazy("fact", "known already, joining"),
        "left": pgettext_lazy("fact", "not in the file"),
        "new": pgettext_lazy("fact", "new"),
        "problems": pgettext_lazy("fact", "faults"),
        "rejected": pgettext_lazy("fact", "rows with faults"),
        "units": pgettext_lazy("fact", "new units"),
    },
}

# What the raw record alone shows: keys and digests of the machine, and what is said elsewhere in the row.
MACHINE = frozenset(
    {
        "clause",
        "clock_offset_seconds",
        "clock_skew_seconds",
        "code",
        "delegation",
        "key",
        "keys",
        "kit",
        "later_day",
        "lifecycle",
        "media_type",
        "move",
        "movement",
        "permission",
        "post",
        "request",
        "signature",
        "size",
        "through",
    }
)

# Names whose value is the number of a thing.
THINGS: Mapping[str, str] = {
    "commitment": ENTRY,
    "delegate": USER,
    "disbursement": ENTRY,
    "document": DOCUMENT,
    "entry": ENTRY,
    "fund": FUND,
    "instruction": INSTRUCTION,
    "giver": USER,
    "item": ITEM,
    "lead": UNIT,
    "measure": MEASURE,
    "merged": PERSON,
    "other": PERSON,
    "owner": UNIT,
    "parent": UNIT,
    "plan": PLAN,
    "purchase": PURCHASE,
    "reversal": ENTRY,
    "reverses": ENTRY,
    "task": TASK,
    "unit": UNIT,
    "user": USER,
}
# Names whose value is a subject, such as "goods.purchase:1-3".
SUBJECTS = frozenset({"for", "source"})
# Packs by the number of their item.
PACKS = frozenset({"packs", "sent_back"})

_FIELDS: Labels = {
    "email": gettext_lazy("Mail address"),
    "is_active": gettext_lazy("May sign in"),
    "language": gettext_lazy("Language"),
    "name": gettext_lazy("Name"),
    "phone": gettext_lazy("Phone"),
    # of a roster
    "legal_ground": gettext_lazy("Legal ground"),
    "notice": gettext_lazy("Notice to the people on it"),
    "purpose": gettext_lazy("What it is for"),
    "retain_until": gettext_lazy("Kept until"),
    "title": gettext_lazy("Title"),
}
_ABOUT: Labels = {
    **FIELDS,
    "erasure": gettext_lazy("Everything: to be erased"),
    "other": pgettext_lazy("correction", "Something else"),
}
_DIGEST = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")


def _of(choices: type[TextChoices]) -> Labels:
    return {choice.value: choice.label for choice in choices}


def _choices() -> Mapping[str, Labels]:
    """Return the words for values that are one of a list, by the name of the fact."""
    roles = {role.value: role_label(role) for role in Role}
    return {
        "blocks": _of(Blocks),
        "changed": _FIELDS,
        "field": _ABOUT,
        "form": _of(VisitForm),
        "held": roles,
        "kind": {
            **{name: kind.label() for name, kind in kinds().items()},
            **_of(UnitKind),
            **_of(InstallationKind),
            **_of(RosterKind),
            **KIND_WORDS,
        },
        "level": _of(Level),
        "new": roles,
        "outcome": _of(CorrectionStatus),
        "prevention": _of(Prevention),
        "problems": CODES,
        "role": roles,
        "status": {
            **_of(PlanStatus),
            **_of(VisitStatus),
            **_of(LaterDayStatus),
            **_of(RequestStatus),
            **_of(TaskStatus),
        },
        "taken": FIELDS,
        "why": PROBLEMS,
    }


def things_of(facts: Mapping[str, object]) -> Iterator[str]:
    """Yield the subjects that the facts name, to be looked up for all rows at once."""
    for name, value in facts.items():
        if name in THINGS and _is_key(value):
            yield f"{THINGS[name]}:{value}"
        elif name in SUBJECTS and isinstance(value, str):
            yield value
        elif name in PACKS and isinstance(value, dict):
            yield from (f"{ITEM}:{key}" for key in value)
        elif name == "lines" and isinstance(value, list):
            yield from (f"{ITEM}:{line[0]}" for line in value if isinstance(line, list) and line)


def words_of(facts: Mapping[str, object], names: Mapping[str, Named], action: str = "") -> list[Told]:
    """Return the facts of an act in words, without those that are empty or only a machine's."""
    choices = _choices()
    labels = {**LABELS, **OF_ACTS.get(action, {})}
    return [
        _told(str(labels.get(name, name)), name, value, names, choices)
        for name, value in facts.items()
        if name not in MACHINE and not _says_nothing(value)
    ]


def _says_nothing(value: object) -> bool:
    """Return whether a value is empty, or a digest that only a machine compares."""
    empty = value is None or value in ("", [], {})
    return empty or (isinstance(value, str) and _DIGEST.fullmatch(value) is not None)


def _told(
    label: str,
    name: str,
    value: object,
    names: Mapping[str, Named],
    choices: Mapping[str, Labels],
) -> Told:
    subject = value if name in SUBJECTS else f"{THINGS[name]}:{value}" if name in THINGS else ""
    named = names.get(str(subject))
    if named is not None and named.text:
        return Told(label, named.text, named.url)
    return Told(label, _text(name, value, names, choices.get(name, {})))


def _text(name: str, value: object, names: Mapping[str, Named], words: Labels) -> str:
    """Return a value in words: by its name where that says how, else by what it is."""
    if name in PACKS and isinstance(value, dict):
        return "、".join(f"{_item(key, names)} {packs}" for key, packs in value.items())
    if isinstance(value, list):
        one_of = _LISTED.get(name)
        return "、".join(one_of(one, names) if one_of else _one(name, one, words) for one in value)
    return _one(name, value, words)


def _one(name: str, value: object, words: Labels) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"¥{yuan(value)}" if name.endswith("_minor") else str(value)
    text = str(value)
    if name == "problems":
        return "、".join(str(words.get(code, code)) for code in text.split(","))
    return str(words.get(text) or _time(text))


def _time(text: str) -> str:
    """Return a day or a time in the reader's language and China's zone; other text as it is."""
    try:
        if _DAY.fullmatch(text):
            return written(date.fromisoformat(text), "full")
        if _MOMENT.fullmatch(text):
            return written(datetime.fromisoformat(text).astimezone(CHINA), "second")
    except ValueError:
        pass  # it only looked like one
    return text


def _line(line: object, names: Mapping[str, Named]) -> str:
    """Return one line of a purchase: item, packs, fen a pack."""
    if not (isinstance(line, list) and len(line) == 3 and all(isinstance(part, int) for part in line)):
        return str(line)
    item, packs, price = line
    return f"{_item(item, names)} {packs} × ¥{yuan(price)}"


def _part(part: object, _names: Mapping[str, Named]) -> str:
    """Return one item of a kit: its name, its pack, packs."""
    if not (isinstance(part, list) and len(part) == 3):
        return str(part)
    item, packing, packs = part
    return f"{packed(item, packing)} {packs}"


_LISTED: Mapping[str, Callable[[object, Mapping[str, Named]], str]] = {"lines": _line, "parts": _part}


def _item(key: object, names: Mapping[str, Named]) -> str:
    named = names.get(f"{ITEM}:{key}")
    return named.text if named else str(key)


def _is_key(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""
