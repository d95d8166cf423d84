"""What an instruction and its items must say, and what may be said about an item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from songnuan.kernel.days import beside, written
from songnuan.kernel.refusal import Refusal
from songnuan.kernel.workdays import CalendarEnds, is_workday
from songnuan.tasks.models import InstructionKind
from songnuan.tasks.rules import TITLE_LONGEST, plain, text_of

INSTRUCTION_LONGEST = 5000
LINE_LONGEST = {"title": 200, "issuer": 120, "number": 60}
ITEMS_MOST = 50
FURTHEST = timedelta(days=2 * 366)
"""How long after the receipt an item may be due, and how long after its first due date it may be put off:
beyond it, the year is mistyped."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """One item to assign: what is to be done, who owns it, until when, and who helps."""

    matter: str
    owner_id: int
    due_on: date
    co_owner_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """What an instruction says of itself."""

    kind: str
    title: str
    issuer: str
    number: str
    dated_on: date
    text: str


def head_of(head: Head, *, received_on: date) -> Head:
    """Return the head, each entry tidy.

    Raises:
        Refusal: `kind_unknown`, `title_missing`, `issuer_missing`, `number_missing`, `number_unexpected`,
            `entry_too_long`, `text_missing`, `text_too_long`, `dated_after_receipt`.

    """
    if head.kind not in InstructionKind.values:
        raise Refusal("kind_unknown", _("Choose the kind from the list."), field="kind")
    title, issuer, number = (_line(getattr(head, name), field=name) for name in ("title", "issuer", "number"))
    if not title:
        raise Refusal("title_missing", _("Give the title of the instruction."), field="title")
    if not issuer:
        raise Refusal("issuer_missing", _("Say who gave the instruction."), field="issuer")
    is_document = head.kind == InstructionKind.SUPERIOR
    if is_document and not number:
        sentence = _("A superior's document has a number. Copy it as printed, such as 〔2020〕3号.")
        raise Refusal("number_missing", sentence, field="number")
    if number and not is_document:
        sentence = _("A leader's written instruction has no number. Leave it empty, or choose the document.")
        raise Refusal("number_unexpected", sentence, field="number")
    text = text_of(head.text, field="text", longest=INSTRUCTION_LONGEST)
    if not text:
        raise Refusal("text_missing", _("Enter the text of the instruction word by word."), field="text")
    if head.dated_on > received_on:
        raise Refusal(
            "dated_after_receipt",
            _("It is dated %(dated)s, after it was received on %(received)s. Check both days.")
            % {"dated": written(head.dated_on, "full"), "received": written(received_on, "full")},
            field="dated_on",
            dated_on=head.dated_on.isoformat(),
        )
    return Head(head.kind, title, issuer, number, head.dated_on, text)


def items_of(
    items: Sequence[NewItem], *, received_on: date, owners: Collection[int], helpers: Collection[int]
) -> list[NewItem]:
    """Return the items, each tidy. The field of a refusal names the item by its place: items-0-owner.

    Args:
        items: As entered.
        received_on: When the instruction was received.
        owners: The units that may own an item.
        helpers: The units that may help.

    Raises:
        Refusal: `items_missing`, `items_too_many`, `matter_missing`, `title_too_long`, `owner_unknown`,
            `co_owner_unknown`, `due_before_receipt`, `due_too_far`.

    """
    if not items:
        sentence = _("Break the instruction into at least one item: what, who, until when.")
        raise Refusal("items_missing", sentence, field="items-0-matter")
    if len(items) > ITEMS_MOST:
        sentence = _("At most %(most)s items fit into one instruction. Put some of them together.")
        raise Refusal("items_too_many", sentence % {"most": ITEMS_MOST}, count=len(items))
    tidy = []
    for place, item in enumerate(items):
        matter = _line(item.matter, field=f"items-{place}-matter", longest=TITLE_LONGEST)
        if not matter:
            sentence = _("Say in a few words what is to be done.")
            raise Refusal("matter_missing", sentence, field=f"items-{place}-matter")
        if item.owner_id not in owners:
            sentence = _("Choose the unit that answers for the item from the list.")
            raise Refusal("owner_unknown", sentence, field=f"items-{place}-owner")
        co_owners = tuple(dict.fromkeys(pk for pk in item.co_owner_ids if pk != item.owner_id))
        if any(pk not in helpers for pk in co_owners):
            sentence = _("Choose the units that help from the list.")
            raise Refusal("co_owner_unknown", sentence, field=f"items-{place}-co_owners")
        _due_in_reach(item.due_on, received_on, field=f"items-{place}-due_on")
        tidy.append(NewItem(matter, item.owner_id, item.due_on, co_owners))
    return tidy


def _due_in_reach(due_on: date, received_on: date, *, field: str) -> None:
    facts = {"due": beside(due_on, received_on), "received": written(received_on)}
    if due_on < received_on:
        sentence = _("The due date %(due)s lies before the day of receipt, %(received)s. Choose a later one.")
        raise Refusal("due_before_receipt", sentence % facts, field=field, due_on=due_on.isoformat())
    if due_on > received_on + FURTHEST:
        sentence = _("The due date %(due)s lies years ahead. Check the year.")
        raise Refusal("due_too_far", sentence % facts, field=field, due_on=due_on.isoformat())


def extension_in_reach(asked: date, *, due_on: date, original_due_on: date, today: date) -> None:
    """Refuse a later date that is none.

    A derived deadline is held against the first one, and not against the day on which the paper came in;
    where that one is long over, against today, so that what is years old can still be put off.

    Raises:
        Refusal: `extension_not_later` unless it lies after the due date and not before today,
            `due_too_far` beyond `FURTHEST` after the first due date, or after today where that is later.

    """
    if asked <= due_on or asked < today:
        sentence = _("The item is due on %(due)s. Ask for a day after that, and not before today.")
        facts = {"due": beside(due_on, today)}
        raise Refusal("extension_not_later", sentence % facts, field="due_on", due_on=asked.isoformat())
    furthest = max(original_due_on, today) + FURTHEST
    if asked > furthest:
        sentence = _("%(due)s lies too far ahead; the latest is %(latest)s. Check the year.")
        facts = {"due": written(asked, "full"), "latest": written(furthest, "full")}
        raise Refusal("due_too_far", sentence % facts, field="due_on", due_on=asked.isoformat())


def words_of(text: str, *, field: str, code: str, sentence: str, least: int = 2) -> str:
    """Return what was said. Spaces and punctuation do not count: "。。。" says nothing.

    Raises:
        Refusal: `code` with `sentence` below `least` letters or characters, `text_too_long`.

    """
    said = text_of(text, field=field)
    letters = sum(letter.isalnum() for letter in said)
    if letters < least:
        raise Refusal(code, sentence, field=field, length=letters)
    return said


def is_day_off(day: date) -> bool:
    """Return whether nobody works on the day; beyond the table of working days, whether it is a weekend."""
    try:
        return not is_workday(day)
    except CalendarEnds:
        return day.weekday() > 4


def _line(text: str, *, field: str, longest: int | None = None) -> str:
    """Return a text on one line.

    Raises:
        Refusal: `entry_too_long`.

    """
    line = " ".join(plain(text).split())
    most = longest or LINE_LONGEST[field]
    if len(line) > most:
        sentence = _("This has %(length)s characters; at most %(most)s fit. Shorten it.")
        raise Refusal("entry_too_long", sentence % {"length": len(line), "most": most}, field=field)
    return line
