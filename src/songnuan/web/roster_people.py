"""Who stands on a roster, as its page lists them: other facts for each kind of roster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from songnuan.people.models import Relation, RosterKind
from songnuan.people.queries import Row
from songnuan.web.roster_words import field_label
from songnuan.web.templatetags.songnuan import full_date


@dataclass(frozen=True, slots=True)
class PersonLine:
    """Somebody on a roster: the name, and values in the order of the page's columns."""

    key: str
    name: str
    restricted: bool
    values: tuple[tuple[str, str], ...]


def lines_of(kind: str, rows: Iterable[Row], units: Mapping[int, str]) -> tuple[list[str], list[PersonLine]]:
    """Return the labels of the columns, that of the name first, and the lines.

    Args:
        kind: What the roster lists.
        rows: Who stands on it.
        units: The names of their units, by id.

    """
    values = {RosterKind.FAMILIES: _family, RosterKind.SERVICE: _service}.get(RosterKind(kind), _person)
    told = [(row, values(row, units)) for row in rows]
    # What nobody on the page has told needs no column.
    shown = {label for _row, facts in told for label, value in facts if value}
    labels = [label for label, _value in (told[0][1] if told else ()) if label in shown]
    lines = [
        PersonLine(
            row.person_key, row.name, row.restricted, tuple(fact for fact in facts if fact[0] in shown)
        )
        for row, facts in told
    ]
    first = pgettext("roster", "Employee") if kind == RosterKind.FAMILIES else field_label("name")
    return [first, *labels], lines


def _person(row: Row, units: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    return (
        (_("Last digits"), row.id_tail),
        (field_label("phone"), row.phone),
        (field_label("unit"), units.get(row.unit_id or 0, "")),
        (field_label("post"), row.post),
        (field_label("rank"), row.rank),
        (field_label("category"), row.category),
    )


def _family(row: Row, _units: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    return (
        (_("Last digits"), row.id_tail),
        (field_label("relation"), str(Relation(row.relation).label) if row.relation else ""),
        (field_label("relative_name"), row.relative_name),
        (pgettext("roster", "Relative's last digits"), row.relative_id_tail),
        (field_label("relative_phone"), row.relative_phone),
        (field_label("relative_unit"), row.workplace),
    )


def _service(row: Row, units: Mapping[int, str]) -> tuple[tuple[str, str], ...]:
    contact = {True: _("yes"), False: _("no"), None: ""}[row.direct_contact]
    return (
        (_("Last digits"), row.id_tail),
        (field_label("unit"), units.get(row.unit_id or 0, "")),
        (field_label("place"), row.place),
        (field_label("service_post"), row.post),
        (field_label("starts_on"), full_date(row.starts_on)),
        (field_label("ends_on"), full_date(row.ends_on)),
        (field_label("hours"), "" if row.minutes is None else f"{row.minutes / 60:g}"),
        (field_label("direct_contact"), contact),
    )
