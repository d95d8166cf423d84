"""The one who empties what casework keeps sealed of people who were erased."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import ExpressionWrapper, F, Q, TextField

from songnuan.audit.record import record
from songnuan.casework.case_models import HelperAct
from songnuan.casework.flexible_freezing import SEALED, people_in
from songnuan.casework.flexible_models import FlexibleAct, FlexibleRequest
from songnuan.casework.flexible_rules import subject_of
from songnuan.kernel.actor import Actor
from songnuan.kernel.blotting import GONE
from songnuan.kernel.bulk import among, among_texts
from songnuan.kernel.sealed import SealBroken, open_text, place_of
from songnuan.people.models import Person, PersonStatus

_FACTS = place_of("casework.flexiblerequest", "facts")


@transaction.atomic(savepoint=False)
def forget_flexible(*, actor: Actor, at: datetime) -> int:
    """Empty what was written of employees who were erased, or of whose household anybody was.

    Their digests stay, and prove what stood there. Who erases people was asked for the right to do so.

    Returns:
        Of how many requests something was emptied.

    """
    told = dict(_told())
    keys = among_texts(set().union(*told.values()))
    erased = Person.objects.filter(key__in=keys, status=PersonStatus.ERASED)
    missing = set(erased.values_list("key", flat=True))
    gone = among([pk for pk, people in told.items() if not people.isdisjoint(missing)])
    rows = FlexibleRequest.objects.filter(pk__in=gone)
    FlexibleAct.objects.filter(request__in=gone).update(words="")
    rows.update(**dict.fromkeys(SEALED, ""))
    found = rows.order_by("pk").values_list("pk", "measure__plan__slug")
    for pk, slug in found:
        record(
            stream=f"plan:{slug}",
            action="casework.forget_flexible",
            subject=subject_of(pk),
            actor=actor,
            at=at,
            facts={},
        )
    return len(found)


@transaction.atomic(savepoint=False)
def forget_reasons(*, actor: Actor, at: datetime) -> int:
    """Empty why somebody declined to help a family, or was relieved, whose employee was erased.

    Returns:
        How many reasons were emptied.

    """
    gone = Q(case__employee__status=PersonStatus.ERASED)
    gone |= Q(case__employee__merged_into__status=PersonStatus.ERASED)
    rows = HelperAct.objects.filter(gone).exclude(reason__in=("", GONE)).values("pk")
    count = HelperAct.objects.filter(pk__in=rows).update(reason=GONE)
    if count:
        record(
            stream="people",
            action="casework.forget_reasons",
            subject="casework.reasons",
            actor=actor,
            at=at,
            facts={"texts": count},
        )
    return count


def _told() -> Iterator[tuple[int, set[str]]]:
    """Yield of whom each request tells that was not emptied, by their keys.

    What does not open was changed by hand, as the check says: it keeps nobody else in the register.
    """
    sealed = ExpressionWrapper(F("facts"), TextField())
    rows = FlexibleRequest.objects.annotate(sealed=sealed).values_list("pk", "person__key", "sealed")
    for pk, key, facts in rows.order_by("pk").iterator():
        try:
            told = open_text(_FACTS, facts)
        except SealBroken:
            yield pk, {key}
        else:
            if told:
                yield pk, people_in(told) | {key}
