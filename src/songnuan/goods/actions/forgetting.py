"""The one who empties what pickups keep of people who were erased, or whose roster was."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from songnuan.audit.record import record
from songnuan.goods.actions.photos import empty_photos
from songnuan.goods.models import BatchPhoto, Pickup, Portion, Recipient
from songnuan.goods.pickup_queries import erased_recipients, told_of_erased
from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import among

OWN_FILES = ("goods.pickup",)
"""The tables whose files are erased here."""


@dataclass(frozen=True, slots=True)
class ForgottenPickups:
    """How many texts were emptied, and the signatures and photos that nothing of anybody else needs."""

    texts: int = 0
    files: tuple[int, ...] = ()


@transaction.atomic(savepoint=False)
def forget_pickups(*, actor: Actor, at: datetime) -> ForgottenPickups:
    """Empty codes, proxies and reasons of people who were erased, or who were told by a roster that was.

    Photos of the days go with the roster.

    What went out, to which portion, when, at which desk and by whom stays: the stock is proved by it. Who
    erases people was asked for the right to do so.
    """
    left = told_of_erased()
    whose = erased_recipients().values("pk")
    signed = Pickup.objects.filter(portion__recipient__in=whose, signature__erased_at__isnull=True)
    files = set(signed.exclude(signature=None).values_list("signature", flat=True))
    others = Pickup.objects.filter(signature__in=among(files)).exclude(portion__recipient__in=whose)
    files -= set(others.values_list("signature", flat=True))
    shown = list(left.photos.values_list("pk", "picture", "thumbnail"))
    files |= {pk for _photo, *some in shown for pk in some}
    count = Recipient.objects.filter(pk__in=_ids(left.recipients)).update(code=None, proxy=None)
    count += Portion.objects.filter(pk__in=_ids(left.portions)).update(reason=None)
    count += Pickup.objects.filter(pk__in=_ids(left.pickups)).update(proxy=None, reason=None)
    count += empty_photos(BatchPhoto.objects.filter(pk__in=among([pk for pk, *_some in shown])))
    if count:
        record(
            stream="people",
            action="goods.forget_pickups",
            subject="goods.pickups",
            actor=actor,
            at=at,
            facts={"texts": count},
        )
    return ForgottenPickups(count, tuple(sorted(files)))


def _ids(rows: "QuerySet[Any]") -> RawSQL:
    """Return which rows are changed, read before they are."""
    return among(rows.values_list("pk", flat=True))
