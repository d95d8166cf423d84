"""What journeys about instructions share: who is told of an item, and what."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from songnuan.journeys.telling import NAME_SHOWN, tell
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.permissions import Permission
from songnuan.organisation.queries import day_of, holders, unit_names
from songnuan.tasks.models import Feedback, Instruction, Task

Words = Callable[[str], str]
"""Gives the title of a notice in the reader's language, of what the item is called."""


def tell_owners(instruction: Instruction, *, actor: Actor, at: datetime) -> None:
    """Tell each unit that got items how many, and each unit that helps."""
    owned: dict[int, int] = {}
    helped: set[int] = set()
    for item in instruction.items.prefetch_related("co_owners"):
        owned[item.owner_id] = owned.get(item.owner_id, 0) + 1
        helped |= {row.unit_id for row in item.co_owners.all()}

    def say(count: int) -> tuple[str, str]:
        if not count:
            return _("Your unit helps with an instruction"), instruction.title
        title = ngettext(
            "%(count)s item of an instruction for your unit: please accept it",
            "%(count)s items of an instruction for your unit: please accept them",
            count,
        )
        return title % {"count": count}, instruction.title

    for unit_id in sorted(owned.keys() | helped):
        count = owned.get(unit_id, 0)
        tell(
            holders(Permission.INSTRUCTION_ANSWER, unit_id, at),
            lambda count=count: say(count),  # type: ignore[misc]  # bound now, called for each reader
            topic="instruction.assigned",
            key=f"instruction:{instruction.pk}:assigned:{unit_id}",
            url=f"/instructions/{instruction.pk}/",
            actor=actor,
            at=at,
        )


def tell_owner(item: Task, words: Words, *, actor: Actor, at: datetime) -> None:
    """Tell the owner what the office decided about an item, with what it said."""
    _tell(holders(Permission.INSTRUCTION_ANSWER, item.owner_id, at), item, words, actor=actor, at=at)


def tell_former(item: Task, unit_id: int, words: Words, *, actor: Actor, at: datetime) -> None:
    """Tell the unit that had the item before; each person is told once.

    The item is no longer theirs to read, so the notice leads to the list of what is.
    """
    _tell(
        holders(Permission.INSTRUCTION_ANSWER, unit_id, at),
        item,
        words,
        url="/instructions/",
        actor=actor,
        at=at,
    )


def tell_office(item: Task, words: Words, *, actor: Actor, at: datetime) -> None:
    """Tell the office what the owner asks for, with what it said."""
    _tell(holders(Permission.INSTRUCTION_MANAGE, item.unit_id, at), item, words, actor=actor, at=at)


def _tell(
    readers: Iterable[User], item: Task, words: Words, *, actor: Actor, at: datetime, url: str = ""
) -> None:
    said = Feedback.objects.filter(task=item).order_by("-pk")[:1].get()
    owner = unit_names([item.owner_id], day_of(at)).get(item.owner_id, "")

    def say() -> tuple[str, str]:
        body = _("%(unit)s · %(person)s: %(words)s") if said.text else _("%(unit)s · %(person)s")
        return words(item.title[:NAME_SHOWN]), body % {
            "unit": owner,
            "person": actor.label,
            "words": said.text,
        }

    tell(
        readers,
        say,
        topic=f"item.{said.verb}",
        key=f"item:{item.pk}:{said.pk}",
        url=url or item_url(item.instruction_id, item.pk),
        actor=actor,
        at=at,
    )


def item_url(instruction_id: int | None, task_id: int) -> str:
    """Return where an item stands on the page of its instruction."""
    return f"/instructions/{instruction_id}/#item-{task_id}"
