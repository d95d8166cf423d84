"""The facts of an impact assessment in words, section by section, and what differs between two of them.

Those of a signed version come from its row, those of today from the system; both are told by the same words.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from songnuan.kernel.days import written
from songnuan.organisation.permissions import Permission, role_label
from songnuan.people.assessment import CorrectionFact, ErasureFact, Facts, KeyFact, RosterFact
from songnuan.people.concerns import Concern
from songnuan.people.models import LegalGround, RosterKind, RosterStatus
from songnuan.web.course_words import OUTREACH_SEALED
from songnuan.web.flexible_trail import FLEXIBLE_SEALED
from songnuan.web.pickup_words import PICKUP_SEALED
from songnuan.web.returnee_words import RETURNEES_BESIDE
from songnuan.web.roster_words import field_label
from songnuan.web.templatetags.songnuan import names


@dataclass(frozen=True, slots=True)
class Line:
    """One fact: what it is called, and what it says. `key` stays while the words change."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Facts of one thing, or one row of a table; `roster` is its key where it is one."""

    key: str
    title: str
    lines: tuple[Line, ...]
    roster: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the assessment: single facts, facts by thing (`groups`), or rows of a table.

    `columns` are the headings of the rows, the first for their titles; `empty` is said instead of none.
    """

    key: str
    title: str
    about: str
    lines: tuple[Line, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Group, ...] = ()
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that is another by now; `before` or `after` is empty where it was not there."""

    where: str
    label: str
    before: str
    after: str


_MAY: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        Permission.PEOPLE_VIEW: pgettext_lazy("may", "sees lists, numbers masked"),
        Permission.PEOPLE_IMPORT: pgettext_lazy("may", "brings workbooks in"),
        Permission.PEOPLE_SHOW: pgettext_lazy("may", "sees numbers in full, for a stated purpose"),
        Permission.PEOPLE_MERGE: pgettext_lazy("may", "merges entries"),
        Permission.PRIVACY_MANAGE: pgettext_lazy("may", "watches over the rosters"),
        Permission.ACCOUNT_MANAGE: pgettext_lazy("may", "gives out accounts"),
    }
)

_WAYS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        "report": gettext_lazy("Marked copies of workbooks, to send back to the office"),
        "code": gettext_lazy("Access codes given to people for their own data"),
        "own_view": gettext_lazy("People who opened their own data"),
        "download": gettext_lazy("People who downloaded their own data"),
        "papers_full": gettext_lazy("Papers printed or saved with names and phone numbers in full"),
        "papers_masked": gettext_lazy("Papers printed or saved with names masked"),
    }
)


# What is kept of people beside the register, by its column.
BESIDE: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        **FLEXIBLE_SEALED,
        **PICKUP_SEALED,
        "casework.specialfamily.about": gettext_lazy("Special families: what to know of them"),
        "casework.specialfamily.address": gettext_lazy("Special families: where they live"),
        "casework.specialfamily.ended_why": gettext_lazy("Special families: why a case ended"),
        "casework.specialfamily.name": gettext_lazy("Special families: the name"),
        "casework.specialfamily.phone": gettext_lazy("Special families: the phone"),
        **RETURNEES_BESIDE,
        "casework.casetext.text": gettext_lazy("What families at home need, and what was said to them"),
        "emergency.alertact.words": gettext_lazy("What was found out about alerts, in words"),
        "emergency.callline.name": gettext_lazy("Who is called in an emergency: the name"),
        "emergency.callline.phone": gettext_lazy("Who is called in an emergency: the phone"),
        "emergency.musterentry.position": gettext_lazy("Where the phone was at a check-in"),
        "emergency.reportsummary.snapshot": gettext_lazy("Consolidated reports of how things stand"),
        "emergency.situationreport.told_by": gettext_lazy("Who reported by telephone: the name"),
        "emergency.situationreport.words": gettext_lazy("Events that units reported, in their words"),
        **OUTREACH_SEALED,
        "goods.donation.receiver_name": gettext_lazy("Who took a gift in: the name"),
        "payments.objector.name": gettext_lazy("Who objects to a list of payments: the name"),
        "payments.objector.phone": gettext_lazy("Who objects to a list of payments: the phone"),
        "goods.issue.receiver_name": gettext_lazy("Who took donated goods at a unit: the name"),
        "organisation.unitrecord.address": gettext_lazy("Where a unit is, as of every period"),
        "organisation.unitrecord.contact_name": gettext_lazy("Whom to call at a unit: the name"),
        "organisation.unitrecord.contact_phone": gettext_lazy("Whom to call at a unit: the phone"),
        "organisation.user.name": gettext_lazy("People with an account: the name"),
        "organisation.user.phone": gettext_lazy("People with an account: the phone"),
        "records.storedfile.content": gettext_lazy("Signatures, photos and files handed in"),
        "visits.laterreceipt.receiver_name": gettext_lazy("Who signed later for goods: the name"),
        "visits.reportversion.receiver_name": gettext_lazy(
            "Who signed, in reports that were corrected: the name"
        ),
        "visits.visit.receiver_name": gettext_lazy("Who signed for goods at a visit: the name"),
        "visits.visitposition.place": gettext_lazy("Where the device was at a visit"),
    }
)


