"""Who signs, who ends, and what may be said about it; pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from songnuan.emergency.models import Member, Position, StandIn
from songnuan.emergency.models.command import REASON_LONGEST
from songnuan.kernel.refusal import NotPermitted, Refusal

SHORT_LONGEST = 120
SCOPE_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Signing:
    """The place in the group that somebody signs from, and in whose stead where it is not their own right."""

    member: Member
    stands_for: Member | None = None


def signing(
    members: Sequence[Member],
    stand_ins: Sequence[StandIn],
    issuers: Collection[str],
    user_id: int | None,
) -> Signing | None:
    """Return how somebody signs orders now; None where they may not.

    Args:
        members: The group of the day.
        stand_ins: Those that stand at this moment.
        issuers: The positions that sign, as the plan says.
        user_id: Who asks.

    """
    own = next((one for one in members if one.user_id == user_id), None)
    if own is None:
        return None
    if own.position in issuers:
        return Signing(own)
    by_user = {one.user_id: one for one in members}
    for row in stand_ins:
        absent = by_user.get(row.absent.user_id)
        if row.member.user_id == user_id and absent is not None and absent.position in issuers:
            return Signing(own, absent)
    return None


def may_succeed(member: Member, issuers: Collection[str]) -> bool:
    """Return whether somebody may be given the authority to end a response."""
    return member.position in issuers or member.position == Position.DEPUTY


def check_holder(holder: Member, user_id: int | None, label: str) -> None:
    """Let pass the one who may end a response.

    Args:
        holder: Who holds the authority.
        user_id: Who asks.
        label: The holder's name, for the sentence.

    Raises:
        NotPermitted: `not_the_holder`.

    """
    if user_id is None or holder.user_id != user_id:
        sentence = _(
            "Whoever set a response in motion ends it: now this is %(holder)s, and nobody else. Ask them to"
            " end it, or to hand the authority over to you."
        )
        raise NotPermitted("not_the_holder", sentence % {"holder": label}, holder=holder.user_id)


def words(text: str, *, field: str = "words", longest: int = REASON_LONGEST) -> str:
    """Return what was said, without blanks around it.

    Raises:
        Refusal: `words_missing`, `text_too_long`.

    """
    told = text.strip()
    if not told:
        raise Refusal("words_missing", _("Write in a few words what it is, and why."), field=field)
    return short(told, field=field, longest=longest)


def short(text: str, *, field: str, longest: int = SHORT_LONGEST) -> str:
    """Return a text that may be empty, without blanks around it.

    Raises:
        Refusal: `text_too_long`.

    """
    told = text.strip()
    if len(told) > longest:
        sentence = _("This is longer than %(most)s characters. Shorten it.")
        raise Refusal("text_too_long", sentence % {"most": longest}, field=field, length=len(told))
    return told


def check_times(happened_at: datetime, at: datetime, *, field: str) -> None:
    """Let pass what did not happen after it is entered.

    Raises:
        Refusal: `happens_later`.

    """
    if happened_at > at:
        sentence = _("This lies in the future. Write when it happened.")
        raise Refusal("happens_later", sentence, field=field)


def number_words(*, is_drill: bool, is_end: bool, code: str, year: int, serial: int) -> str:
    """Return a number as it is printed: 临澄急启〔2020〕1号, of a drill 临澄急演启〔2020〕1号."""
    kind = ("演" if is_drill else "") + ("终" if is_end else "启")
    return f"{code}{kind}〔{year}〕{serial}号"
