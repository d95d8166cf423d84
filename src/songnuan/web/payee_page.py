"""What the payees of a list said about their money, as the page of the list shows it."""

from dataclasses import dataclass

from songnuan.payments.actions.payee_words import ANSWERING
from songnuan.payments.models import PayeeWord, PaymentList
from songnuan.payments.payee_models import WRONG, Heard
from songnuan.payments.payee_queries import answerers_not, payee_words_of
from songnuan.people.masking import listed_name
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
    found = [word_row(one, counts=one.pk == one.last_id) for one in payee_words_of(row.pk)]  # type: ignore[attr-defined]
    if not found:
        return None
    counted = [one for one in found if one.counts]
    return Words(
        got=sum(one.row.said == Heard.GOT for one in counted),
        wrong=sum(one.row.said in WRONG for one in counted),
        waiting=sum(one.waits for one in counted),
        rows=tuple(sorted(found, key=lambda one: not one.waits)[:SHOWN]),
        may_answer=not answerers_not([row.pk], reader.user.pk),
    )


def word_row(one: PayeeWord, *, counts: bool) -> WordRow:
    """Return one word in a row."""
    payee, said = one.line.payee, Heard(one.said)
    return WordRow(
        row=one,
        payee=listed_name(one.line.name, minor=payee.restricted) or "—",
        state=_STATES[said],
        label=str(said.label),
        waits=counts and said in WRONG and not hasattr(one, "answer"),
        counts=counts,
    )
