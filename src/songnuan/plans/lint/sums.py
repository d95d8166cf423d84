"""Rules that read figures in the text: sums of money, and the form of document numbers.

They check only what a sentence says outright, "47个单位，每个单位300元，共14100元"; a sentence that
can be read in more than one way is left alone: that names a most or an about, or a second reason to pay.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from songnuan.kernel.money import parse_yuan, yuan
from songnuan.kernel.refusal import Refusal
from songnuan.plans.lint.finding import LintFinding, Severity
from songnuan.plans.numbering import HAN_NUMERAL, parse_numeral
from songnuan.plans.planfile import FundEntry, PlanFile, paragraphs

_NUMBER = rf"(?:[0-9][0-9,]{{0,15}}(?:\.[0-9]{{1,4}})?|{HAN_NUMERAL})"
_YUAN = rf"{_NUMBER}\s{{0,4}}万?)\s{{0,4}}元"
_THING = "[个家户名人位处所支份套]"
_GAP = r"[^0-9，。；每共]{0,15}?"
# Not so many of those who get something, though counted with the same words.
_NOT_THEY = "(?!工作日|月|小时|星期|季度|学期|年|批|方面|阶段|项|人?次)"
# What is paid per month or per box says nothing of how much each of them gets.
_NOT_EACH = "(?![月次天日周年季箱瓶包盒袋件斤台只桶条张块顿餐]|公斤|千克|小时|学期)"
_COUNT = re.compile(rf"(?P<number>{_NUMBER})\s{{0,4}}(?P<thing>{_THING}){_NOT_THEY}")
_EACH = re.compile(
    rf"每一?(?!{_NUMBER}){_NOT_EACH}(?P<thing>{_THING})?{_GAP}(?P<number>{_YUAN}"
    rf"|(?P<rate>{_YUAN}\s{{0,2}}[/／]\s{{0,2}}(?P<one>{_THING})"
)
_TOTAL = re.compile(rf"(?:(?<!公)共(?!同)|合计|总计){_GAP}(?P<number>{_YUAN}")
_OF_FUND = re.compile(
    rf"专项资金(?:（[^）]{{1,40}}）)?(?:共计?|合计|总计|总额|额度|规模|金额|为|人民币|[:：\s]){{0,3}}(?P<number>{_YUAN}"
    rf"|(?:安排|设立|下达|拨付|核拨|拨入){_GAP}(?P<before>{_YUAN}[^0-9，。；从由在按用]{{0,10}}专项资金"
)
# Words beside which a total need not be so many times so much.
_UNSURE = re.compile(
    r"另|其中|此外|外加|加上|不超过|不高于|不低于|以[内下上]|左右|约|余元|至少|最[高低]|上限"
    r"|每[月次天日周年季]|[0-9一二两三四五六七八九十][次轮批]|个月"
)
# Counted with other words, still the same: 47家单位，每个300元.
_ALIKE = ("个家处所支", "户家", "名人位", "份套")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
_LOOSE_NUMBER = re.compile(
    r"[\[(（【﹝〖［〔]\s{0,4}((?:19|20)[0-9]{2})\s{0,4}[\])）】﹞〗］〕]\s{0,4}第?\s{0,4}0{0,8}([1-9][0-9]{0,8})"
    r"\s{0,4}号(?![楼院线门])"
)


@dataclass(frozen=True, slots=True)
class _Sum:
    """What one sentence says: so many, so much each, so much in all; amounts in fen.

    A sentence may count several things; `counts` has the one that most likely is meant first.
    """

    counts: tuple[int, ...]
    each_minor: int
    total_minor: int | None

    @property
    def product_minor(self) -> int:
        return self.counts[0] * self.each_minor

    @property
    def is_wrong(self) -> bool:
        """Whether no way of reading the sentence gives its total."""
        return self.total_minor is not None and all(
            count * self.each_minor != self.total_minor for count in self.counts
        )

    @property
    def needed_minor(self) -> int:
        """What is spent at the least."""
        return (
            min(count * self.each_minor for count in self.counts)
            if self.total_minor is None
            else self.total_minor
        )


def _sentences(text: str) -> list[str]:
    plain = text.translate(_FULL_WIDTH)
    return [part for line in paragraphs(plain) for part in re.split("[。；;]", line) if part]


def _minor(text: str) -> int | None:
    """Return an amount in fen written in digits, in digits with 万, or in Chinese numerals."""
    plain = re.sub(r"\s", "", text)
    numeral = parse_numeral(plain)
    if numeral is not None:
        return numeral * 100
    try:
        return parse_yuan(plain.removesuffix("万")) * (10_000 if plain.endswith("万") else 1)
    except Refusal:
        return None


def _whole(text: str) -> int | None:
    minor = _minor(text)
    return minor // 100 if minor is not None and minor % 100 == 0 else None


def _sum_of(sentence: str) -> _Sum | None:
    """Return what the sentence counts up, or None when it does not, or gives two prices or totals."""
    each = list(_EACH.finditer(sentence))
    totals = list(_TOTAL.finditer(sentence))
    if len(each) != 1 or len(totals) > 1 or _UNSURE.search(sentence):
        return None
    thing = each[0]["thing"] or each[0]["one"]
    near = sorted(
        (found for found in _COUNT.finditer(sentence) if _alike(found["thing"], thing)),
        key=lambda found: (found.end() > each[0].start(), -found.start()),
    )
    counts = tuple(count for found in near if (count := _whole(found["number"])) is not None)
    each_minor = _minor(each[0]["number"] or each[0]["rate"])
    total_minor = _minor(totals[0]["number"]) if totals else None
    if not counts or each_minor is None or (totals and total_minor is None):
        return None
    return _Sum(counts, each_minor, total_minor)


def _alike(counted: str, thing: str | None) -> bool:
    """Return whether what is counted may be what each gets its share of."""
    return thing is None or counted == thing or any(counted in row and thing in row for row in _ALIKE)


def prices_each(text: str) -> list[int]:
    """Return every “so much each” of a text, in fen; a most or an about is none."""
    found = [
        _minor(match["number"] or match["rate"])
        for part in _sentences(text)
        for match in _EACH.finditer(part)
        if not _UNSURE.search(part, match.start(), match.end() + 2)
    ]
    return [minor for minor in found if minor is not None]


def sum_wrong(plan: PlanFile) -> Iterator[LintFinding]:
    """So many times so much is the total that the sentence names."""
    for clause in plan.clauses:
        for sentence in _sentences(clause.text):
            found = _sum_of(sentence)
            if found and found.total_minor is not None and found.is_wrong:
                message = _(
                    "%(count)s × %(each)s yuan is %(product)s yuan, but the text says %(total)s yuan."
                ) % {
                    "count": found.counts[0],
                    "each": yuan(found.each_minor),
                    "product": yuan(found.product_minor),
                    "total": yuan(found.total_minor),
                }
                mend = _("Correct the figure that is wrong.")
                yield LintFinding("sum_wrong", Severity.ERROR, clause.heading, message, mend)


def sum_against_fund(plan: PlanFile) -> Iterator[LintFinding]:
    """What the text says of a fund is what the fund has, and what is charged to it fits into it."""
    for clause in plan.clauses:
        for sentence in _sentences(clause.text):
            fund = _fund_of(sentence, plan)
            if fund is None:
                continue
            facts = {"number": fund.number, "fund": yuan(fund.amount_minor)}
            stated = _OF_FUND.search(sentence)
            amount = _minor(stated["number"] or stated["before"]) if stated else None
            if amount is not None and amount != fund.amount_minor:
                message = _(
                    "The text gives the fund %(number)s %(text)s yuan; the head of the plan %(fund)s yuan."
                )
                mend = _("Make the two agree with the fund's document.")
                text = message % {**facts, "text": yuan(amount)}
                yield LintFinding("sum_fund_differs", Severity.ERROR, clause.heading, text, mend)
            found = _sum_of(sentence)
            if found and found.needed_minor > fund.amount_minor:
                message = _("The text charges %(text)s yuan to the fund %(number)s, which has %(fund)s yuan.")
                mend = _("Raise the fund, or lower what is charged to it.")
                text = message % {**facts, "text": yuan(found.needed_minor)}
                yield LintFinding("sum_beyond_fund", Severity.ERROR, clause.heading, text, mend)


def _fund_of(sentence: str, plan: PlanFile) -> FundEntry | None:
    """Return the fund that the sentence speaks of: by its number, or the only one as 专项资金."""
    named = [fund for fund in plan.funds if fund.number in sentence]
    if not named and "专项资金" in sentence:
        named = list(plan.funds)
    return named[0] if len(named) == 1 else None


def document_number_brackets(plan: PlanFile) -> Iterator[LintFinding]:
    """Document numbers in titles and text are written 〔2020〕3号, whatever brackets were at hand."""
    texts = [
        ("", plan.title),
        *(("", basis.title) for basis in plan.basis),
        *(("", fund.title) for fund in plan.funds),
    ]
    texts += [(clause.heading, f"{clause.title}\n{clause.text}") for clause in plan.clauses]
    for where, text in texts:
        for found in _LOOSE_NUMBER.finditer(text):
            proper = f"〔{found[1]}〕{found[2]}号"
            if found[0] != proper:
                message = _("The document number “%(number)s” should be written “%(proper)s”.")
                facts = {"number": found[0], "proper": proper}
                mend = _(
                    "The year stands between 〔 and 〕, without 第 and without a zero in front of the number."
                )
                yield LintFinding("document_number_brackets", Severity.WARNING, where, message % facts, mend)
