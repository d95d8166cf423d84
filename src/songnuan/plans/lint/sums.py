"""Rules that read figures in the text: sums of money, and the form of document numbers.

They check only what a sentence says outright, "47个单位，每个单位300元，共14100元"; a sentence that
can be read in more than one way is left alone.
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

_NUMBER = rf"(?:[0-9][0-9,]*(?:\.[0-9]+)?|{HAN_NUMERAL})"
_THING = "(?:个|家|户|名|人|位|处|所|支)"
_GAP = r"[^0-9，。；每共]{0,15}?"
_COUNT = re.compile(rf"(?P<number>{_NUMBER})\s*{_THING}")
_EACH = re.compile(rf"每(?!{_NUMBER}){_THING}?{_GAP}(?P<number>{_NUMBER}\s*万?)\s*元")
_TOTAL = re.compile(rf"(?:(?<!公)共(?!同)|合计|总计){_GAP}(?P<number>{_NUMBER}\s*万?)\s*元")
_OF_FUND = re.compile(rf"专项资金共?{_GAP}(?P<number>{_NUMBER}\s*万?)\s*元")
_LOOSE_NUMBER = re.compile(
    r"[\[(（【﹝〖［〔]\s*((?:19|20)[0-9]{2})\s*[\])）】﹞〗］〕]\s*第?\s*0*([1-9][0-9]*)\s*号"
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
    return [part for line in paragraphs(text) for part in re.split("[。；;]", line) if part]


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
    if len(each) != 1 or len(totals) > 1:
        return None
    near = sorted(
        _COUNT.finditer(sentence), key=lambda found: (found.end() > each[0].start(), -found.start())
    )
    counts = tuple(count for found in near if (count := _whole(found["number"])) is not None)
    each_minor = _minor(each[0]["number"])
    total_minor = _minor(totals[0]["number"]) if totals else None
    if not counts or each_minor is None or (totals and total_minor is None):
        return None
    return _Sum(counts, each_minor, total_minor)


def prices_each(text: str) -> list[int]:
    """Return every “so much each” of a text, in fen."""
    found = [_minor(match["number"]) for part in _sentences(text) for match in _EACH.finditer(part)]
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
            amount = _minor(stated["number"]) if stated else None
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
