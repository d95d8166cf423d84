"""What a person is due, in the words of their page: how much, for whom, where it stands, what to do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from songnuan.benefits.models import Blocked
from songnuan.benefits.own import OwnSettled
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.organisation.queries import day_of, names_then
from songnuan.payments.models import Heard, PayeeWord
from songnuan.payments.own_payments import OwnMoney, OwnPayment, own_money
from songnuan.payments.own_rules import SAYS, Stage
from songnuan.people.models import Relation


@dataclass(frozen=True, slots=True)
class MoneyCard:
    """One sum: `state` is that of its mark, `said` what the person said last, `standing` where it stands.

    `explains`: why it is this sum stands open, as nothing else says it. `may_say`: something was sent.
    `may_object`: its public notice runs. `may_correct`: the account may be wrong. `is_sum` is false where no
    sum is known yet.
    """

    row: OwnPayment
    unit: str
    for_whom: str
    state: str
    label: str
    standing: str
    said: str
    is_sum: bool
    is_over: bool
    explains: bool
    may_say: bool
    may_object: bool
    may_correct: bool


_LABELS: Mapping[Stage, tuple[str, Promise]] = {
    Stage.RECKONED: ("waiting", pgettext_lazy("own money", "being worked out")),
    Stage.WAITS: ("waiting", pgettext_lazy("own money", "waits for a decision")),
    Stage.NOTHING: ("none", pgettext_lazy("own money", "nothing left to pay")),
    Stage.DOUBLE: ("none", pgettext_lazy("own money", "taken out")),
    Stage.CHECKED: ("waiting", pgettext_lazy("own money", "being checked")),
    Stage.INSPECTED: ("waiting", pgettext_lazy("own money", "being checked")),
    Stage.HELD: ("waiting", pgettext_lazy("own money", "on hold")),
    Stage.TO_NOTICE: ("waiting", pgettext_lazy("own money", "before its public notice")),
    Stage.NOTICE_AHEAD: ("waiting", pgettext_lazy("own money", "before its public notice")),
    Stage.NOTICE: ("on_time", pgettext_lazy("own money", "in public notice")),
    Stage.OBJECTED: ("waiting", pgettext_lazy("own money", "an objection is looked into")),
    Stage.UPHELD: ("waiting", pgettext_lazy("own money", "being made anew")),
    Stage.TO_PAY: ("on_time", pgettext_lazy("own money", "is paid next")),
    Stage.TAKEN_BACK: ("waiting", pgettext_lazy("own money", "being made anew")),
    Stage.SENT: ("on_time", pgettext_lazy("own money", "with the bank")),
    Stage.CASH: ("on_time", pgettext_lazy("own money", "cash, ready for you")),
    Stage.PAID: ("done", pgettext_lazy("own money", "paid")),
    Stage.SIGNED_FOR: ("done", pgettext_lazy("own money", "received in cash")),
    Stage.FAILED: ("late", pgettext_lazy("own money", "could not be paid")),
    Stage.RETURNED: ("late", pgettext_lazy("own money", "came back")),
    Stage.ENDED: ("none", pgettext_lazy("own money", "not paid any more")),
}
_STANDING: Mapping[Stage, Promise] = {
    Stage.RECKONED: gettext_lazy(
        "The office is working it out. The sum may still change until it stands on an approved list."
    ),
    Stage.NOTHING: gettext_lazy("By what is known nothing is left to pay here. The reason stands below."),
    Stage.DOUBLE: gettext_lazy(
        "The office found that this may be paid twice, and took it out. If that is wrong, tell the office."
    ),
    Stage.CHECKED: gettext_lazy(
        "The list with your sum is being checked and approved. Then it is put up for public notice."
    ),
    Stage.INSPECTED: gettext_lazy(
        "The list is approved. The discipline inspector looks at it next; then comes the public notice."
    ),
    Stage.HELD: gettext_lazy(
        "It is on hold while something is looked into. You need do nothing; when it goes on, it says so here."
    ),
    Stage.TO_NOTICE: gettext_lazy("Everything is signed. The list is put up for public notice next."),
    Stage.NOTICE_AHEAD: gettext_lazy(
        "The public notice runs from %(begins)s to %(ends)s. If nothing is objected, it is paid after that."
    ),
    Stage.NOTICE: gettext_lazy(
        "In public notice until %(ends)s. It is paid after that, once objections are answered."
    ),
    Stage.OBJECTED: gettext_lazy(
        "The public notice is over, and an objection to the list is looked into. It is paid after that."
    ),
    Stage.UPHELD: gettext_lazy("An objection to the list was right: the list is made anew. Look here again."),
    Stage.TO_PAY: gettext_lazy("The public notice is over. The money is sent next."),
    Stage.TAKEN_BACK: gettext_lazy(
        "The list was taken back and is made anew. What comes of it will stand here."
    ),
    Stage.SENT: gettext_lazy(
        "Sent to the bank on %(day)s, to your account ending in %(ending)s. The bank may need a few days."
    ),
    Stage.CASH: gettext_lazy(
        "It is paid in cash. Take your identity card to the office, receive it, and sign for it."
    ),
    Stage.PAID: gettext_lazy("Paid on %(day)s to your account ending in %(ending)s."),
    Stage.SIGNED_FOR: gettext_lazy("Handed out in cash on %(day)s, against a signature."),
    Stage.FAILED: gettext_lazy(
        "The bank could not pay it to the account ending in %(ending)s%(told)s. The office looks into it and "
        "pays again. If the account is not right, correct it here."
    ),
    Stage.RETURNED: gettext_lazy(
        "It came back from the account ending in %(ending)s on %(day)s%(told)s. The office looks into it and "
        "pays again. If the account is not right, correct it here."
    ),
    Stage.ENDED: gettext_lazy("It is not paid any more%(told)s. If that is wrong, tell the office."),
}
_OBJECTED = gettext_lazy(
    "In public notice until %(ends)s. An objection to the list came in and is looked into; it is paid after "
    "both. Who objected is not shown here: if it was you, ask by phone what came of it: %(phone)s."
)
_WAITING: Mapping[str, Promise] = {
    Blocked.AMOUNT: gettext_lazy("The amount is not decided yet. As soon as it is, your sum is worked out."),
    Blocked.COUPLE: gettext_lazy(
        "The plan does not say yet what a family with several at the front gets. That is decided first."
    ),
    Blocked.TWO_CHILDREN: gettext_lazy(
        "The plan does not say yet who gets it where several of a family could. That is decided first."
    ),
    Blocked.SETTLED: gettext_lazy(
        "A sum was paid already, and it is not clear for whom of your family. The office finds out first."
    ),
}
_OVER = frozenset({Stage.PAID, Stage.SIGNED_FOR, Stage.NOTHING, Stage.DOUBLE, Stage.ENDED})
_SAID: Mapping[str, Promise] = {
    Heard.GOT: gettext_lazy("You said on %(day)s: I got it."),
    Heard.LESS: gettext_lazy("You said on %(day)s: I got less."),
    Heard.NOT: gettext_lazy("You said on %(day)s: I did not get it."),
}


def cards_of(money: OwnMoney, units: Mapping[int, str]) -> list[MoneyCard]:
    """Return the sums of a person, those that are to come first."""
    cards = [card_of(row, units) for row in money.payments]
    return sorted(cards, key=lambda card: card.is_over)


def card_of(row: OwnPayment, units: Mapping[int, str]) -> MoneyCard:
    """Return one sum in words."""
    state, label = _LABELS[row.stage]
    return MoneyCard(
        row=row,
        unit=units.get(row.unit_id, ""),
        for_whom=_for_whom(row),
        state=state,
        label=str(label),
        standing=_standing(row),
        said=_said(row),
        is_sum=row.stage is not Stage.WAITS,
        is_over=row.stage in _OVER,
        explains=row.stage in {Stage.WAITS, Stage.NOTHING, Stage.DOUBLE},
        may_say=row.stage in SAYS,
        may_object=row.notice is not None and row.stage is Stage.NOTICE,
        may_correct=row.stage in {Stage.FAILED, Stage.RETURNED},
    )


def settled_words(one: OwnSettled) -> str:
    """Return what somebody else paid, and for what it counts here."""
    facts = {"source": one.source, "title": one.title, "day": written(one.paid_on, "full")}
    if one.amount_minor:
        facts["sum"] = yuan(one.amount_minor)
        sentence = _("%(day)s, by %(source)s: %(sum)s yuan. It counts for “%(title)s”.")
        return sentence % facts
    assert one.starts_on is not None and one.ends_on is not None  # noqa: PT018, S101 - a sum, or days
    facts |= {"first": written(one.starts_on, "full"), "last": written(one.ends_on, "full")}
    sentence = _(
        "%(source)s paid the days from %(first)s to %(last)s. They do not count for “%(title)s” again."
    )
    return sentence % facts


def money_data(money: OwnMoney) -> dict[str, Any]:
    """Return the money as it is written into the copy to take away."""
    return {
        "payments": [_data(row) for row in money.payments],
        "settled": [asdict(one) for one in money.settled],
    }


def _data(row: OwnPayment) -> dict[str, Any]:
    word = row.word
    told = {
        name: getattr(row, name)
        for name in (
            *("title", "document", "days", "amount_minor", "relation", "other", "why", "at", "on", "ending"),
            *("told", "blocked"),
        )
    }
    return {**told, "stage": row.stage.value, "word": _word_data(word) if word else None}


def _word_data(word: PayeeWord) -> dict[str, Any]:
    answer = word.answer.text if hasattr(word, "answer") else ""
    return {"said": word.said, "text": word.text, "said_at": word.said_at, "answer": answer}


def _for_whom(row: OwnPayment) -> str:
    if not row.other:
        return _("For your own service")
    relation = str(Relation(row.relation).label) if row.relation in Relation.values else row.relation
    return _("For the service of your %(relation)s %(name)s") % {"relation": relation, "name": row.other}


def _standing(row: OwnPayment) -> str:
    if row.stage is Stage.WAITS:
        return str(_WAITING[row.blocked])
    told = pgettext("reason behind a sentence", ": %(told)s") % {"told": row.told} if row.told else ""
    facts = {
        "day": written(row.on, "full") if row.on else "",
        "ending": row.ending,
        "told": told.rstrip("。."),
        "begins": written(row.notice.begins_on, "full") if row.notice else "",
        "ends": written(row.notice.ends_on, "full") if row.notice else "",
        "phone": row.notice.phone if row.notice else "",
    }
    if row.stage is Stage.NOTICE and row.notice and row.notice.is_objected:
        return str(_OBJECTED) % facts
    if row.stage in {Stage.FAILED, Stage.RETURNED} and not row.ending:  # cash that nobody came for
        sentence = _("It could not be handed out%(told)s. The office looks into it.")
        return sentence % facts
    return str(_STANDING[row.stage]) % facts


def _said(row: OwnPayment) -> str:
    if row.word is None:
        return ""
    return str(_SAID[row.word.said]) % {"day": written(day_of(row.word.said_at), "full")}


def money_of(person_key: str, at: datetime) -> dict[str, object]:
    """Return what a person's page shows of money: the sums, and sentences on what others paid."""
    found = own_money(person_key, at)
    units = names_then({row.unit_id for row in found.payments}, day_of(at))
    return {"money": cards_of(found, units), "settled": [settled_words(one) for one in found.settled]}
