"""What must hold of families and needs: no gap in numbers, one helper at a time, feedback of closings."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from songnuan.audit.findings import Finding
from songnuan.casework.case_models import (
    Case,
    Feedback,
    HelperAct,
    HelperState,
    HelperVerb,
    Need,
    NeedClosing,
    NeedGoods,
)
from songnuan.casework.case_rules import printed, printed_need
from songnuan.goods.families import FAMILY, family_subject
from songnuan.goods.models import Movement, MovementKind
from songnuan.kernel.bulk import chunks

_AT_ONCE: Final = 500
_OF_DEPUTIES: Final = (HelperVerb.DEPUTE, HelperVerb.RELEASE)


def verify() -> Iterator[Finding]:
    """Yield the families and needs of which something does not hold.

    Codes: `family_numbers` and `need_numbers` (a number is left out), `helper_differs` (the helper, or the
    deputy, is not the one whom the acts tell, or two were asked at once), `closing_feedback` (not of this
    need and round, or heard by who closed), `need_rounds` (closed again before it was opened again),
    `feedback_link` (by the link of another need or round), `family_goods` (what was bought for families and
    given to one is for no need of it).
    """
    yield from _numbers()
    yield from _helpers()
    yield from _closings()
    yield from _linked()
    yield from _goods()


def _numbers() -> Iterator[Finding]:
    """Find gaps: numbers are above zero without doubles, so that the last one tells how many there are."""
    rows = Case.objects.order_by().values("plan__slug").annotate(count=Count("pk"), last=Max("number"))
    for row in rows.exclude(count=F("last")).order_by("plan__slug"):
        sentence = _("Of the %(last)s families that were numbered in a plan, %(count)s are there.")
        yield _gap("family_numbers", f"plans.plan:{row['plan__slug']}", sentence, row["count"], row["last"])
    needs = Need.objects.order_by().values("case").annotate(count=Count("pk"), last=Max("number"))
    for one in needs.exclude(count=F("last")).order_by("case"):
        sentence = _("Of the %(last)s needs that were numbered for a family, %(count)s are there.")
        yield _gap("need_numbers", f"casework.case:{one['case']}", sentence, one["count"], one["last"])


def _gap(code: str, where: str, sentence: str, count: int, last: int) -> Finding:
    facts = {"count": count, "last": last}
    return Finding(code, where, sentence % facts, facts)


def _helpers() -> Iterator[Finding]:
    cases = Case.objects.order_by("pk").only("number", "helper", "helper_state", "deputy")
    for some in chunks(cases.iterator(chunk_size=_AT_ONCE), _AT_ONCE):
        acts: dict[int, list[tuple[str, int]]] = defaultdict(list)
        told = HelperAct.objects.filter(case__in=some).order_by("pk")
        for case_id, verb, helper_id in told.values_list("case", "verb", "helper"):
            acts[case_id].append((verb, helper_id))
        for case in some:
            helping = [act for act in acts[case.pk] if act[0] not in _OF_DEPUTIES]
            named = [act for act in acts[case.pk] if act[0] in _OF_DEPUTIES]
            deputy = named[-1][1] if named and named[-1][0] == HelperVerb.DEPUTE else None
            if _told(helping) != (case.helper_id, case.helper_state) or deputy != case.deputy_id:
                sentence = _("%(number)s: who helps the family is not whom the acts tell.")
                words = {"number": printed(case.number)}
                yield Finding("helper_differs", f"casework.case:{case.pk}", sentence % words)


def _told(acts: Iterable[tuple[str, int]]) -> tuple[int | None, str] | None:
    """Return who helps after these acts, and how it stands; None where they contradict each other."""
    helper: int | None = None
    state = HelperState.NONE
    for verb, who in acts:
        if verb == HelperVerb.OFFER:
            if helper is not None:
                return None
            helper, state = who, HelperState.OFFERED
        elif who != helper or (verb == HelperVerb.ACCEPT and state != HelperState.OFFERED):
            return None
        elif verb == HelperVerb.ACCEPT:
            state = HelperState.ACCEPTED
        else:
            helper, state = None, HelperState.NONE
    return helper, state.value


def _closings() -> Iterator[Finding]:
    of_round = Q(feedback__need=F("need"), feedback__round=F("round"))
    rows = NeedClosing.objects.filter(~of_round | Q(feedback__heard_by=F("by")))
    for closing in rows.select_related("need__case").order_by("pk"):
        sentence = _("%(number)s was closed without feedback of this time that somebody else heard.")
        yield _finding("closing_feedback", closing.need, sentence)
    standing = Q(closings__reopening__isnull=True)
    needs = Need.objects.filter(closings__isnull=False).annotate(
        count=Count("closings"),
        last=Max("closings__round"),
        stand=Count("closings", filter=standing),
        stands_at=Max("closings__round", filter=standing),
    )
    wrong = needs.filter(~Q(count=F("last")) | Q(stand__gt=1) | (Q(stand=1) & ~Q(stands_at=F("last"))))
    for need in wrong.select_related("case").order_by("pk"):
        sentence = _("%(number)s was closed again before it was opened again.")
        yield _finding("need_rounds", need, sentence)


def _linked() -> Iterator[Finding]:
    answers = Feedback.objects.filter(link__isnull=False).exclude(
        link__need=F("need"), link__round=F("round")
    )
    for answer in answers.select_related("need__case").order_by("pk"):
        sentence = _("%(number)s: the family answered by a link that is not of this need and this time.")
        yield _finding("feedback_link", answer.need, sentence)


def _goods() -> Iterator[Finding]:
    """Find goods that went out for a family and stand beside no need, or beside one of another family."""
    of_need = NeedGoods.objects.filter(issue__movement=OuterRef("pk")).values("need__case")
    out = Movement.objects.filter(kind=MovementKind.HAND_OVER, subject__startswith=FAMILY)
    told = out.annotate(family=Subquery(of_need[:1])).order_by("pk")
    for pk, subject, family in told.values_list("pk", "subject", "family"):
        if family is None or subject != family_subject(family):
            sentence = _("Goods were given to a family for no need of its own.")
            yield Finding("family_goods", f"goods.movement:{pk}", sentence)


def _finding(code: str, need: Need, sentence: str) -> Finding:
    words = {"number": printed_need(need.case.number, need.number)}
    return Finding(code, f"casework.need:{need.pk}", sentence % words)
