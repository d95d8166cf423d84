"""Somebody decides that two entries of the register are one person."""

from collections.abc import Mapping
from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def merge_persons(
    *,
    keep_key: str,
    drop_key: str,
    choices: Mapping[str, str],
    remark: str = "",
    end_links: bool = False,
    actor: Actor,
    at: datetime,
) -> list[str]:
    """Merge them, all or nothing; return the fields taken from the one that goes.

    With `end_links`, rosters of families that tell them to be each other's family are ended in this.

    Raises:
        Refusal: From `people.actions.merge_persons`.

    """
    return people.merge_persons(
        keep_key=keep_key,
        drop_key=drop_key,
        choices=choices,
        remark=remark,
        end_links=end_links,
        actor=actor,
        at=at,
    )
