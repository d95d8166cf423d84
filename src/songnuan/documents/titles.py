"""Breaks a title into lines as GB/T 9704-2012 asks: whole words, lines that fit and make an even shape.

No dictionary of Chinese words is at hand: it is known where a title may always end a line (after 印发, before
《, after the organ), which words of offices are never cut, and what belongs to the line before.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

# A line may end before these and after those.
_BEFORE = ("关于", "《", "〈")
_AFTER = ("印发", "转发", "》", "〉", "、", "，")
# … and, where the line would be too long, before these and after words that are known.
_JOINING = ("和", "与", "及", "以及", "暨")
# What no line begins with, and none ends with.
_TIED = tuple("的，、。；：！？》〉」』）】〕〗”’％%…号年月日·")
_OPENING = tuple("《〈「『（【〔〖“‘")
_WHOLE = re.compile(  # the longer ones first
    "管理局|管理处|管理所|"
    "关于|印发|转发|通知|通报|通告|公告|意见|方案|办法|规定|规则|细则|制度|措施|决定|"
    "批复|请示|报告|纪要|试行|暂行|修订|若干|进一步|加强|做好|开展|落实|推进|规范|完善|"
    "深入|全面|切实|有关|问题|事项|情况|工作|期间|实施|管理|组织|安排|部署|领导|小组|"
    "干部|职工|家属|人员|群众|单位|部门|机关|企业|基层|一线|前线|防疫|疫情|防控|抗疫|"
    "新冠|肺炎|病毒|感染|冠状|新型|联防|联控|走访|慰问|关心|关爱|关怀|帮扶|救助|补助|"
    "津贴|奖励|表扬|表彰|保障|服务|支援|医务|医护|医疗|卫生|健康|物资|资金|专项|经费|"
    "发放|领取|公示|检查|督查|督办|整改|应急|响应|预案|行动|活动|计划|总结|培训|学习|"
    "宣传|教育|安全|生产|运行|航道|船闸|港航|水运|水务|交通|运输|财政|民政|工会|总工会|"
    "委员会|指挥部|办公室|中心|人民|政府|中国|中共|全省|全市|以及"
)
_ENDING = ("的", "）")

_WEAK, _FORCED, _CUT = 1.5, 8.0, 14.0  # what it costs to end a line there, in thirds of a line more
_LINE, _HOURGLASS, _OVER = 3.0, 4.0, 100.0
_MARK_ON_LINE = 18
_Way = tuple[float, tuple[int, ...]]  # what it costs, and where its lines end


def width_of(text: str) -> float:
    """Return how wide a text is in Chinese characters: what is half as wide counts half."""
    return sum(0.5 if char.isascii() else 1 for char in text)


@lru_cache(maxsize=128)
def title_lines(title: str, organ: str = "", limit: float = 20) -> tuple[str, ...]:
    """Break a title where its meaning allows: as few lines as fit, even, none shorter than both beside it.

    Args:
        title: The whole title.
        organ: The organ's name; a line may end after it.
        limit: Characters that fit on one line.

    Returns:
        The lines. What can't be broken and is too long for a line stays whole, and the paper breaks it.

    """
    if not title:
        return ("",)
    places = _places(title, organ)
    upto = [0.0, *accumulate(width_of(char) for char in title)]
    target = upto[-1] / max(1, -(-upto[-1] // limit))
    # The best ways to a place, by where the last line begins and whether it is shorter than the one before.
    best: dict[int, dict[tuple[int, bool], _Way]] = {0: {(0, False): (0.0, (0,))}}
    for stop in (0, *places):
        for end in _next(stop, places, upto, limit):
            width = upto[end] - upto[stop]
            rag = ((width - target) / limit) ** 2 * (1 if end == len(title) else 2) * _LINE
            step = _LINE + rag + places[end] + max(0.0, width - limit) * _OVER
            for (start, shrunk), (cost, cuts) in best[stop].items():
                before = upto[stop] - upto[start]
                way = (cost + step + (_HOURGLASS if shrunk and width > before else 0.0), (*cuts, end))
                there = best.setdefault(end, {})
                key = (stop, stop > 0 and width < before)
                there[key] = min(there.get(key, way), way)
    _cost, cuts = min(best[len(title)].values())
    return tuple(title[a:b] for a, b in pairwise(cuts))


def mark_lines(mark: str) -> tuple[str, ...]:
    """Return the organ's mark in lines: one, unless it would be smaller than the title then."""
    return title_lines(mark, limit=_MARK_ON_LINE) if width_of(mark) > _MARK_ON_LINE else (mark,)


def _next(stop: int, places: Mapping[int, float], upto: Sequence[float], limit: float) -> list[int]:
    """Return where a line from `stop` may end: wherever it fits, or at the first place if nothing fits."""
    after = [end for end in places if end > stop]
    return [end for end in after if upto[end] - upto[stop] <= limit] or after[:1]


def _places(title: str, organ: str) -> dict[int, float]:
    """Return where a line may end, in order, and what it costs; the end of the title is one of them."""
    words = [found.span() for found in _WHOLE.finditer(title)]
    inside = {place for start, end in words for place in range(start + 1, end)}
    behind = {end for _start, end in words}
    found = {}
    for end in range(1, len(title)):
        cost = _cost(title[:end], title[end:], organ)
        if cost is not None:
            found[end] = _CUT if cost and end in inside else min(cost, _WEAK) if end in behind else cost
    return {**found, len(title): 0.0}


def _cost(before: str, after: str, organ: str) -> float | None:
    """Return what it costs to end a line between the two; None where none may end."""
    if after.startswith(_TIED) or before.endswith(_OPENING) or unicodedata.category(after[0]).startswith("M"):
        return None
    if before[-1].isdigit() or (
        before[-1].isascii() and after[0].isascii() and " " not in before[-1] + after[0]
    ):
        return None
    if (organ and before == organ) or after.startswith(_BEFORE) or before.endswith(_AFTER):
        return 0.0
    return _WEAK if after.startswith(_JOINING) or before.endswith(_ENDING) else _FORCED
