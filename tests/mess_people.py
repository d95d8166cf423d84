"""Invented people for rosters: names, papers, phones, units, as strategies.

Nobody here exists: the area codes were never given out, mobile numbers begin with 199.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date

from hypothesis import strategies as st

FIELDS = (
    "number",
    "name",
    "sex",
    "id_kind",
    "id_number",
    "birth_on",
    "unit",
    "phone",
    "post",
    "rank",
    "category",
    "employee_number",
    "account",
    "bank",
    "address",
    "note",
)
MALE, FEMALE = "male", "female"
WITH_BIRTH = {"RESIDENT", "HMT_RESIDENCE", "FOREIGN_RESIDENCE"}


@dataclass(frozen=True)
class Invented:
    """A person as the office knows them, and what of it stands in the roster.

    Attributes:
        kind: Name of the kind of paper, "" for none.
        paper: The number as printed on the paper.
        blank: Fields whose cells this person's row leaves empty.

    """

    name: str
    unit: str
    sex: str
    birth_on: date
    kind: str = ""
    paper: str = ""
    phone: str = ""
    post: str = ""
    rank: str = ""
    category: str = ""
    employee_number: str = ""
    account: str = ""
    bank: str = ""
    address: str = ""
    note: str = ""
    blank: frozenset[str] = frozenset()

    def told(self, name: str) -> tuple[object, str]:
        """Return who or what a field is about, and what it is called there."""
        return self, name

    @property
    def id_number(self) -> str:
        """The number as it is stored: those of 15 digits lengthened to 18."""
        if self.kind == "RESIDENT" and len(self.paper) == 15:
            return checked(self.paper[:6] + "19" + self.paper[6:])
        return self.paper


@dataclass(frozen=True)
class Roster:
    """Some people, and the fields that their roster has columns for."""

    people: tuple[Invented, ...]
    fields: frozenset[str]


def check_digit(first: str) -> str:
    """Return the last character for the first 17 digits (GB 11643)."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, weights, strict=True)) % 11]


def checked(first: str) -> str:
    """Return 17 digits with the check digit behind them."""
    return first + check_digit(first)


def expected(person: Invented, fields: AbstractSet[str]) -> dict[str, object]:
    """Return what must be known of a person after a roster with these columns was brought in.

    A fact that may or may not be read from the paper (birth date in an old foreigner's permit) is left out.
    """
    told = {field for field in fields if field not in person.blank}
    facts: dict[str, object] = {
        "name": person.name,
        "id_number": person.id_number if "id_number" in told else "",
        "phone": person.phone if "phone" in told else "",
        "account": person.account if "account" in told else "",
    }
    by_paper = "id_number" in told and person.kind in WITH_BIRTH
    facts["sex"] = person.sex if "sex" in told or by_paper else ""
    facts["birth_on"] = person.birth_on if "birth_on" in told or by_paper else None
    if person.kind == "FOREIGN_RESIDENCE" and len(person.paper) == 15:
        facts = {key: fact for key, fact in facts.items() if key not in {"sex", "birth_on"} - told}
    if "unit" in told:
        facts["unit"] = person.unit
    for field in ("post", "rank", "category", "employee_number", "note"):
        facts[field] = getattr(person, field) if field in told else ""
    return facts


# Names --------------------------------------------------------------------------------------------

# Surnames that begin like words at the foot of a table (计 单 明 制) are there on purpose.
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许计单明制解查陳張劉龍𠮷𬍛"
_COMPOUND = ("欧阳", "司马", "上官", "诸葛", "东方", "尉迟", "单于", "歐陽")
_GIVEN = "守江望河如海小芳伟偉国國梅兰竹菊一二三丁〇䶮㛃龘𣲗𬭚𫖯𬱖𠅤鑫喆昇犇燊"
_PARTS = ("阿依古丽", "买买提", "吐尔逊", "古丽娜尔", "艾力", "迪丽拜尔", "扎西", "帕尔哈提")
_LATIN = ("Anna", "Maria", "Weber", "Jean-Luc", "O'Neil", "Nguyen", "Smith", "Olga", "Kim", "José", "Łukasz")


