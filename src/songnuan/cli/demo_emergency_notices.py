"""What the office of plan 2 was told, and has read: at the end of each day but the last."""

from datetime import timedelta

from songnuan.cli.demo_emergency import TODAY, Scale, actor, at
from songnuan.jobs.queries import notices
from songnuan.journeys.read_notices import read_notices
from songnuan.kernel.clock import CHINA


def read_what_came(_scale: Scale) -> None:
    """Let the office read its notices each evening; what came since yesterday's is unread."""
    office = actor("duty-office")
    unread = notices(office.user_id or 0, unread=True)
    first = unread.order_by("created_at").first()
    if first is None:
        return
    day = first.created_at.astimezone(CHINA).date()
    while day < TODAY:
        evening = at(day, 18)
        came = list(unread.filter(created_at__lte=evening).values_list("pk", flat=True))
        if came:
            read_notices(notice_ids=came, actor=office, at=evening)
        day += timedelta(days=1)
