"""`songnuan roster households`: who belongs together, and whose two parents serve at the front."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import click
from django.utils.translation import gettext as _
from rich.table import Table

from songnuan.cli.output import Out, command
from songnuan.cli.roster import SHOWN
from songnuan.kernel.actor import SYSTEM
from songnuan.kernel.names import mask_name
from songnuan.organisation.queries import now
from songnuan.people import queries
from songnuan.people.models import Relation

_AT_ONCE = 500


@click.command("households")
@click.option("--both-parents", is_flag=True, help="Children whose two parents serve on the same days.")
@click.option("--at-front", is_flag=True, help="Households of which somebody serves at the front today.")
@click.option("--names", is_flag=True, help="Names as lists show them; those of minors stay masked.")
@command
def households(*, out: Out, both_parents: bool, at_front: bool, names: bool) -> None:
    """List households as rosters of families tell them; names are masked."""
    if both_parents:
        rows = list(_both_parents(names=names))
        out.document(rows, _table_of_both(rows) if rows else _("No child has both parents at the front."))
        return
    rows = list(_households(at_front=at_front, names=names))
    out.document(rows, _table_of(rows) if rows else _("No household is known yet."))


def _households(*, at_front: bool, names: bool) -> Iterator[dict[str, Any]]:
    after: int | None = 0
    at, asked = now(), queries.Asked(at_front=at_front)
    while after is not None:
        page = queries.households(SYSTEM, at, asked, after=after, size=_AT_ONCE)
        after = page.after
        for row in page.rows:
            yield {
                "employee": _member(row.employee, names=names),
                "kin": [
                    {
                        "relation": kin.relation,
                        "of_spouse": kin.of_spouse,
                        **_member(kin.member, names=names),
                    }
                    for kin in row.kin
                ],
            }


def _both_parents(*, names: bool) -> Iterator[dict[str, Any]]:
    after, at = "", now()
    while families := queries.both_parents_at_front(SYSTEM, at, after=after, size=_AT_ONCE):
        after = families[-1].after
        for family in families:
            yield {
                "children": [
                    {
                        **_member(child.member, names=names),
                        "child_of": child.parent_key or None,
                        "noted": child.is_noted,
                    }
                    for child in family.children
                ],
                "parents": [_member(one, names=names) for one in family.carers],
                "days": [{"first": days.first, "last": days.last} for days in family.days],
                "due": family.is_due,
            }


def _member(one: queries.Member, *, names: bool) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name if names or one.restricted else mask_name(one.name),
        "age": one.age.name.lower(),
        "serves": list(one.serves),
    }


def _table_of(rows: list[dict[str, Any]]) -> Table:
    table = Table(_("Employee"), _("Family"), _("At the front"))
    for row in rows[:SHOWN]:
        members = [row["employee"], *row["kin"]]
        kin = "\n".join(f"{Relation(one['relation']).label} {one['name']}" for one in row["kin"])
        table.add_row(row["employee"]["name"], kin, "\n".join(_served(members)))
    return _cut(table, len(rows))


def _table_of_both(rows: list[dict[str, Any]]) -> Table:
    table = Table(_("Children"), _("At the front"), _("Both away"), _("To be decided"))
    for row in rows[:SHOWN]:
        days = "\n".join(f"{_day(days['first'])} – {_day(days['last'])}" for days in row["days"])
        children = "\n".join(one["name"] for one in row["children"])
        table.add_row(children, "\n".join(_served(row["parents"])), days, _("yes") if row["due"] else _("no"))
    return _cut(table, len(rows))


def _served(members: list[dict[str, Any]]) -> Iterator[str]:
    for one in members:
        for service in one["serves"]:
            yield f"{one['name']} {service.place} {_day(service.starts_on)} – {_day(service.ends_on)}"


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _cut(table: Table, number: int) -> Table:
    if number > SHOWN:
        table.caption = _("… and %(count)s more; --json gives all.") % {"count": number - SHOWN}
    return table
