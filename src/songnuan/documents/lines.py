"""Tells the rows below the headings that are no data: totals, signatures, notes, headings printed again.

In doubt a row is data: what is wrong with it will be said, while a row passed over is never heard of again.
So a word that could stand in a row of data (负责人 as a post) counts only when nobody is named beside it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from songnuan.documents.headings import shown, simplified
from songnuan.documents.reading import Odd
from songnuan.kernel.cells import Cell

_LONG = 25  # characters of a text that is a note when it stands alone in a row

_TOTAL = re.compile(
    r"(?:[本此每]页|本表|以上|全部|全院|单位|部门|人员|人数|经费|金额)?(?:合计|小计|总计|共计|累计|总数|总人数|总金额)"
    r"(?:人数|人员|人次|金额|数)?(?:[:(=¥\d一二三四五六七八九十百千万,.-].*|人民币.*|[人名元])?"
    r"|共计?\d+[人名户个].*|总?人数(?:[:\d].*)?|(?:人民币)?\(?[大小]写\)?(?:金额)?(?::.*)?"
    r"|(?:grand|sub)?-?totals?(?:[^a-z].*|(?:staff|people|persons|number).*)?|sum"
)
_TOTAL_OF = re.compile(r".{1,20}(?:小计|合计|总计|共计)(?:[:(].*)?")
_SHORTEST_TOTAL_OF = 5  # characters; 王小计 may be somebody's name

_DUTY = "审批|审定|批准|核准|负责|经办|联系|签发|监督|主管|分管|承办|登记|录入|验收|发放|领取|证明|统计"
_DUTY_OF_TABLES = "填表|填报|制表|制单|制作|编制|编报|审核|复核|核对|校对|报送|上报|打印|签字|签名"
_WHOSE = r"(?:本|所在|各)?(?:单位|部门|科室|工会|党委|医院|学校|财务|纪检|人事|组织)*(?:主要)?"
_WHAT = r"(?:人员|人|员|者|单位|部门|科室|领导|负责人|日期|时间|电话|签字|签名|签章|盖章|公章|意见)*"
_HEAD = r"(?:签章|盖章|公章|领导|主席|院长|校长|书记|科长|处长|主任|会计|出纳|意见)"
_REMARK = (
    r"(?:备?注|附注?|附件|(?:填[表报写]|情况|其他|备注)?说明|注意(?:事项)?|(?:温馨)?提示|notes?|remarks?)\d*"
)
_OF_TABLE = (
    rf"{_WHOSE}(?:{_DUTY_OF_TABLES}){_WHAT}|{_WHOSE}(?:公章|盖章|签章)"
    "|(?:prepared|checked|reviewed|approved|filled(?:in)?|signed|reported)by|signature"
)
_OF_SOMEBODY = (
    rf"{_WHOSE}(?:{_DUTY}){_WHAT}|{_WHOSE}{_HEAD}+{_WHAT}|{_REMARK}"
    "|(?:单位|单位名称|部门|日期|时间|年月日|电话|联系电话|传真|邮箱|网址|地址|date|tel|phone|contact)"
)
_BRACKET = r"(?:\([^()]*\))?"
_DUTY_OF_TABLE = re.compile(rf"(?:{_OF_TABLE}){_BRACKET}")
_SIGNATURE = re.compile(rf"(?:{_OF_TABLE}|{_OF_SOMEBODY}){_BRACKET}")
_WITH_COLON = re.compile(rf"(?:{_OF_TABLE}|{_OF_SOMEBODY}){_BRACKET}:.*")
_BEFORE_BLANKS = re.compile(r"\s*(.{1,20}?)(?:\s{2,}|\t|[_＿]{2,}|…)")

_EXAMPLE = re.compile(
    r"\(?(?:例|例如|示例|样例|范例|举例|样板|填写示例|示例行|example)\d*\)?|(?:例|例如|示例|样例|范例|如|example):.*"
    r"|\(?(?:非?必填|选填|必录|可不填|required|optional)项?\)?"
)
_ALONE = re.compile(
    r"\d{4}年\d{0,2}月\d{0,2}日?|年月日|\(?[一二三四五六七八九十]{1,3}[)、.].*|第.{1,3}[页部]分?.*|续表.*|.*以下(?:空白|无正文).*"
    r"|[※*★☆▲●].+|[-—/\\无]+"
)
_COLUMN_LETTERS = frozenset({"甲", "乙", "丙", "丁", "a", "b", "c", "栏次", "栏号"})
_NUMBERED = _COLUMN_LETTERS | {"1", "(1)"}
_NAME = re.compile(r"[^\d:]*[^\W\d_][^\d:]*")
_DIGITS = re.compile(r"['‘’]?[a-z]{0,3}[\d -]{6,}[a-z]?")
_NUMBERS = ("id_number", "phone", "account", "relative_id_number", "relative_phone", "contact_phone")

# How all of the above may begin, in either script; of other texts only those of totals count.
_BEGINNINGS = frozenset(
    " \t\n\u00a0\u3000(（[【*甲乙丙丁栏欄aAbBcCdDeEfFgGnNoOpPrRsStT"
    "合小总總共累本此每以全单單部人经經金大审審批核负負办辦联聯签簽监監主分承登录錄验驗发發领領证證统統填制製编編"
    "复複校报報上打所各科工党黨医醫学學财財纪紀组組公盖蓋院书書处處会會出意备備注附说說情其温溫提日时時年电電传傳"
    "邮郵网網地例示样樣范範举舉如非必选選可"
)


def is_suspicious(text: str) -> bool:
    """Return whether a row that begins with this text may be none of data; not when it stands there alone."""
    return text == "1" or ((text[0] in _BEGINNINGS or "计" in text or "計" in text) and _closes(text))


@lru_cache(maxsize=20_000)
def _closes(text: str) -> bool:
    plain = simplified(text)
    before = _BEFORE_BLANKS.match(text)
    return (
        _is_total(plain, named=False)
        or any(pattern.fullmatch(plain) for pattern in (_WITH_COLON, _SIGNATURE, _EXAMPLE))
        or (before is not None and _SIGNATURE.fullmatch(simplified(before[1])) is not None)
        or plain in _NUMBERED
    )


def is_stray(cells: Sequence[Cell | Odd], places: Mapping[str, int], repeats: Collection[str]) -> bool:
    """Return whether a row below the headings is none of data.

    Args:
        cells: The row; at least one cell is filled.
        places: Where each field stands; what is known of `name`, `number` and numbers of people is used.
        repeats: The texts of the headings and of the titles above them.

    """
    texts = {place: text for place, cell in enumerate(cells) if (text := shown(cell))}
    if all(text in repeats for text in texts.values()):
        return True
    plain = {place: simplified(text) for place, text in texts.items()}
    place, first = next(iter(plain.items()))
    named = plain.get(places.get("name", -1), "")
    nobody = named == first or not _is_somebody(named)
    numbered = any(_DIGITS.fullmatch(plain.get(places.get(field, -1), "")) for field in _NUMBERS)
    certain = not nobody and numbered
    counting = place == places.get("number")
    leading = counting or place == places.get("name")
    return (
        (nobody and _is_total(named))
        or (not certain and (nobody or leading) and _is_total(first, named=place == places.get("name")))
        or (not certain and _is_signature(cells[place], first, nobody=nobody or counting))
        or ((leading or place not in places.values()) and _EXAMPLE.fullmatch(first) is not None)
        or (len(set(plain.values())) == 1 and _says_nothing(first, len(plain), counting=counting))
        or (first in _NUMBERED and _counts_columns(list(plain.values())))
    )


def _is_somebody(plain: str) -> bool:
    """Return whether a cell in the column of names holds one, and no count, total or duty."""
    return _NAME.fullmatch(plain) is not None and not _is_total(plain) and not _SIGNATURE.fullmatch(plain)


def _is_total(text: str, *, named: bool = True) -> bool:
    """Return whether a text is that of a total: 合计, 合计23人, 内科小计; as a name 王小计 is none."""
    return _TOTAL.fullmatch(text) is not None or (
        (not named or len(text) >= _SHORTEST_TOTAL_OF) and _TOTAL_OF.fullmatch(text) is not None
    )


def _is_signature(cell: Cell | Odd, plain: str, *, nobody: bool) -> bool:
    """Return whether a row begins as signatures and notes do, such as 填表人：, 审核人 ____ or 注1：.

    `nobody`: no person can be meant, so that a word that could also be a post or a remark counts too.
    """
    if _WITH_COLON.fullmatch(plain) or _DUTY_OF_TABLE.fullmatch(plain):
        return True
    before = _BEFORE_BLANKS.match(cell) if isinstance(cell, str) else None
    return _SIGNATURE.fullmatch(simplified(before[1]) if before else plain) is not None and (
        nobody or before is not None
    )


def _says_nothing(text: str, cells: int, *, counting: bool) -> bool:
    """Return whether a text tells of nobody when it is all that stands in a row, in one cell or in several.

    So do a row that is only counted, and the heading of a section that is merged over the columns.
    """
    return counting or cells > 2 or len(text) > _LONG or _ALONE.fullmatch(text) is not None


def _counts_columns(texts: list[str]) -> bool:
    """Return whether a row numbers the columns: 1 2 3, or 甲 乙 1 2."""
    letters = [text for text in texts if text in _COLUMN_LETTERS]
    numbers = [text.strip("()") for text in texts[len(letters) :]]
    return len(texts) > 2 and numbers == [str(number) for number in range(1, len(numbers) + 1)]
