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

from songnuan.approvals.models import RequestStatus, StepKind
from songnuan.benefits.double_models import Double, DoubleVerb
from songnuan.funds.models import Kind
from songnuan.journeys.make_payment_papers import KINDS as PAYMENT_PAPERS
from songnuan.journeys.make_sheets import KINDS as PAPERS
from songnuan.journeys.measures import kinds
from songnuan.kernel.clock import CHINA
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.organisation.models import InstallationKind, UnitKind
from songnuan.organisation.permissions import Role, role_label
from songnuan.people.assessment import Level
from songnuan.people.models import CorrectionStatus, RosterKind
from songnuan.plans.models import Blocks, PlanKind, PlanStatus
from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import (
    LaterDayStatus,
    Prevention,
    ScheduleMethod,
    TeamCar,
    VisitForm,
    VisitStatus,
)
from songnuan.visits.sample_models import Outcome
from songnuan.visits.scheduling.words import rule_words
from songnuan.web.approval_page import KIND_WORDS
from songnuan.web.file_words import FILES
from songnuan.web.pickup_words import PICKUP_THINGS
from songnuan.web.refusal_codes import CODES
from songnuan.web.refusal_labels import OF_CODES, OF_REFUSALS, UNFIT
from songnuan.web.report_words import PARTS
from songnuan.web.roster_words import FIELDS, PROBLEMS
from songnuan.web.schedule_forms import WEEKDAYS
from songnuan.web.trail_labels import LABELS, OF_ACTS
from songnuan.web.trail_named import Named, packed
from songnuan.web.trail_people import PERSON
from songnuan.web.trail_states import STATES
from songnuan.web.trail_subjects import (
    CASE,
    DOCUMENT,
    ENTRY,
    FUND,
    HOLD,
    INSTRUCTION,
    ITEM,
    MEASURE,
    NEED,
    PAYMENT_LIST,
    PLAN,
    PURCHASE,
    PURCHASE_REQUEST,
    STANDARD,
    TASK,
    UNIT,
    USER,
)
from songnuan.web.trail_values import PAPER_VALUES, VALUES

Labels = Mapping[str, "Promise | str"]


@dataclass(frozen=True, slots=True)
class Told:
    """One fact as a page shows it; `url` is empty where there is nothing to open."""

    label: str
    text: str
    url: str = ""


MACHINE = frozenset(
    {
        "assignment",
        "clause",
        "clock_offset_seconds",
        "clock_skew_seconds",
        "code",
        "delegation",
        "import_key",
        "key",
        "keys",
        "kit",
        "later_day",
        "lifecycle",
        "media_type",
        "message",
        "move",
        "movement",
        "permission",
        "post",
        "proposal",
        "quotation",
        "request",
        "signature",
        "size",
        "store",
        "team",
        "through",
    }
)

# Names whose value is the number of a thing.
THINGS: Mapping[str, str] = {
    "case": CASE,
    "commitment": ENTRY,
    "delegate": USER,
    "disbursement": ENTRY,
    "disposal": "goods.disposal",
    "donation": "goods.donation",
    "document": DOCUMENT,
    "entry": ENTRY,
    "fund": FUND,
    "instruction": INSTRUCTION,
    "giver": USER,
    "hold": HOLD,
    "issue": "goods.issue",
    "item": ITEM,
    "lead": UNIT,
    "list": PAYMENT_LIST,
    "measure": MEASURE,
    "need": NEED,
    "merged": PERSON,
    "one_parent": PERSON,
    "other": PERSON,
    "other_parent": PERSON,
    "former_owner": UNIT,
    "owner": UNIT,
    "parent": UNIT,
    "payee": PERSON,
    "plan": PLAN,
    "purchase": PURCHASE,
    "purchase_request": PURCHASE_REQUEST,
    "refund": ENTRY,
    "reversal": ENTRY,
    "reverses": ENTRY,
    "roster": "people.roster",
    "slug": PLAN,
    "standard": STANDARD,
    "stock_count": "goods.count",
    "task": TASK,
    "unit": UNIT,
    "user": USER,
    "visit": "visits.visit",
    **PICKUP_THINGS,
}
# Names whose value is a subject, such as "goods.purchase:1-3".
SUBJECTS = frozenset({"for", "source", "subject"})
# Packs by the number of their item.
PACKS = frozenset({"packs", "sent_back"})
# Fen a pack by the number of their item.
PRICES = frozenset({"prices"})

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
_MEGABYTE = 1024 * 1024
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
        "fields": PARTS,
        "file": FILES,
        "double": _of(Double),
        "form": _of(VisitForm),
        "held": roles,
        **VALUES,
        "kind": {
            **_of(Kind),
            **{name: kind.label() for name, kind in kinds().items()},
            **_of(UnitKind),
            **_of(InstallationKind),
            **_of(RosterKind),
            **KIND_WORDS,
        },
        "car": _of(TeamCar),
        "level": _of(Level),
        "method": _of(ScheduleMethod),
        "new": roles,
        "outcome": {**_of(CorrectionStatus), **_of(Outcome)},
        "paper": {
            **{name: kind.label for name, kind in PAPERS.items()},
            **{name: kind.label for name, kind in PAYMENT_PAPERS.items()},
            **PAPER_VALUES,
        },
        "plan_kind": _of(PlanKind),
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
        "rules": {rule.value: words for rule, words in rule_words().items()},
        "step": _of(StepKind),
        "steps": _of(StepKind),
        "taken": FIELDS,
        "verb": _of(DoubleVerb),
        "weekdays": dict(WEEKDAYS),
        "why": PROBLEMS,
    }


