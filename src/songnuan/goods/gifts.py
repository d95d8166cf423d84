"""What a donation and a distribution must say: pure decisions. Values in fen, quantities whole packs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from songnuan.funds.rules import is_long_ago
from songnuan.goods.donating import DonorKind, Valuation
from songnuan.goods.lots import check_lot
from songnuan.goods.rules import (
    REASON_LENGTH,
    SUPPLIER_LENGTH,
    Problem,
    is_in_time,
    quantity_fault,
)
from songnuan.kernel.days import written
from songnuan.kernel.money import yuan
from songnuan.kernel.names import tidy_name
from songnuan.kernel.refusal import Refusal

MOST_PACKS = 10_000_000
MOST_OF_ONE_MINOR = 1_000_000_00
MOST_VALUE_MINOR = 100_000_000_00
"""What is plausible of a line: its packs, the value of one and of all; the last of a whole donation, too."""
ITEM_LENGTH, SPECIFICATION_LENGTH, PACKING_LENGTH, NAME_LENGTH = 80, 40, 20, 60


@dataclass(frozen=True, slots=True)
class GiftLine:
    """Packs of one item that were given, what one is worth (fen), and what is printed on them.

    `specification` (规格) is what one is, where anybody says so: 50只, 500毫升.
    """

    item: str
    packing: str
    quantity: int
    unit_value_minor: int
    number: str = ""
    expires_on: date | None = None
    specification: str = ""

    @property
    def total_minor(self) -> int:
        """What the line is worth, in fen."""
        return self.quantity * self.unit_value_minor


@dataclass(frozen=True, slots=True)
class Handing:
    """Who took goods, and how they said so: `signature_id` is a kept picture, else they confirm by name."""

    receiver_name: str
    signature_id: int | None = None
    confirmed_by_name: bool = False


@dataclass(frozen=True, slots=True)
class Gift:
    """A donation as it was entered. `unit_id` is the unit it went straight to, None for the store."""

    donor: str
    donor_kind: str
    donated_on: date
    valuation: str
    lines: tuple[GiftLine, ...]
    handing: Handing
    unit_id: int | None = None
    reason_late: str = ""

    @property
    def total_minor(self) -> int:
        """What everything is worth, in fen."""
        return sum(line.total_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Times:
    """What an entry is held against: today, the day the plan began (None: not yet), who enters it."""

    today: date
    begun_on: date | None
    recorder: str

    def is_before_plan(self, day: date) -> bool:
        """Return whether a day lies before the plan began."""
        return self.begun_on is None or day < self.begun_on

    def is_late(self, day: date) -> bool:
        """Return whether what happened on `day` is entered later than the next working day."""
        return not is_in_time(day, self.today)

    def needs_reason(self, day: date) -> bool:
        """Return whether it is a late entry (补录): it is taken, marked, and says why."""
        return self.is_late(day) or self.is_before_plan(day)


def examine_gift(gift: Gift, times: Times) -> list[Problem]:
    """Return everything that is wrong with a donation, in the order of the form; empty when nothing is.

    Codes: `donor_missing`, `donor_unknown`, `text_too_long`, `happened_in_future`, `happened_long_ago`,
    `reason_late_missing`, `valuation_missing`, `lines_missing`, `item_missing`, `quantity_invalid`,
    `price_invalid`, `value_too_large`, `expired_on_arrival`, `receiver_missing`, `receiver_is_recorder`,
    `signature_missing`.
    """
    return [
        *_donor(gift),
        *day_problems(gift.donated_on, gift.reason_late, times, before_counts=True),
        *_lines(gift),
        *_whole(gift),
        *handing_problems(gift.handing, times.recorder, is_signed=gift.unit_id is not None),
    ]


def _donor(gift: Gift) -> Iterator[Problem]:
    donor = tidy_name(gift.donor)
    if not donor:
        yield Problem("donor_missing", _("Enter who gives."), "donor", {})
    yield from _long("donor", donor, SUPPLIER_LENGTH)
    if gift.donor_kind not in DonorKind.values:
        sentence = _("Choose whether an organisation or a person gives.")
        yield Problem("donor_unknown", sentence, "donor_kind", {})
    if gift.valuation not in Valuation.values:
        sentence = _("Choose where the value comes from.")
        yield Problem("valuation_missing", sentence, "valuation", {})


def day_problems(day: date, reason: str, times: Times, *, before_counts: bool) -> Iterator[Problem]:
    """Yield what is wrong with the day on which goods changed hands, and with why it is entered late.

    `before_counts`: a day before the plan began needs a reason too.
    """
    words, facts = {"day": written(day, "full")}, {"happened_on": day.isoformat()}
    if day > times.today:
        sentence = _("%(day)s has not come yet. Enter the day on which it happened.")
        yield Problem("happened_in_future", sentence % words, "happened_on", facts)
    if is_long_ago(day, times.today):
        sentence = _("%(day)s is more than a year ago. Check the year.")
        yield Problem("happened_long_ago", sentence % words, "happened_on", facts)
    yield from _long("reason_late", reason.strip(), REASON_LENGTH)
    if reason.strip() or day > times.today:
        return
    if times.is_late(day):
        sentence = _("It happened on %(day)s. It is taken as a late entry: say why it is entered only now.")
        yield Problem("reason_late_missing", sentence % words, "reason_late", facts)
    elif before_counts and times.is_before_plan(day):
        sentence = _("On %(day)s the plan had not begun. It is taken as a late entry: say why.")
        yield Problem("reason_late_missing", sentence % words, "reason_late", facts)


def _lines(gift: Gift) -> Iterator[Problem]:
    if not gift.lines:
        yield Problem("lines_missing", _("Enter at least one line."), "lines", {})
    for place, line in enumerate(gift.lines):
        where = f"lines-{place}-"
        if not line.item.strip() or not line.packing.strip():
            field = "packing" if line.item.strip() else "item"
            sentence = _("Name the item and the pack it is counted in.")
            yield Problem("item_missing", sentence, f"{where}{field}", {})
        yield from _long(f"{where}item", line.item.strip(), ITEM_LENGTH)
        yield from _long(f"{where}specification", line.specification.strip(), SPECIFICATION_LENGTH)
        yield from _long(f"{where}packing", line.packing.strip(), PACKING_LENGTH)
        yield from _amounts(line, where)
        try:
            check_lot(line.number, line.expires_on, day=gift.donated_on, needs_date=False, prefix=where)
        except Refusal as refusal:
            yield Problem(refusal.code, refusal.sentence, refusal.field, refusal.facts)


def _amounts(line: GiftLine, where: str) -> Iterator[Problem]:
    """Yield what is wrong with how many packs a line has, and with what they are worth."""
    if line.quantity > MOST_PACKS:
        figures = {"quantity": line.quantity, "limit": MOST_PACKS}
        sentence = _("A line has at most %(limit)s packs. Check the quantity.") % {"limit": f"{MOST_PACKS:,}"}
        yield Problem("quantity_invalid", sentence, f"{where}quantity", figures)
    elif fault := quantity_fault(line.quantity):
        yield Problem("quantity_invalid", fault, f"{where}quantity", {"quantity": line.quantity})
    if line.unit_value_minor <= 0:
        sentence = _("The value of a pack must be more than zero, in yuan.")
        yield Problem("price_invalid", sentence, f"{where}unit_value", {})
    elif line.unit_value_minor > MOST_OF_ONE_MINOR:
        sentence = _(
            "A pack worth %(value)s yuan is more than plausible (%(limit)s). Check the value of one."
        )
        yield _too_large(sentence, line.unit_value_minor, MOST_OF_ONE_MINOR, f"{where}unit_value")
    elif line.quantity <= MOST_PACKS and line.total_minor > MOST_VALUE_MINOR:
        sentence = _(
            "The line comes to %(value)s yuan, more than is plausible (%(limit)s). Check quantity and value."
        )
        yield _too_large(sentence, line.total_minor, MOST_VALUE_MINOR, f"{where}unit_value")


def _whole(gift: Gift) -> Iterator[Problem]:
    """Yield that a donation is worth too much altogether, where none of its lines is by itself."""
    worth = gift.total_minor
    if worth > MOST_VALUE_MINOR and not any(problem for line in gift.lines for problem in _amounts(line, "")):
        sentence = _(
            "The donation comes to %(value)s yuan, more than is plausible (%(limit)s). Check each quantity"
            " and value; what is really so large is entered in several donations."
        )
        yield _too_large(sentence, worth, MOST_VALUE_MINOR, "lines")


def _too_large(sentence: str, minor: int, limit: int, field: str) -> Problem:
    words = {"value": yuan(minor), "limit": yuan(limit)}
    return Problem("value_too_large", sentence % words, field, {"minor": minor, "limit_minor": limit})


def handing_problems(handing: Handing, recorder: str, *, is_signed: bool) -> Iterator[Problem]:
    """Yield what is wrong with who took the goods; two people see to it, so it is not who enters it."""
    receiver = tidy_name(handing.receiver_name)
    if not receiver:
        yield Problem("receiver_missing", _("Enter who took the goods in."), "receiver_name", {})
    yield from _long("receiver_name", receiver, NAME_LENGTH)
    if receiver and receiver == tidy_name(recorder):
        sentence = _("You enter it, so somebody else has to take the goods in. Enter their name.")
        yield Problem("receiver_is_recorder", sentence, "receiver_name", {})
    if is_signed and handing.signature_id is None and not handing.confirmed_by_name:
        sentence = _("Have whoever takes the goods sign, or confirm by name below.")
        yield Problem("signature_missing", sentence, "signature", {})


def examine_issue(
    packs: Mapping[int, int], happened_on: date, reason: str, handing: Handing, times: Times
) -> list[Problem]:
    """Return everything that is wrong with giving packs (by id of the item) to a unit.

    Codes: `lines_missing`, `quantity_invalid`, those of the day, of the reason and of who took the goods.
    """
    problems = list(day_problems(happened_on, reason, times, before_counts=False))
    if not packs:
        problems.append(Problem("lines_missing", _("Enter how many packs of something."), "lines", {}))
    for item_id, quantity in packs.items():
        if fault := quantity_fault(quantity):
            problems.append(Problem("quantity_invalid", fault, f"item-{item_id}", {"quantity": quantity}))
    return [*problems, *handing_problems(handing, times.recorder, is_signed=True)]


def first_of(problems: Sequence[Problem]) -> None:
    """Refuse with the first problem, if there is one.

    Raises:
        Refusal: That of the problem.

    """
    for problem in problems:
        raise problem.refuse()


def _long(field: str, text: str, limit: int) -> Iterator[Problem]:
    if len(text) > limit:
        sentence = _("This has %(length)s characters; at most %(limit)s fit. Shorten it.")
        figures = {"length": len(text), "limit": limit}
        yield Problem("text_too_long", sentence % figures, field, figures)
