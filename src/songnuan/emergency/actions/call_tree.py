"""The call tree of a plan is set."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from songnuan.emergency import muster_rules as rules
from songnuan.emergency.models import CallLine, CallTree
from songnuan.emergency.muster_queries import tree_of
from songnuan.emergency.muster_rules import ToldLine
from songnuan.emergency.noting import held_measure, note
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.sealed import blind_index, place_of
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import require


def phone_index(phone: str) -> str:
    """Return the blind index by which a telephone is found."""
    return blind_index(place_of("emergency.callline", "phone"), phone)


@transaction.atomic(savepoint=False)
def set_call_tree(
    *, measure_id: int, rows: Sequence[ToldLine], digest: str, actor: Actor, at: datetime
) -> CallTree:
    """Set the call tree of a plan in place of the one before; musters that were called keep theirs.

    Args:
        measure_id: The measure.
        rows: The people, as `call_tree_file.read`.
        digest: SHA-256 (hex) of the file.
        actor: Needs EMERGENCY_MANAGE over the plan's unit.
        at: When.

    Raises:
        Refusal: `not_permitted`, `calltree_row`, `calltree_same` for the file that counts already,
            `measure_closed`.

    """
    measure = held_measure(measure_id)
    require(actor, Permission.EMERGENCY_MANAGE, unit_id=measure.plan.unit_id, at=at)
    before = tree_of(measure_id)
    if before is not None and before.digest == digest:
        sentence = _("This very table is the call tree already. Nothing was changed.")
        raise Refusal("calltree_same", sentence, field="file")
    called_by, users = rules.callers_of(rows), _users(rows)
    tree = CallTree.objects.create(
        measure=measure,
        number=before.number + 1 if before else 1,
        lines=len(rows),
        digest=digest,
        made_by_id=actor.user_id,
        made_at=at,
    )
    _add_lines(tree, rows, called_by, users)
    note(
        measure, "set_call_tree", f"plans.measure:{measure.pk}", actor, at, number=tree.number, rows=len(rows)
    )
    return tree


def _users(rows: Sequence[ToldLine]) -> dict[str, int]:
    """Return the accounts that the table names.

    Raises:
        Refusal: `calltree_row`.

    """
    named = {row.account for row in rows if row.account}
    found = dict(User.objects.filter(username__in=named, is_active=True).values_list("username", "pk"))
    for row in rows:
        if row.account and row.account not in found:
            raise rules.faulty(row.row, _("there is no account “%(name)s”.") % {"name": row.account})
    return found


def _add_lines(
    tree: CallTree, rows: Sequence[ToldLine], called_by: Sequence[int | None], users: Mapping[str, int]
) -> None:
    """Add the people of a table, from the top: who calls comes before whom they call."""
    made: dict[int, CallLine] = {}
    levels: dict[int, list[int]] = {}
    for place, steps in enumerate(rules.steps_below_top(rows, called_by)):
        levels.setdefault(steps, []).append(place)
    for steps in sorted(levels):
        lines = [
            CallLine(
                tree=tree,
                position=place + 1,
                name=rows[place].name,
                phone=rows[place].phone or None,
                phone_index=phone_index(rows[place].phone) if rows[place].phone else "",
                section=rows[place].section,
                user_id=users.get(rows[place].account),
                caller=made[above] if (above := called_by[place]) is not None else None,
            )
            for place in levels[steps]
        ]
        made |= dict(zip(levels[steps], CallLine.objects.bulk_create(lines), strict=True))
