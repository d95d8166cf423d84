"""What others read of reminders: wishes, ways, and the notices that have not gone out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from songnuan.jobs.channels import CHANNELS, IN_APP, Channel
from songnuan.jobs.models import Notice, OutboxMessage
from songnuan.kernel.sealed import blind_index
from songnuan.organisation.models import User
from songnuan.outreach.letters import News
from songnuan.outreach.models import AddressCode, Letter, LetterKind, Passed, Way, Wishes
from songnuan.outreach.rules import CODE_TRIES, Hours, Waiting
from songnuan.outreach.topics import topic_of

CODE_TOPIC = "outreach.code"
LONGEST_WAIT = timedelta(days=14)
"""A notice older than this goes out no more; it stands in the house."""
AT_ONCE = 300


def outside() -> list[Channel]:
    """Return the ways that lead out of the house."""
    return [channel for name, channel in CHANNELS.items() if name != IN_APP]


def hours_of(user_id: int) -> Hours:
    """Return when a user wants to be told; the house's own hours where nothing was said."""
    row = Wishes.objects.filter(user_id=user_id).first()
    if row is None:
        return Hours()
    return Hours(row.at_once, row.quiet_from, row.quiet_until, row.digest_at)


def address_digest(channel: str, address: str) -> str:
    """Return the blind index by which a confirmed address is known."""
    return blind_index(f"outreach.{channel}", address.strip().lower())


def way_of(user_id: int, channel: str) -> Way | None:
    """Return the user's way by a channel, on or off; None where none was ever confirmed."""
    return Way.objects.filter(user_id=user_id, channel=channel).first()


def reaches(way: Way | None, channel: Channel, user: User) -> bool:
    """Return whether letters go this way: it is on, and to the very address that was confirmed."""
    address = channel.address_of(user)
    if way is None or not way.is_on or not user.is_active or not address:
        return False
    return not channel.is_confirmed or is_confirmed(way, channel, user)


def is_confirmed(way: Way | None, channel: Channel, user: User) -> bool:
    """Return whether the address in the account is the one that its owner confirmed."""
    address = channel.address_of(user)
    return way is not None and bool(address) and way.address_digest == address_digest(way.channel, address)


def accepts(user: User, channel: str, address: str, topic: str) -> bool:
    """Return whether a message may go to the address: it is confirmed, or this is its code."""
    if not user.is_active or not address:
        return False
    if topic == CODE_TOPIC:
        return AddressCode.objects.filter(
            user=user, channel=channel, address_digest=address_digest(channel, address), used_at=None
        ).exists()
    return reaches(way_of(user.pk, channel), CHANNELS[channel], user)


def open_code(user_id: int, channel: str, at: datetime) -> AddressCode | None:
    """Return the newest code sent to the user, while it can still be entered."""
    newest = AddressCode.objects.filter(user_id=user_id, channel=channel).order_by("-pk").first()
    if newest is None or newest.used_at or newest.tries >= CODE_TRIES or newest.expires_at <= at:
        return None
    return newest


def code_key(code_id: int) -> str:
    """Return the key of the message that brings a code."""
    return f"address_code:{code_id}"


def code_failed(code: AddressCode) -> bool:
    """Return whether the message with a code could not be sent."""
    failed = OutboxMessage.objects.filter(key=code_key(code.pk), status=OutboxMessage.Status.FAILED)
    return failed.exists()


def ways_on() -> QuerySet[Way]:
    """Return the ways that are on, of users whose account is open."""
    return Way.objects.filter(is_on=True, user__is_active=True).select_related("user").order_by("pk")


def unread(way: Way, at: datetime) -> list[OutboxMessage]:
    """Return the notices that have not left by this way and were not read, oldest first."""
    passed = Passed.objects.filter(message=OuterRef("pk"), channel=way.channel)
    rows = _unread(way.user_id, at).filter(~Exists(passed), created_at__gte=way.since)
    return list(rows[:AT_ONCE])


def unread_of(user_id: int, at: datetime) -> list[OutboxMessage]:
    """Return the notices that a user did not read yet, oldest first, whatever left of them."""
    return list(_unread(user_id, at)[:AT_ONCE])


def _unread(user_id: int, at: datetime) -> QuerySet[OutboxMessage]:
    read = Notice.objects.filter(message=OuterRef("pk"), read_at__isnull=False)
    rows = OutboxMessage.objects.filter(~Exists(read), recipient_id=user_id, channel=IN_APP)
    return rows.filter(created_at__gte=at - LONGEST_WAIT, created_at__lte=at).order_by("created_at", "pk")


def waiting(messages: Iterable[OutboxMessage]) -> list[Waiting]:
    """Return notices as the rules see them."""
    found = []
    for row in messages:
        topic = topic_of(row.topic)
        found.append(Waiting(row.pk, row.topic, topic.is_urgent, row.created_at, topic.presses))
    return found


def news(message: OutboxMessage) -> News:
    """Return a notice as a letter tells it."""
    return News(message.topic, message.title, message.body, message.url, message.about)


def alone_on(way: Way, day: date) -> int:
    """Return how many letters beside the digest went out by this way on a day."""
    return Letter.objects.filter(way=way, day=day, kind=LetterKind.ALONE).count()


def failed_letters() -> QuerySet[Letter]:
    """Return the letters that could not be sent, of which nothing followed yet."""
    failed = Letter.objects.filter(settled_at=None, message__status=OutboxMessage.Status.FAILED)
    return failed.select_related("message", "way__user").order_by("pk")
