"""The one writer of counts. It asks for no permission: it counts what was allowed and done."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from songnuan.organisation.queries import day_of, posts_held
from songnuan.reporting.models import InputCount
from songnuan.reporting.rules import Asked


@transaction.atomic(savepoint=False)
def count_inputs(*, user_id: int, asked: Iterable[Asked], at: datetime) -> None:
    """Add what forms asked of somebody to the counts of the unit of their first post.

    Who holds no post is asked nothing for a unit, and is not counted.
    """
    day = day_of(at)
    post = next(iter(posts_held(day, user_id=user_id)), None)
    if post is None:
        return
    week = day - timedelta(days=day.weekday())
    for one in sorted(asked, key=lambda row: row.form):  # in one order, so that two never wait crosswise
        row, _is_new = InputCount.objects.get_or_create(
            unit_id=post.unit_id, role=post.role.value, week=week, form=one.form
        )
        InputCount.objects.filter(pk=row.pk).update(
            posted=F("posted") + one.posted,
            shown=F("shown") + one.shown,
            filled=F("filled") + one.filled,
            typed=F("typed") + one.typed,
        )
