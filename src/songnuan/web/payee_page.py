"""What the payees of a list said about their money, as the page of the list shows it."""

from dataclasses import dataclass

from songnuan.payments.actions.payee_words import ANSWERING
from songnuan.payments.models import PayeeWord, PaymentList
from songnuan.payments.payee_models import WRONG, Heard
from songnuan.payments.payee_queries import answerers_not, counts_of, open_words, payee_words_of
from songnuan.people.models import PersonStatus
from songnuan.web.erased import erased, payee_name
from songnuan.web.views.shared import Reader

SHOWN = 50
_STATES = {Heard.GOT: "done", Heard.LESS: "late", Heard.NOT: "late"}


@dataclass(frozen=True, slots=True)
class WordRow:
    """What a payee said of a line: `waits` for an answer, `counts` unless they said otherwise since."""

    row: PayeeWord
    payee: str
    state: str
    label: str
    waits: bool
    counts: bool
    text: str
    answer: str


@dataclass(frozen=True, slots=True)
class Words:
    """What the payees of a list said: how many lines came and did not, and the newest words."""

    got: int
    wrong: int
    waiting: int
    rows: tuple[WordRow, ...]
    may_answer: bool


def words_of(row: PaymentList, reader: Reader) -> Words | None:
    """Return what the payees of a list said, for finance and the inspector; None for all others."""
    unit_id = row.measure.plan.unit_id
    if not any(reader.may(one, unit_id) for one in ANSWERING):
        return None
    counts = counts_of(row.pk)
    if not counts:
        return None
    waiting, words = open_words(PaymentList.objects.filter(pk=row.pk)), payee_words_of(row.pk)
    first = [*words.filter(pk__in=waiting.values("pk"))[:SHOWN], *words[:SHOWN]]
    shown = list({one.pk: one for one in first}.values())[:SHOWN]
    return Words(
        got=counts.get(Heard.GOT, 0),
        wrong=sum(counts.get(said, 0) for said in WRONG),
        waiting=waiting.count(),
        rows=tuple(word_row(one, counts=one.pk == one.last_id) for one in shown),  # type: ignore[attr-defined]
        may_answer=not answerers_not([row.pk], reader.user.pk),
    )


def word_row(one: PayeeWord, *, counts: bool) -> WordRow:
    """Return one word in a row."""
    payee, said = one.line.payee, Heard(one.said)
    return WordRow(
        row=one,
        payee=payee_name(one.line.name, payee),
        state=_STATES[said],
        label=str(said.label),
        waits=counts and said in WRONG and not hasattr(one, "answer"),
        counts=counts,
        text=_shown(one.text, is_gone=payee.status == PersonStatus.ERASED),
        answer=one.answer.text or erased() if hasattr(one, "answer") else "",
    )


def _shown(text: str, *, is_gone: bool) -> str:
    return text or (erased() if is_gone else "")
