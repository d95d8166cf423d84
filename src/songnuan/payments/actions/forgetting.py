"""The only writers of what payments forget: words with the person, papers when the books need them no more.

Who erases people was asked for the right to do so.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from songnuan.kernel.actor import Actor
from songnuan.kernel.bulk import digest_rows, keep_pages
from songnuan.organisation.queries import day_of
from songnuan.payments import retention
from songnuan.payments.actions.acting import note
from songnuan.payments.forgetting import counts_by_list, empty, empty_lines, objectors, words
from songnuan.payments.models import PaymentList

CHUNK = 10_000


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows were emptied, and which stored files nothing of payments needs any more."""

    rows: int = 0
    files: tuple[int, ...] = ()


@transaction.atomic(savepoint=False)
def forget_words(*, actor: Actor, at: datetime) -> int:
    """Empty what erased payees said, and what was said of them: the books need none of it.

    Returns:
        How many texts were emptied.

    """
    found: Counter[int] = Counter()
    who = objectors()
    found.update(counts_by_list(who, "objection__notice__payment_list"))
    who.model._base_manager.filter(pk__in=list(who.values_list("pk", flat=True))).delete()  # noqa: SLF001
    for told in words():
        if by_list := counts_by_list(told.rows, told.list_of):
            found.update(by_list)
            empty(told)
    for row in PaymentList.objects.filter(pk__in=list(found)).order_by("pk"):
        note(row, "forget_words", actor, at, texts=found[row.pk])
    return found.total()


@transaction.atomic(savepoint=False)
def forget_lines(*, list_id: int, size: int = CHUNK, actor: Actor, at: datetime) -> Forgotten:
    """Empty the next `size` lines of a list whose papers the books need no more, of payees who were erased.

    Names, numbers, accounts and the bank's words go; sums, states, references and digests stay.

    Returns:
        How many lines were emptied: none is left once it is 0. The pictures that they were signed by, which
        the caller has erased.

    """
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    if list_id not in retention.over([list_id], day_of(at)):
        return Forgotten()
    keep_pages()
    lines = retention.erasable(list_id).order_by("position")
    some = list(lines.values_list("pk", "name", "position", "payee__key")[:size])
    if not some:
        return Forgotten()
    pictures = empty_lines([(pk, name) for pk, name, _position, _key in some])
    digest = digest_rows([(position, key) for _pk, _name, position, key in some])
    note(row, "forget_lines", actor, at, lines=len(some), digest=digest)
    return Forgotten(len(some), retention.unsigned(pictures))


@transaction.atomic(savepoint=False)
def forget_answers(*, list_id: int, actor: Actor, at: datetime) -> Forgotten:
    """Let go of the bank's files of a list whose papers the books need no more, and of the words in its rows.

    Such a file names hundreds: it goes with the day of the list, whoever of them is still kept elsewhere. Its
    SHA-256 stays.

    Returns:
        How many rows were emptied, and the files, which the caller has erased.

    """
    row = PaymentList.objects.select_for_update(no_key=True).get(pk=list_id)
    if list_id not in retention.over([list_id], day_of(at)) or not retention.is_settled(list_id):
        return Forgotten()
    files = retention.unanswered(list_id, day_of(at))
    rows = retention.reasons_left(list_id).update(reason="")
    if files or rows:
        note(row, "forget_answers", actor, at, files=len(files), rows=rows)
    return Forgotten(rows, files)