def sections(facts: Facts) -> list[Section]:
    """Return the facts in words, in the order in which an assessment is read."""
    return [
        _purpose(facts),
        _held(facts),
        *_beside(facts),
        _who(facts),
        _looked(facts),
        *_shown(facts),
        _rights(facts["corrections"]),
        _ends(facts["erasures"]),
        _protected(facts["keys"]),
        _leaves(facts),
    ]


def differences(before: Facts, after: Facts) -> list[Difference]:
    """Return what differs, in the order of the sections."""
    old, new = _flat(sections(before)), _flat(sections(after))
    found = []
    for key in dict.fromkeys([*old, *new]):
        where, label, _value = new.get(key) or old[key]
        was, now = (told[key][2] if key in told else "" for told in (old, new))
        if was != now:
            found.append(Difference(where, label, was, now))
    return found


def concerns_title(concerns: Iterable[Concern]) -> str:
    """Return how many things are to be mended, in words."""
    count = len(list(concerns))
    words = ngettext("%(count)s thing to mend", "%(count)s things to mend", count)
    return words % {"count": count}


def _flat(parts: Iterable[Section]) -> dict[tuple[str, str, str], tuple[str, str, str]]:
    return {
        (part.key, group.key, line.key): (group.title, line.label, line.value)
        for part in parts
        for group in (Group("", part.title, part.lines), *part.groups, *part.rows)
        for line in group.lines
    }


def _purpose(facts: Facts) -> Section:
    return Section(
        key="purpose",
        title=_("Purpose and necessity"),
        about=_("Each roster with what it is for, on which legal ground, and until when it is kept."),
        groups=tuple(_roster(row) for row in facts["rosters"]),
        empty=_("There is no roster yet."),
    )


def _roster(row: RosterFact) -> Group:
    told = (
        ("unit", _("Unit"), row["unit"]),
        ("kind", _("What it lists"), str(RosterKind(row["kind"]).label)),
        ("status", _("State"), str(RosterStatus(row["status"]).label)),
        ("people", _("Who stands on it"), _people(row["people"], row["minors"])),
        ("purpose", _("Purpose"), row["purpose"] or _("not stated")),
        ("legal_ground", _("Legal ground"), str(LegalGround(row["legal_ground"]).label)),
        ("retain_until", _("Kept until"), _day(row["retain_until"]) or _("not set")),
        ("notice", pgettext("roster", "Notice"), row["notice"] or _("not entered")),
    )
    return Group(row["key"], row["title"], _lines(told), roster=row["key"])


def _people(people: int, minors: int) -> str:
    words = ngettext("%(count)s person", "%(count)s people", people) % {"count": people}
    if not minors:
        return words
    return _("%(people)s, %(minors)s of them minors") % {"people": words, "minors": minors}


def _held(facts: Facts) -> Section:
    columns = (_("Field"), _("How it is kept"), _("Told of"))
    sealed, plain = _("sealed; found by a blind index"), _("readable in the database")
    rows = tuple(
        Group(
            row["field"],
            field_label(row["field"]),
            _lines(
                (
                    ("sealed", columns[1], sealed if row["sealed"] else plain),
                    ("held", columns[2], str(row["held"])),
                )
            ),
        )
        for row in facts["fields"]
    )
    told = ("persons", _("People in the register"), _people(facts["persons"], facts["minors"]))
    about = _("What is kept of people on rosters. Ask of each field whether a purpose above needs it.")
    return Section("held", _("What is kept"), about, lines=_lines((told,)), columns=columns, rows=rows)


def _beside(facts: Facts) -> Iterator[Section]:
    if "beside" not in facts:  # of a version signed before the house told of it
        return
    columns = (pgettext("column", "What"), _("How it is kept"), pgettext("column", "How many"))
    sealed, plain = pgettext("kept", "sealed"), _("readable in the database")
    rows = tuple(
        Group(
            row["place"],
            str(BESIDE.get(row["place"], row["place"])),
            _lines(
                (
                    ("sealed", columns[1], sealed if row["sealed"] else plain),
                    ("held", columns[2], str(row["held"])),
                )
            ),
        )
        for row in facts["beside"]
    )
    about = _("People who stand on no roster: contacts of units, who signed for goods, who has an account.")
    yield Section("beside", _("What is kept beside rosters"), about, columns=columns, rows=rows)


