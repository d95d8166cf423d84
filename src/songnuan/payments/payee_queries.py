"""Reads what payees said about their money, and what waits for an answer."""

from collections.abc import Collection

from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from songnuan.payments.models import PayeeWord, PaymentLine, PaymentList, Verb
from songnuan.payments.payee_models import WRONG
from songnuan.payments.queries import party_to

OWN_ACTS = (Verb.MAKE, Verb.RELEASE)
"""Who did this about a list does not answer what its payees say."""


def payee_words_of(list_id: int) -> QuerySet[PayeeWord]:
    """Return what the payees of a list said, the newest first; `last_id` is what counts for its line."""
    rows = _with_last(PayeeWord.objects.filter(line__payment_list=list_id))
    return rows.select_related("line__payee", "answer__answered_by").order_by("-pk")


def open_words(lists: QuerySet[PaymentList]) -> QuerySet[PayeeWord]:
    """Return what payees of these lists say is wrong: not answered, and not said otherwise since."""
    rows = _with_last(PayeeWord.objects.filter(line__payment_list__in=lists))
    return rows.filter(said__in=WRONG, answer__isnull=True, pk=F("last_id"))


def open_counts(lists: QuerySet[PaymentList]) -> dict[int, int]:
    """Return how many lines of these lists have a word that waits for an answer, by list."""
    rows = open_words(lists).order_by().values_list("line__payment_list")
    return dict(rows.annotate(count=Count("pk")))


def counts_of(list_id: int) -> dict[str, int]:
    """Return for how many lines of a list it was said last that the money came, came less, or did not."""
    rows = _with_last(PayeeWord.objects.filter(line__payment_list=list_id)).filter(pk=F("last_id"))
    return dict(rows.order_by().values_list("said").annotate(count=Count("pk")))


def own_line(line_id: int, person_key: str) -> PaymentLine | None:
    """Return a line that pays a person, or whoever was merged into them; of anybody else's, None."""
    rows = PaymentLine.objects.select_related("payment_list", "payee__merged_into").filter(pk=line_id)
    line = rows.first()
    if line is None or (line.payee.merged_into or line.payee).key != person_key:
        return None
    return line


def answerers_not(list_ids: Collection[int], user_id: int) -> set[int]:
    """Return those of these lists that a user made or released, or is paid by: there they answer nothing."""
    return party_to(list_ids, user_id, *OWN_ACTS)


def _with_last(rows: QuerySet[PayeeWord]) -> QuerySet[PayeeWord]:
    last = PayeeWord.objects.filter(line=OuterRef("line")).order_by("-pk")
    return rows.annotate(last_id=Subquery(last.values("pk")[:1]))
