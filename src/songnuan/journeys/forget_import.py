"""The name and headings of a file that came into no roster are forgotten."""

from datetime import datetime

from songnuan.journeys.base import journey
from songnuan.kernel.actor import Actor
from songnuan.people import actions as people


@journey
def forget_import(*, import_key: str, actor: Actor, at: datetime) -> None:
    """Forget them; that the import was there stays.

    Raises:
        Refusal: From `people.actions.forget_import`.

    """
    people.forget_import(import_key=import_key, actor=actor, at=at)