def _who(facts: Facts) -> Section:
    columns = (_("Post"), _("How many hold it"), _("What it allows"))
    rows = tuple(
        Group(
            row["role"],
            str(role_label(row["role"])),
            _lines((("users", columns[1], str(row["users"])), ("may", columns[2], _may(row["may"])))),
        )
        for row in facts["roles"]
    )
    return Section(
        key="who",
        title=_("Who can see it"),
        about=_("Of people on rosters. A post reaches the unit at which it is held, and all below it."),
        columns=columns,
        rows=rows,
    )


def _looked(facts: Facts) -> Section:
    columns = (_("Who looked"), _("Looks"), _("Most on one day"))
    rows = tuple(
        Group(
            row["user"],
            row["name"],
            _lines(
                (
                    ("looks", columns[1], str(row["looks"])),
                    ("most", columns[2], f"{row['most']} · {_day(row['day'])}"),
                )
            ),
        )
        for row in facts["looks"]
    )
    about = _("From %(day)s on. Each of these looks asks for a purpose, and is recorded with it.")
    return Section(
        key="looks",
        title=_("Looks at numbers of people on rosters in full"),
        about=about % {"day": _day(facts["since"])},
        columns=columns,
        rows=rows,
        empty=_("Nobody looked at the numbers of anybody on a roster in full."),
    )


def _shown(facts: Facts) -> Iterator[Section]:
    if "shown" not in facts:  # as above
        return
    columns = (_("Who"), _("Contacts looked up"), _("Papers in full"))
    rows = tuple(
        Group(
            row["user"],
            row["name"],
            _lines(
                (
                    ("contacts", columns[1], str(row["contacts"])),
                    ("papers", columns[2], str(row["papers"])),
                )
            ),
        )
        for row in facts["shown"]
    )
    about = _("From %(day)s on. No purpose is asked for here; who, when and which is recorded each time.")
    yield Section(
        key="shown",
        title=_("Contacts looked up, and papers in full"),
        about=about % {"day": _day(facts["since"])},
        columns=columns,
        rows=rows,
        empty=_("Nobody looked up a contact, or made a paper with names in full."),
    )


def _rights(told: CorrectionFact) -> Section:
    took = told["median"]
    answered = _("no answer yet") if took is None else _("%(days)s working days") % {"days": f"{took:g}"}
    lines = (
        ("open", _("Waiting for an answer"), str(told["open"])),
        ("late", _("of them for more than 15 working days"), str(told["late"])),
        ("accepted", _("Corrected or erased as asked"), str(told["accepted"])),
        ("declined", _("Declined with a reason"), str(told["declined"])),
        ("median", _("An answer takes (median)"), answered),
    )
    about = _("Corrections and erasures that people asked for.")
    return Section("rights", _("What people asked for"), about, lines=_lines(lines))


def _ends(told: ErasureFact) -> Section:
    columns = (_("Due within 30 days, or by now"), _("Kept until"))
    rows = tuple(
        Group(row["key"], row["title"], _lines((("day", columns[1], _day(row["day"])),)))
        for row in told["due"]
    )
    lines = (
        ("rosters", _("Rosters erased so far"), str(told["rosters"])),
        ("persons", _("People erased so far"), str(told["persons"])),
    )
    return Section(
        key="ends",
        title=_("How it ends"),
        about=_("Who stands on no roster that is still kept is erased with the roster, by the next night."),
        lines=_lines(lines),
        columns=columns,
        rows=rows,
        empty=_("No roster is due for erasure within 30 days."),
    )


def _protected(told: KeyFact) -> Section:
    old = _("none") if not told["old"] else str(told["old"])
    lines = (
        ("current", _("Sealing key in use"), told["current"]),
        ("since", _("In use since"), _day(told["since"]) or _("not noted")),
        ("keys", _("Keys kept, older ones too"), str(told["keys"])),
        ("old", _("Values still under an older key"), old),
    )
    about = _(
        "Numbers, phones, accounts and addresses are sealed with AES-256-GCM under a key that lies outside "
        "the database. “songnuan keys rotate” renews it and seals every value anew."
    )
    return Section("keys", _("How it is protected"), about, lines=_lines(lines))


def _leaves(facts: Facts) -> Section:
    lines = tuple(
        Line(row["way"], str(_WAYS.get(row["way"], row["way"])), str(row["count"]))
        for row in (*facts["outflow"], *facts.get("papers", ()))
    )
    about = _(
        "From %(day)s on. What becomes of a paper or a file afterwards, the system does not know: "
        "that is for you to judge."
    )
    return Section("out", _("Where it leaves the house"), about % {"day": _day(facts["since"])}, lines=lines)


def _may(permissions: Iterable[str]) -> str:
    return names(str(words) for name, words in _MAY.items() if name in set(permissions))


def _day(text: str | None) -> str:
    return written(date.fromisoformat(text), "full") if text else ""


def _lines(told: Iterable[tuple[str, str, str]]) -> tuple[Line, ...]:
    return tuple(Line(key, label, value) for key, label, value in told)
