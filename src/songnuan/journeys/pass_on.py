"""Notices leave the house: urgent ones at once, the others once a day together with what is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from songnuan.jobs import actions as jobs
from songnuan.jobs.channels import CHANNELS, Channel
from songnuan.jobs.models import OutboxMessage
from songnuan.journeys.base import alone_at_fault, long_journey, step
from songnuan.journeys.telling import tell
from songnuan.journeys.visits_ahead import soon_now
from songnuan.journeys.working_days import works
from songnuan.kernel.actor import Actor
from songnuan.organisation.models import User
from songnuan.organisation.queries import day_of
from songnuan.outreach import actions as outreach
from songnuan.outreach import letters, queries, rules
from songnuan.outreach.email import AddressRefused
from songnuan.outreach.facts import Fact, When, still_holds
from songnuan.outreach.models import Letter, LetterKind, Way
from songnuan.outreach.topics import topic_of

DueFacts = Callable[[User, datetime], Sequence[Fact]]
REFUSED = f"{AddressRefused.__module__}.{AddressRefused.__qualname__}"
WISHES = "/reminders/"


@long_journey
def pass_on(*, actor: Actor, at: datetime) -> int:
    """Write the letters that go out at `at`, each way in a transaction of its own; return how many.

    Run again, or by two at once, it writes each of them once. Where one account is at fault the others still
    get theirs.

    Raises:
        ExceptionGroup: What failed, once everything else is done.

    """
    failed: list[Exception] = []
    for letter in queries.failed_letters():
        with alone_at_fault(failed, f"letter {letter.pk}"), step():
            _settle(letter, actor, at)
    written = 0
    for way in queries.ways_on():
        channel = CHANNELS.get(way.channel)
        with alone_at_fault(failed, f"way {way.pk}"):
            if channel and channel.is_ready() and queries.reaches(way, channel, way.user):
                with step():
                    written += _pass_on(way, channel, actor, at)
    if failed:
        raise ExceptionGroup("letters that could not be written", failed)
    return written


def _settle(letter: Letter, actor: Actor, at: datetime) -> None:
    """See to a letter that could not be sent; who is reached no more by its way is told in the house."""
    refused = letter.message.error == REFUSED
    if not outreach.settle_failure(letter=letter, is_refused=refused, actor=actor, at=at):
        return

    def say() -> tuple[str, str]:
        title = _("E-mail to you is turned off: your address is not taken")
        body = _(
            "The mail server refuses letters to the address in your account. Mend the address under "
            "“My reminders”, or turn it on again."
        )
        return title, body

    tell(
        [letter.way.user],
        say,
        topic="way.refused",
        key=f"way.refused:{letter.pk}",
        url=WISHES,
        actor=actor,
        at=at,
    )


def _pass_on(way: Way, channel: Channel, actor: Actor, at: datetime) -> int:
    desk = _Desk(way, channel, at)
    going = desk.going
    if not going.letters and not going.is_digest_due:
        return 0
    if not outreach.take_turn(way=way, digest_on=desk.day if going.is_digest_due else None):
        return 0
    with override(way.user.language):
        written = 0
        for letter in going.letters:
            written += _at_once(desk, [desk.messages[row.message_id] for row in letter], actor, at)
        if going.is_digest_due:
            told = [desk.messages[row.message_id] for row in going.digest]
            written += _digest(desk, told, actor, at)
    return written


class _Desk:
    """What a look at one way is decided by; what is due is asked for only where something may go out."""

    def __init__(self, way: Way, channel: Channel, at: datetime) -> None:
        self.way, self.at, self.day = way, at, day_of(at)
        self.hours = queries.hours_of(way.user_id)
        rows = [] if rules.is_quiet(at, self.hours) else queries.unread(way, at)
        self.messages = {row.pk: row for row in rows}
        self.going = rules.going(
            queries.waiting(rows),
            rules.Gone(queries.alone_on(way, self.day), way.digest_on),
            hours=self.hours,
            abilities=rules.Abilities(channel.urgent_only, channel.is_batchable),
            at=at,
        )

    @cached_property
    def facts(self) -> Sequence[Fact]:
        """What is due from the user now."""
        return facts_of(self.way.user, self.at)


def facts_of(user: User, at: datetime) -> Sequence[Fact]:
    """Return what is due from a user, as the pages know it."""
    return cast("DueFacts", import_string(settings.DUE_FACTS))(user, at)


def _at_once(desk: _Desk, told: Sequence[OutboxMessage], actor: Actor, at: datetime) -> int:
    """Write the letter of these notices; what was done meanwhile, or has another day, is left out.

    Returns:
        One; none when that leaves nothing to say.

    """
    holding = [row for row in told if not topic_of(row.topic).asks or still_holds(row.url, desk.facts)]
    news = _as_now(holding, at)
    if not news:
        outreach.leave_out(way=desk.way, told=told)
        return 0
    subject, letter = letters.alone(news[0]) if len(news) == 1 else letters.several(news)
    key = f"letter:{desk.way.channel}:{told[0].pk}:{desk.way.turn}"
    _send(desk, subject, letter, key, LetterKind.ALONE, told, actor, at)
    return 1


def _digest(desk: _Desk, told: Sequence[OutboxMessage], actor: Actor, at: datetime) -> int:
    """Write the digest of the day; none when there is nothing to say."""
    found = _letter_of(told, desk.facts, at)
    if found is None:
        outreach.leave_out(way=desk.way, told=told)
        return 0
    subject, letter = found
    key = f"digest:{desk.way.channel}:{desk.way.user_id}:{desk.day.isoformat()}"
    _send(desk, subject, letter, key, LetterKind.DIGEST, told, actor, at)
    return 1


@dataclass(frozen=True, slots=True)
class Preview:
    """A digest as it would go out now; where there is none, `waits` counts what is due all the same."""

    subject: str = ""
    letter: letters.Letter | None = None
    waits: int = 0


def preview_of(user: User, at: datetime) -> Preview:
    """Return a digest as it would go out now.

    It is the very letter that the first way of the user would get: without what left by it before. Whoever
    has none yet sees all that is unread.
    """
    hours, way = queries.hours_of(user.pk), _first_way(user)
    rows = queries.unread(way, at) if way else queries.unread_of(user.pk, at)
    gone = rules.Gone(queries.alone_on(way, day_of(at)) if way else 0)
    chosen = {row.message_id for row in rules.digest_now(queries.waiting(rows), gone, hours=hours, at=at)}
    told = [row for row in rows if row.pk in chosen]
    with override(user.language):
        facts = facts_of(user, at)
        found = _letter_of(told, facts, at)
    return Preview(*found) if found else Preview(waits=len(facts))


def _first_way(user: User) -> Way | None:
    """Return the first way by which digests reach the user."""
    for channel in queries.outside():
        way = queries.way_of(user.pk, channel.name)
        is_open = channel.is_ready() and channel.is_batchable and not channel.urgent_only
        if is_open and way is not None and queries.reaches(way, channel, user):
            return way
    return None


def _letter_of(
    told: Sequence[OutboxMessage], facts: Sequence[Fact], at: datetime
) -> tuple[str, letters.Letter] | None:
    """Return subject and letter of a digest of these notices and of what is due; None when it says nothing.

    Who is told at once gets what is due all the same: a notice speaks of it once, the list each day.
    """
    day = day_of(at)
    fresh = _fresh(told, day)
    news = _as_now(fresh, at)
    if not says_something(told, news, facts, day):
        return None
    return letters.digest(news, facts, day)


def _fresh(told: Sequence[OutboxMessage], day: date) -> list[OutboxMessage]:
    """Return the notices that a digest tells as they are: the others stand on the list of what is due.

    Of several moves of one visit the last one alone is told.
    """
    topics = {row.pk: topic_of(row.topic) for row in told}
    last = {(row.topic, row.url): row.pk for row in told if _is_one_move(row)}
    return [
        row
        for row in told
        if not topics[row.pk].asks
        and (not topics[row.pk].ahead or day_of(row.created_at) == day)
        and last.get((row.topic, row.url), row.pk) == row.pk
    ]


def _is_one_move(row: OutboxMessage) -> bool:
    return row.topic == "visit.moved" and row.url != "/visits/"


def _as_now(told: Sequence[OutboxMessage], at: datetime) -> list[letters.News]:
    """Return notices as a letter tells them; those of the visits of a day anew, as these stand."""
    found = []
    for row in told:
        said = soon_now(row.key, (row.title, row.body), at)
        if said is not None:
            title, body = said
            found.append(replace(queries.news(row), title=title, body=body))
    return found


def says_something(
    told: Sequence[OutboxMessage], fresh: Sequence[letters.News], facts: Sequence[Fact], day: date
) -> bool:
    """Return whether a letter is worth it: news, a reminder that holds, what is due, late on a working day.

    What has no day, and of which no notice reminds, can wait until something else is told.
    """
    if fresh or (facts and any(topic_of(row.topic).asks for row in told)):
        return True
    dated = [fact for fact in facts if fact.due_on]
    if any(fact.when is When.TODAY for fact in dated):
        return True
    return works(day) and any(fact.when is When.LATE for fact in dated)


def _send(  # noqa: PLR0917 - one letter: whose, what, which notices
    desk: _Desk,
    subject: str,
    letter: letters.Letter,
    key: str,
    kind: LetterKind,
    told: Sequence[OutboxMessage],
    actor: Actor,
    at: datetime,
) -> None:
    message = jobs.send(
        channel=desk.way.channel,
        recipient_id=desk.way.user_id,
        topic=f"outreach.{kind}",
        title=subject,
        body=letter.packed(),
        key=key,
        url=WISHES,
        actor=actor,
        at=at,
    )
    outreach.keep_letter(way=desk.way, kind=kind, day=desk.day, message=message, told=told)