def things_of(facts: Mapping[str, object]) -> Iterator[str]:
    """Yield the subjects that the facts name, to be looked up for all rows at once."""
    for name, value in facts.items():
        if name in THINGS and _is_key(value):
            yield f"{THINGS[name]}:{value}"
        elif name in SUBJECTS and isinstance(value, str):
            yield _subject(value)
        elif name in PACKS | PRICES and isinstance(value, dict):
            yield from (f"{ITEM}:{key}" for key in value)
        elif name in {"lines", "lots"} and isinstance(value, list):
            yield from (f"{ITEM}:{line[0]}" for line in value if isinstance(line, list) and line)


def words_of(facts: Mapping[str, object], names: Mapping[str, Named], action: str = "") -> list[Told]:
    """Return the facts of an act in words, without those that are empty or only a machine's."""
    choices = {**_choices(), **_of_refusal(facts)}
    labels = {
        **OF_REFUSALS,
        **LABELS,
        **OF_ACTS.get(action, {}),
        **OF_CODES.get(str(facts.get("code", "")), {}),
    }
    return [
        _told(str(labels.get(name, name)), name, value, names, choices)
        for name, value in facts.items()
        if name not in MACHINE and not _says_nothing(value)
    ]


def _of_refusal(facts: Mapping[str, object]) -> Mapping[str, Labels]:
    """Return the words for what a refusal says by its code, or by the lifecycle that it names."""
    told: dict[str, Labels] = {}
    if states := STATES.get(str(facts.get("lifecycle", ""))):
        told["status"] = _of(states)
    if facts.get("code") in {"too_large", "unreadable"}:
        told["why"] = UNFIT
    return told


def _subject(value: str) -> str:
    """Return the subject without the key of what it holds: plans.measure:7/list is of plans.measure:7."""
    return value.partition("/")[0]


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
    subject = (
        _subject(str(value)) if name in SUBJECTS else f"{THINGS[name]}:{value}" if name in THINGS else ""
    )
    named = names.get(str(subject))
    if named is not None and named.text:
        return Told(label, named.text, named.url)
    return Told(label, _text(name, value, names, choices.get(name, {})))


def _text(name: str, value: object, names: Mapping[str, Named], words: Labels) -> str:
    """Return a value in words: by its name where that says how, else by what it is."""
    if name in PACKS and isinstance(value, dict):
        return "、".join(f"{_item(key, names)} {packs}" for key, packs in value.items())
    if name in PRICES and isinstance(value, dict):
        return "、".join(f"{_item(key, names)} ¥{yuan(price)}" for key, price in value.items())
    if isinstance(value, list):
        one_of = _LISTED.get(name)
        return "、".join(one_of(one, names) if one_of else _one(name, one, words) for one in value)
    return _one(name, value, words)


def _one(name: str, value: object, words: Labels) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _number(name, value)
    text = str(value)
    if name in {"problems", "rules"}:
        return "、".join(str(words.get(code, code)) for code in text.split(","))
    return str(words.get(text) or _time(text))


def _number(name: str, value: int) -> str:
    """Return a number in the unit that its name says: fen as yuan, bytes as MB, pixels in millions."""
    if name.endswith("_minor"):
        return f"¥{yuan(value)}"
    if name.endswith("_bytes"):
        return _("%(size)s MB") % {"size": f"{value / _MEGABYTE:,.1f}"}
    if name == "pixels":
        return _("%(count)s million pixels") % {"count": f"{value / 1_000_000:,.1f}"}
    return str(value)


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


def _lot(lot: object, names: Mapping[str, Named]) -> str:
    """Return what came of a lot: item, lot number, last good day, packs."""
    if not (isinstance(lot, list) and len(lot) == 4):
        return str(lot)
    item, number, day, packs = lot
    return " ".join(filter(None, (_item(item, names), str(number), _time(str(day)), str(packs))))


_LISTED: Mapping[str, Callable[[object, Mapping[str, Named]], str]] = {
    "lines": _line,
    "lots": _lot,
    "parts": _part,
}


def _item(key: object, names: Mapping[str, Named]) -> str:
    named = names.get(f"{ITEM}:{key}")
    return named.text if named else str(key)


def _is_key(value: object) -> bool:
    return isinstance(value, int | str) and not isinstance(value, bool) and value != ""
