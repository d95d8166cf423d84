"""What is held of a person, in the words of that person's page and in those of the copy to take away."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.goods.own_pickups import OwnKit
from songnuan.kernel.identity import IdentityKind, identity_label
from songnuan.outreach.own_learning import OwnLearning
from songnuan.payments.own_payments import OwnMoney
from songnuan.people.corrections import ERASURE, OTHER
from songnuan.people.models import CorrectionStatus, LegalGround, Relation, RosterKind, Sex
from songnuan.people.queries import OwnCorrection, OwnFacts, OwnLine, OwnRoster, OwnView
from songnuan.web.erased import books_sentence
from songnuan.web.own_money import money_data
from songnuan.web.roster_words import field_label
from songnuan.web.templatetags.songnuan import full_date, span


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about a person."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LineWords:
    """What a roster tells in one period: in a few words, and more."""

    what: str
    facts: tuple[Fact, ...]
    past: bool


@dataclass(frozen=True, slots=True)
class RosterWords:
    """A roster: why it is kept and until when, and what it tells."""

    title: str
    about: tuple[Fact, ...]
    notice: str
    lines: tuple[LineWords, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """Something a person asked for: `state` is that of a mark, `due_on` None once it is answered."""

    what: str
    row: OwnCorrection
    status: str
    state: str
    value: str


def facts_of(facts: OwnFacts) -> list[Fact]:
    """Return what is known of a person."""
    told = [
        ("name", facts.name),
        ("sex", sex_words(facts.sex)),
        ("birth_on", full_date(facts.birth_on)),
        ("id_kind", kind_words(facts.id_kind)),
        ("id_number", facts.id_number),
        ("phone", facts.phone),
        ("account", facts.account),
        ("bank", facts.bank),
        ("address", facts.address),
    ]
    found = [Fact(field_label(field), value) for field, value in told if value]
    for name, number in facts.earlier:
        found.append(Fact(pgettext("person", "Also entered as"), f"{name} {number}".strip()))
    return found


def rosters_of(view: OwnView, on: date) -> list[RosterWords]:
    """Return the rosters on which a person stands or stood."""
    return [_roster(one, on) for one in view.rosters]


def corrections_of(view: OwnView) -> list[Asked]:
    """Return what a person asked for."""
    states = {CorrectionStatus.ASKED: "waiting", CorrectionStatus.ACCEPTED: "done"}
    return [
        Asked(
            what=asked_words(row.field),
            row=row,
            status=status_words(row.field, row.status),
            state=states.get(CorrectionStatus(row.status), "none"),
            value=value_words(row.field, row.value),
        )
        for row in view.corrections
    ]


def outlook_of(view: OwnView, *, is_paid: bool) -> list[str]:
    """Return in sentences what will happen to what is held, and when; `is_paid`: lists pay the person."""
    books = [books_sentence()] if is_paid else []
    if not view.rosters:
        return [
            _("You stand on no roster. Ask for your facts to be erased if nothing else needs them."),
            *books,
        ]
    found = []
    for one in view.rosters:
        told = {"title": one.title, "day": full_date(one.retain_until)}
        if one.retain_until is None:
            sentence = _("“%(title)s”: no day is set yet until which it is kept. The office has to set one.")
        else:
            sentence = _("“%(title)s” is kept until %(day)s and erased on the day after.")
        found.append(sentence % told)
    found.append(
        _("When the last roster that names you is erased, everything on this page is erased with it.")
    )
    return [*found, *books]


def asked_words(field: str) -> str:
    """Return what is asked for: a field, something else, or to be erased."""
    if field == ERASURE:
        return _("Everything: to be erased")
    return pgettext("correction", "Something else") if field == OTHER else field_label(field)


def status_words(field: str, status: str) -> str:
    """Return what became of something asked for."""
    if field == ERASURE and status == CorrectionStatus.DECLINED:
        return pgettext("correction", "not erased")
    return str(CorrectionStatus(status).label)


def value_words(field: str, value: str) -> str:
    """Return a value of a field as people read it; one that is masked stays as it is."""
    if field == "sex":
        return sex_words(value)
    if field == "birth_on":
        try:
            return full_date(date.fromisoformat(value))
        except ValueError:
            return value
    return value


def sex_words(sex: str) -> str:
    """Return a sex in words."""
    return str(Sex(sex).label) if sex in Sex.values else sex


def kind_words(kind: str) -> str:
    """Return a kind of paper in words."""
    return str(identity_label(IdentityKind(kind))) if kind in set(IdentityKind) else kind


def as_data(view: OwnView, money: OwnMoney, kits: Iterable[OwnKit], learning: OwnLearning) -> dict[str, Any]:
    """Return everything as it is written into the copy to take away: days and moments as ISO text."""
    told = {key: value for key, value in asdict(view).items() if key != "key"}
    due = {"money": money_data(money), "kits": [_kit_data(one) for one in kits]}
    return {"format": "songnuan.own-view.1", **told, **due, **asdict(learning)}


def _kit_data(kit: OwnKit) -> dict[str, Any]:
    return {name: value for name, value in asdict(kit).items() if name not in {"recipient_id", "may_name"}}


def _roster(one: OwnRoster, on: date) -> RosterWords:
    ground = LegalGround(one.legal_ground)
    about = (
        Fact(pgettext("own view", "What it is for"), one.purpose or _("not stated yet")),
        Fact(pgettext("own view", "On which ground"), str(ground.label)),
        Fact(pgettext("own view", "Who keeps it"), one.unit),
        Fact(pgettext("own view", "Kept until"), full_date(one.retain_until) or _("no day is set yet")),
    )
    lines = tuple(LineWords(_what(line, one.kind), tuple(_line(line)), _past(line, on)) for line in one.lines)
    return RosterWords(one.title, about, one.notice, lines)


def _past(line: OwnLine, on: date) -> bool:
    return line.withdrawn_on is not None or (line.ends_on is not None and line.ends_on <= on)


def _what(line: OwnLine, kind: str) -> str:
    if kind == RosterKind.FAMILIES:
        relation = str(Relation(line.relation).label) if line.relation in Relation.values else line.relation
        words = _("%(relation)s of") % {"relation": relation} if line.of_other else relation
        return f"{words} {line.other}".strip()
    return line.place or line.post or line.unit or "—"


def _line(line: OwnLine) -> Iterator[Fact]:
    """Yield what a line tells, without what is not known."""
    told = (
        ("unit", line.unit),
        ("post", line.post),
        ("rank", line.rank),
        ("category", line.category),
        ("employee_number", line.employee_number),
        ("relative_unit", line.workplace),
        ("direct_contact", _yes_no(line.direct_contact)),
        ("hours", "" if line.minutes is None else span(line.minutes)),
        ("note", line.note),
        ("starts_on", full_date(line.starts_on)),
        ("ends_on", full_date(line.ends_on)),
    )
    for field, value in told:
        if value:
            yield Fact(field_label(field), value)
    yield Fact(pgettext("own view", "From a file brought in on"), full_date(line.told_on))
    if line.withdrawn_on:
        yield Fact(pgettext("own view", "Told otherwise since"), full_date(line.withdrawn_on))


def _yes_no(value: bool | None) -> str:  # noqa: FBT001 - the value itself
    if value is None:
        return ""
    return _("yes") if value else _("no")