def han(text: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(st.sampled_from(text), min_size=least, max_size=most)


NAMES = st.one_of(
    st.builds(str.__add__, st.sampled_from(_SURNAMES), han(_GIVEN, 1, 2)),
    st.builds(str.__add__, st.sampled_from(_SURNAMES), han(_GIVEN, 1, 3)),
    st.builds(str.__add__, st.sampled_from(_COMPOUND), han(_GIVEN, 1, 2)),
    st.lists(st.sampled_from(_PARTS), min_size=2, max_size=3).map("·".join),
    st.lists(st.sampled_from(_LATIN), min_size=2, max_size=3).map(" ".join),
)

# Papers -------------------------------------------------------------------------------------------

# No province ever had these first two digits.
_AREAS = ("100101", "160203", "180402", "200305", "260611", "300121", "380702", "480203", "590302", "700105")
_DIGIT = st.sampled_from("0123456789")
# Sequences with zeros at the end: a right number may end in 000.
_SEQUENCES = st.integers(1, 999) | st.integers(1, 9).map(lambda hundreds: hundreds * 100)


def digits(count: int) -> st.SearchStrategy[str]:
    return st.text(_DIGIT, min_size=count, max_size=count)


@st.composite
def _eighteen(draw: st.DrawFn, prefix: str, birth_on: date, sex: str) -> str:
    sequence = draw(_SEQUENCES)
    if (sequence % 2 == 1) != (sex == MALE):
        sequence += 1 if sequence < 999 else -1
    return checked(f"{prefix}{birth_on:%Y%m%d}{sequence:03d}")


@st.composite
def _paper(draw: st.DrawFn, kind: str, birth_on: date, sex: str) -> str:
    """Return the number of a paper of this kind."""
    if kind == "RESIDENT" and birth_on.year < 2000 and draw(st.integers(0, 4)) == 4:
        sequence = draw(st.integers(0, 499)) * 2 + (sex == MALE)
        return f"{draw(st.sampled_from(_AREAS))}{birth_on:%y%m%d}{sequence:03d}"
    prefixes = {
        "RESIDENT": _AREAS,
        "HMT_RESIDENCE": ("810000", "820000", "830000"),
        "FOREIGN_RESIDENCE": ("910840", "910392", "910643"),
    }
    if kind == "FOREIGN_RESIDENCE" and draw(st.booleans()):
        country = draw(st.sampled_from(("USA", "FRA", "JPN")))
        return f"{country}1000{birth_on:%y%m%d}{draw(digits(2))}"
    if kind in prefixes:
        return draw(_eighteen(draw(st.sampled_from(prefixes[kind])), birth_on, sex))
    if kind == "HM_TRAVEL":
        return draw(st.sampled_from("HM")) + draw(digits(8) | digits(10))
    if kind == "TW_TRAVEL":
        return draw(digits(8))
    return draw(st.sampled_from(("E", "G", "EA", "EJ", "K", "AB"))) + draw(digits(7) | digits(8))


KINDS = st.sampled_from(
    ["RESIDENT"] * 8 + ["HMT_RESIDENCE", "FOREIGN_RESIDENCE", "HM_TRAVEL", "TW_TRAVEL", "PASSPORT", "", ""]
)

# People -------------------------------------------------------------------------------------------

UNITS = (
    "东江船闸管理所",
    "西港航道站",
    "离退休干部处",
    "后勤服务中心（北院）",
    "第三小学",
    "信息科2组",
    "合山水文站",
    "说文路分校",
)
_OPTIONAL = {
    "post": ("闸站值班员", "会计", "校医", "司机/水手"),
    "rank": ("科员", "副处长", "高级工程师", "一级教师"),
    "category": ("在编", "合同制", "劳务派遣"),
    "bank": ("中国建设银行澄江支行", "澄江农商行"),
    "address": ("沿江路1号,2栋", "东江路；3号院", "“望江”小区 5-601", "文化街8号"),
    "note": ("2020年4月21日 新进", "借调；已核", "=见附件", "合计2次", "@值班"),
}
_FIELDS_LEFT_BLANK = ("sex", "birth_on", "phone", "account", "post", "note", "id_kind")


@st.composite
def _someone(draw: st.DrawFn) -> Invented:
    """Draw one person, not yet compared with others."""
    sex = draw(st.sampled_from((MALE, FEMALE)))
    birth_on = draw(st.dates(date(1936, 1, 1), date(2004, 12, 31)))
    kind = draw(KINDS)
    facts = {field: draw(st.sampled_from(("", *choices))) for field, choices in _OPTIONAL.items()}
    blank = draw(st.sets(st.sampled_from(_FIELDS_LEFT_BLANK), max_size=2))
    return Invented(
        name=draw(NAMES),
        unit=draw(st.sampled_from(UNITS)),
        sex=sex,
        birth_on=birth_on,
        kind=kind,
        paper=draw(_paper(kind, birth_on, sex)) if kind else "",
        phone="199" + draw(digits(8)),
        account=draw(st.sampled_from(("629999", "6299991"))) + draw(digits(10) | digits(12)),
        employee_number=draw(st.sampled_from(("", "A-17", "0042", "1024", "30017"))),
        blank=frozenset(blank),
        **facts,
    )


def _told_apart(drawn: Sequence[Invented], namesakes: AbstractSet[int]) -> tuple[Invented, ...]:
    """Return the people without those that could be taken for another; some get a namesake."""
    kept: list[Invented] = []
    for place, person in enumerate(drawn):
        alike = kept and place in namesakes and person.kind and kept[-1].kind
        one = replace(person, name=kept[-1].name) if alike else person
        papers = {other.id_number for other in kept if other.kind}
        phones = {other.phone for other in kept}
        accounts = {other.account for other in kept}
        names = {other.name for other in kept if not (one.kind and other.kind)}
        if one.id_number in papers or one.phone in phones or one.account in accounts or one.name in names:
            continue
        kept.append(one)
    return tuple(kept)


@st.composite
def rosters(
    draw: st.DrawFn, least: int = 1, most: int = 12, always: AbstractSet[str] = frozenset()
) -> Roster:
    """Draw people who can be told apart, and the columns of their roster (name and number among them)."""
    drawn = draw(st.lists(_someone(), min_size=least, max_size=most))
    people = _told_apart(drawn, draw(st.sets(st.integers(1, most), max_size=2)))
    chosen = draw(st.sets(st.sampled_from(FIELDS)))
    return Roster(people, frozenset(chosen | {"name", "id_number"} | always))
