"""A list on which everything happened that can: objections, failures, corrections, signatures, calls."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import uuid4

from benefits.register import STARTED
from payments.calling import ASKED, BACK, FINE, call, draw, payment_of
from payments.noticing import NAMES, NUMBERS, answer, named_house, object_, publish, signed
from payments.releasing import ACCOUNTS, AFTER, ReleaseHouse, set_account
from put_back import beginning
from songnuan.audit.checks import verify as verify_trail
from songnuan.funds import checks as fund_checks
from songnuan.journeys.check_everything import APPS
from songnuan.journeys.say_received import answer_payee, say_received
from songnuan.kernel.clock import CHINA
from songnuan.payments import checks
from songnuan.payments.models import PayeeWord, PaymentLine
from songnuan.people import checks as people_checks
from songnuan.people.access_codes import oneself
from songnuan.people.columns import index
from songnuan.people.models import Enrolment, Person, Roster, RosterKind
from songnuan.records import checks as record_checks

FIRST, SECOND, THIRD = "欧阳娜娜", "张小三", "阿依古丽·买买提"
LINES = {1: FIRST, 2: SECOND, 3: THIRD}
CORRECTED = "6217009999988887777"
PHONES = {FIRST: "13800010001", SECOND: "13800010002", THIRD: "13800010003"}
SAID = {1: "只到了欧阳娜娜的一半", 2: "张小三的卡里没有到", 3: "阿依古丽没收到"}
LOOKED = "查过了，已经到您账上"
OBJECTED, OBJECTOR, OBJECTOR_PHONE = "张小三没有去湖北", "李举报", "13912345678"
ANSWERED = "已核实派遣文件，名单无误。"
BANK_SAYS = "户名张小三不符"
KEPT_UNTIL = date(2020, 5, 31)
NIGHT = datetime(2020, 6, 1, 1, tzinfo=CHINA)
"""The night after the roster's day."""
BOOKS_OVER = datetime(2051, 1, 1, 1, tzinfo=CHINA)
"""The night after the last day of the thirtieth year after the payment."""
ID_OF = dict(zip((FIRST, SECOND, THIRD), (NUMBERS[short] for short in NAMES), strict=True))
ACCOUNTS_OF = {FIRST: [ACCOUNTS[FIRST]], SECOND: [ACCOUNTS[SECOND], CORRECTED], THIRD: []}
WORDS_OF = {
    FIRST: [SAID[1], ASKED.words],
    SECOND: [SAID[2], OBJECTED, OBJECTOR, OBJECTOR_PHONE, ANSWERED, BACK.words, BACK.back_to],
    THIRD: [SAID[3]],
}


@dataclass
class Lived:
    """The house of a list that was paid to the last line, with its roster that ends on `KEPT_UNTIL`."""

    house: ReleaseHouse
    staff: Roster
    people: dict[str, Person]

    def keep(self, *names: str) -> Roster:
        """Let people stand on another roster too, that is kept."""
        staff = self.staff
        other = Roster.objects.create(
            key="other", title="另一名册", kind=RosterKind.PEOPLE, unit=staff.unit, created_at=AFTER
        )
        source = self.house.lists.register.source
        for name in names:
            told = {"told_digest": "x", "starts_on": STARTED, "told_by": source, "unit": staff.unit}
            Enrolment.objects.create(roster=other, person=self.people[name], **told)
        return other


@beginning
def lived() -> Lived:
    """Make the house."""
    lists = named_house()
    for name, account in ACCOUNTS.items():
        set_account(name, account)
    for name, phone in PHONES.items():
        Person.objects.filter(name=name).update(phone=phone, phone_index=index("phone", phone))
    list_id = signed(lists)
    notice = publish(lists, list_id)
    object_(notice, uuid4(), text=OBJECTED, position=2, name=OBJECTOR, phone=OBJECTOR_PHONE)
    answer(list_id, lists.checker)
    house = ReleaseHouse(lists, list_id)
    house.release()
    house.book(house.read([["", ACCOUNTS[FIRST], FIRST, 5000, "成功", ""], _failed()]))
    set_account(SECOND, CORRECTED)
    house.confirm(2)
    house.again(2)
    house.hand({1: (True, "")}, number=3)
    house.sign()
    house.book_cash()
    _spoken(house)
    _called(house)
    people = {person.name: person for person in Person.objects.filter(name__in=LINES.values())}
    staff = lists.register.staff
    staff.retain_until = KEPT_UNTIL
    staff.save()
    return Lived(house, staff, people)


def _failed() -> list[object]:
    return ["", ACCOUNTS[SECOND], SECOND, 2000, "失败", BANK_SAYS]


def _spoken(house: ReleaseHouse) -> None:
    for position, text in SAID.items():
        line = PaymentLine.objects.select_related("payee").get(position=position)
        say_received(
            line_id=line.pk,
            person_key=line.payee.key,
            said="not",
            text=text,
            key=uuid4(),
            actor=oneself(line.payee.key),
            at=AFTER,
        )
        word = PayeeWord.objects.get(line=line)
        answer_payee(
            list_id=house.list_id, word_id=word.pk, text=LOOKED, actor=house.lists.inspector, at=AFTER
        )


def _called(house: ReleaseHouse) -> None:
    sample = draw(house)
    for position, told in ((1, ASKED), (2, BACK), (3, replace(FINE, signed=True))):
        call(house, payment_of(sample, position), told)


def sound(at: datetime = NIGHT) -> None:
    """Show that nothing is found wrong anywhere."""
    day = at.date()
    of_day = [*checks.verify(day), *people_checks.verify(day)]
    whole = [*of_day, *fund_checks.verify(), *record_checks.verify(), *verify_trail()]
    for name, verify in APPS.items():
        if name not in {"payments", "people", "audit", "plans"}:
            whole += verify()
    assert [(one.code, one.sentence) for one in whole] == []
