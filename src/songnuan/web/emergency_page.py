"""What the pages of an emergency plan show: who is reading, the group, the timeline in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext as _

from songnuan.audit.queries import entries_with
from songnuan.emergency.command_queries import (
    acts_of,
    in_force,
    may_end_or_is_asked,
    member_of,
    members_on,
    signing_of,
    stand_ins_at,
)
from songnuan.emergency.command_rules import Signing
from songnuan.emergency.models import (
    Activation,
    ActivationAct,
    ActVerb,
    Member,
    StandIn,
)
from songnuan.journeys.base import REFUSALS
from songnuan.journeys.measures.response import settings_of
from songnuan.organisation.permissions import Permission
from songnuan.plans.models import Measure, MeasureStatus
from songnuan.web.emergency_words import TO_COMMAND
from songnuan.web.refusal_codes import CODES
from songnuan.web.views.shared import Reader


def emergency_seen(measure_id: int, reader: Reader) -> Measure:
    """Return the measure; one that the reader may not see is not there.

    Raises:
        Http404: Without a word on whether it exists.

    """
    measure = Measure.objects.select_related("plan").filter(pk=measure_id, kind="response").first()
    if measure is None or measure.opened_at is None:
        raise Http404
    is_member = member_of(measure.pk, reader.user.pk, reader.day) is not None
    is_concerned = is_member or may_end_or_is_asked(measure.pk, reader.user.pk)
    if not is_concerned and not reader.may(Permission.EMERGENCY_VIEW, measure.plan.unit_id):
        raise Http404
    return measure


@dataclass(frozen=True, slots=True)
class Role:
    """What the reader may do about a plan: `signing` orders, as a `member`, as the office (`manages`)."""

    member: Member | None
    signing: Signing | None
    manages: bool
    is_open: bool

    @property
    def takes_in(self) -> bool:
        """Whether they take in orders."""
        return self.is_open and (self.manages or self.member is not None)


def role_of(measure: Measure, reader: Reader) -> Role:
    """Return what the reader may do."""
    issuers = settings_of(measure).issuers
    return Role(
        member_of(measure.pk, reader.user.pk, reader.day),
        signing_of(measure.pk, issuers, reader.user.pk, reader.at),
        reader.may(Permission.EMERGENCY_MANAGE, measure.plan.unit_id),
        measure.status == MeasureStatus.OPEN or bool(in_force([measure.pk])),
    )


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the group: whether they sign orders, and who acts for them, or for whom they act, now."""

    member: Member
    name: str
    position: str
    signs: bool
    acted_for_by: str
    acts_for: str


def group_rows(measure: Measure, reader: Reader) -> list[MemberRow]:
    """Return the leading group of the day."""
    issuers = settings_of(measure).issuers
    stand_ins = stand_ins_at(measure.pk, reader.at)
    return [_member(one, one.position in issuers, stand_ins) for one in members_on(measure.pk, reader.day)]


def _member(one: Member, signs: bool, stand_ins: Sequence[StandIn]) -> MemberRow:  # noqa: FBT001 - a column
    away = next((row for row in stand_ins if row.absent_id == one.pk), None)
    acting = next((row for row in stand_ins if row.member_id == one.pk), None)
    return MemberRow(
        member=one,
        name=one.user.name,
        position=str(one.get_position_display()),
        signs=signs,
        acted_for_by=away.member.user.name if away else "",
        acts_for=acting.absent.user.name if acting else "",
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline; `mark` is the state that it is drawn with."""

    at: datetime
    entered_at: datetime | None
    who: str
    what: str
    words: str
    mark: str
    is_refusal: bool = False


_REFUSED = 200
"""Refused tries in a timeline, the newest."""
_MARKS = {
    ActVerb.ACTIVATE: "late",
    ActVerb.STAND_DOWN: "done",
    ActVerb.ACCEPT: "on_time",
    ActVerb.END_IT: "waiting",
    ActVerb.ORDERED_END: "waiting",
    ActVerb.ORDERED_SUCCESSOR: "waiting",
    ActVerb.OFFER: "waiting",
}


def timeline(activation: Activation) -> list[Moment]:
    """Return what happened about a response, and what was tried and refused, in its order."""
    told = [_told(act) for act in acts_of(activation.pk)]
    about = {"journey.refused": f'"for":"emergency.activation:{activation.pk}"'}
    refused = [
        Moment(
            row.at,
            None,
            row.actor,
            _tried(row.subject),
            str(CODES.get(str(row.facts.get("code")), row.facts.get("code", ""))),
            "none",
            is_refusal=True,
        )
        for row in entries_with(about, stream=REFUSALS, size=_REFUSED)
    ]
    return sorted([*told, *refused], key=lambda one: one.at)


def _tried(journey: str) -> str:
    """Return what was tried, by the name of its journey."""
    what = TO_COMMAND.get(journey.partition(".")[0], journey)
    return _("was refused %(what)s") % {"what": what}


def _told(act: ActivationAct) -> Moment:
    name = act.by.name if act.by else ""
    if act.verb == ActVerb.ACTIVATE and act.other is not None:
        name = _("%(who)s for %(absent)s") % {"who": name, "absent": act.other.user.name}
    what = str(ActVerb(act.verb).label)
    if act.verb in {ActVerb.OFFER, ActVerb.ORDERED_SUCCESSOR} and act.other is not None:
        what = f"{what}：{act.other.user.name}"
    if act.level_label:
        what = f"{what}：{act.level_label}"
    if act.order is not None and act.order.number:
        what = f"{what}（{act.order.issuer} {act.order.number}）"
    entered = act.at if act.at != act.happened_at else None
    return Moment(act.happened_at, entered, name, what, act.words, _MARKS.get(ActVerb(act.verb), "none"))
