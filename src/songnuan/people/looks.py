"""What cells of people's tables look like: enough to propose a field for a column, and to hide samples of it.

Nothing is read by it: a cell that looks like a phone number may still be none.
"""

import re
from collections.abc import Callable
from datetime import date
from functools import partial

from songnuan.documents.headings import simplified
from songnuan.kernel.cells import Cell, text


def _fits(pattern: re.Pattern[str], cell: Cell) -> bool:
    return pattern.fullmatch(simplified(text(cell))) is not None


def _like(pattern: str) -> Callable[[Cell], bool]:
    """Return whether a cell fits a pattern as a whole, in Simplified characters and lower case."""
    return partial(_fits, re.compile(pattern))


# The commonest surnames: enough to tell a column of names from one of wards or posts.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅"
    "钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严赖覃洪武莫孔汤向常温康施"
    "文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲"
)

name = _like(rf"[{_SURNAMES}][\u3400-\u9fff]{{1,2}}|[\u3400-\u9fff]{{1,8}}·[\u3400-\u9fff·]{{1,12}}")
phone = _like(r"(?:\+?86-?)?1[3-9]\d-?\d{4}-?\d{4}|0\d{2,3}-?\d{7,8}")
account = _like(r"(?:62|60|45|43|52|95|35)\d{11,17}|\d{19}|\d{16}")
bank = _like(r".*(?:银行|信用社|农商行|支行|分理处|储蓄所).*|(?:工|农|中|建|交|招|邮储?)行")
address = _like(r".*(?:[省市区县镇乡村].*[路街道巷弄号栋幢室村组]|小区|[路街巷弄].*\d+号).*")
unit = _like(
    r".{1,30}(?:医院|院|局|委|厅|处|科|室|部|中心|公司|学校|小学|中学|大学|工会|所|站|队|厂|集团|办)"
)
sex = _like(r"[男女]性?|(?:fe)?male|[mf]")
relation = _like(
    r"夫妻|配偶|丈夫|妻子?|夫|父亲?|母亲?|爸爸|妈妈|父子|母子|父女|母女|儿子?|女儿?|[长次独][子女]|独生[子女]|子女?"
    r"|岳[父母]|公公|婆婆|公婆|兄|弟弟?|姐姐?|妹妹?|哥哥?|姐妹|外?祖[父母]|外?孙[子女]?|spouse|husband|wife|son|daughter"
    r"|father|mother|parent|child"
)
category = _like(
    r"(?:在|非)?编[内外制]?(?:人员)?|合同(?:制|工)?.*|聘用.*|劳务派遣.*|派遣.*|临时.*|规培.*|实习.*|正式.*|退休.*"
)
rank = _like(
    r"(?:副?主任|主治|住院|主管|助理)?(?:医师|药师|护师|技师)|护士长?|副?(?:主任|院长|科长|处长|局长|教授|部长)|.*级职员|.*主任科员"
)
identity_kind = _like(r"(?:居民)?身份证|护照|.*(?:通行证|居住证|居留证|身份证)")
yes_no = _like(r"[是否有无√×yn]|yes|no|(?:不|非)?直接接触|(?:不|未)接触")
hours = _like(r"\d{1,3}(?:\.[05])?(?:小时|时|h)?")
staff_number = _like(r"[a-z]{0,3}\d{3,8}")

_identity = _like(r"['‘’]?(?:\d{15}|\d{17}[\dx]|\d(?:\.\d+)?e\+?1[3-7]|[hmegpk]\d{8}(?:\d{2})?)")
_day = _like(
    r"(?:19|20)\d{2}[-./年]\d{1,2}[-./月]\d{1,2}日?.*|(?:19|20)\d{2}[01]\d[0-3]\d|\d{1,2}月\d{1,2}日|[34]\d{4}"
)


def identity(cell: Cell) -> bool:
    """Return whether a cell looks like an identity number, even one that a table program has rounded."""
    return _identity(cell) or (isinstance(cell, int | float) and 1e14 <= cell < 1e18)


def day(cell: Cell) -> bool:
    """Return whether a cell is a date or looks like one."""
    return isinstance(cell, date) or _day(cell)
