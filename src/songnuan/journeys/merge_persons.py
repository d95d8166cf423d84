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
    actor: Actor,
    at: datetime,
) -> list[str]:
    """Merge them, all or nothing; return the fields taken from the one that goes.

    Raises:
        Refusal: From `people.actions.merge_persons`.

    """
    return people.merge_persons(
        keep_key=keep_key, drop_key=drop_key, choices=choices, remark=remark, actor=actor, at=at
    )
