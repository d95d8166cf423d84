"""Reads of the trail for pages and commands."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from songnuan.audit.models import Entry, Stream


@dataclass(frozen=True, slots=True)
class TrailRow:
    """One entry as a page shows it."""

    id: int
    stream: str
    seq: int
    at: datetime
    entered_at: datetime
    actor_key: str
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]
    digest: str


@dataclass(frozen=True, slots=True)
class Done:
    """One act without its facts, to be counted."""

    at: datetime
    actor_key: str
    actor: str
    action: str


@dataclass(frozen=True, slots=True)
class Head:
    """How long a stream is and the digest it ends with: what is written down elsewhere as a checkpoint."""

    name: str
    length: int
    digest: str


def heads() -> list[Head]:
    """Return the heads of all streams, by name."""
    rows = Stream.objects.order_by("name").values_list("name", "length", "head")
    return [Head(name, length, digest) for name, length, digest in rows]


def entries(  # noqa: PLR0913 - what may be asked for, each by name
    *,
    stream: str = "",
    subject: str = "",
    action: str = "",
    codes: Collection[str] = (),
    plan: str = "",
    before: int | None = None,
    upto: int | None = None,
    size: int = 50,
) -> list[TrailRow]:
    """Return up to `size` entries in the order they were entered, newest first.

    Args:
        stream: Of this stream alone.
        subject: About this subject alone.
        action: Of this act alone, "app.verb".
        codes: Whose facts give one of these codes, as refusals do.
        plan: Whose facts give this plan, or none.
        before: With ids below this one, the page's key.
        upto: With places in their stream up to this one.
        size: The most to return.

    """
    rows = Entry.objects.select_related("stream").order_by("-id")
    if stream:
        rows = rows.filter(stream__name=stream)
    if subject:
        rows = rows.filter(subject=subject)
    if action:
        rows = rows.filter(action=action)
    if codes:
        rows = rows.filter(facts__regex=f'"code":"({"|".join(sorted(codes))})"')
    if plan:
        rows = rows.filter(Q(facts__contains=f'"plan":"{plan}"') | ~Q(facts__contains='"plan":"'))
    if before is not None:
        rows = rows.filter(id__lt=before)
    if upto is not None:
        rows = rows.filter(seq__lte=upto)
    return [_row(row) for row in rows[:size]]


def _row(row: Entry) -> TrailRow:
    return TrailRow(
        id=row.pk,
        stream=row.stream.name,
        seq=row.seq,
        at=row.at,
        entered_at=row.entered_at,
        actor_key=row.actor_key,
        actor=row.actor_label,
        action=row.action,
        subject=row.subject,
        facts=json.loads(row.facts),
        digest=row.digest,
    )


def entries_with(
    acts: Mapping[str, str], *, stream: str = "", before: int | None = None, size: int = 50
) -> list[TrailRow]:
    """Return up to `size` entries of these acts, in the order they were entered, newest first.

    Args:
        acts: What the facts of each act hold as they are kept, such as '"unmasked":true'; "" for all.
        stream: Of this stream alone, which is found without reading all others.
        before: With ids below this one, the page's key.
        size: The most to return.

    """
    wanted = Q(stream__name=stream) if stream else Q()
    which = Q()
    for action, holding in acts.items():
        which |= Q(action=action, facts__contains=holding) if holding else Q(action=action)
    rows = Entry.objects.filter(wanted, which)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return [_row(row) for row in rows.select_related("stream").order_by("-id")[:size]]


def has_done(  # noqa: PLR0913 - what one act is known by, each by name
    *, actor_key: str, action: str, subject: str, since: datetime, until: datetime, holding: str
) -> bool:
    """Return whether somebody did this to the subject from `since` on and before `until`, by the act's time.

    `holding` is what its facts hold as they are kept, such as '"file":"invoice"'.
    """
    rows = Entry.objects.filter(action=action, subject=subject, actor_key=actor_key)
    return rows.filter(at__gte=since, at__lt=until, facts__contains=holding).exists()


def done(actions: Collection[str], since: datetime, *, holding: str = "") -> list[Done]:
    """Return the acts of these kinds from a moment on, by their own time, in the order they were entered.

    Args:
        actions: Which, "app.verb".
        since: From this moment on.
        holding: What their facts hold as they are kept, such as '"unmasked":true'; "" for all.

    """
    rows = Entry.objects.filter(action__in=actions, at__gte=since).order_by("id")
    if holding:
        rows = rows.filter(facts__contains=holding)
    return [Done(*row) for row in rows.values_list("at", "actor_key", "actor_label", "action")]
