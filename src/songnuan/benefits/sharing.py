"""What a family gets where several of it could have a sum: the plan's answers, as part of one statement.

First, of what is paid for one qualifier to several: each has it, one has it, or they share it. Then, of what
one household gets, because spouses both serve or one payee has several relatives at the front: each line is
paid, or one. “One” is the first by staff number, and of theirs the largest line. Without an answer the lines
that hang on it are blocked. What is left of the year's cap is given out in the same order.
"""

from dataclasses import dataclass

from songnuan.benefits.models import Blocked, Share
from songnuan.kernel.dialect import Dialect

_SHARED = frozenset({Share.ONE, Share.SPLIT})
"""The answers by which one sum is for all of a family."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The plan's answers on households and on those paid for one qualifier: values of `Share`, or empty."""

    couple: str = ""
    two_children: str = ""


def shares(answers: Answers, cap_time: str, cap_year: str, dialect: Dialect) -> str:
    """Return the selects that come to `shared`: what each line is paid, and why.

    Its columns: claim, in_time (what the cap of a time leaves), after_family, shared, blocked, amount.

    Args:
        answers: The plan's.
        cap_time: What stands for the cap of a time in the statement; empty without one.
        cap_year: What stands for the cap of a year; empty without one.
        dialect: The database's.

    They read `less_time` with payee, qualifier, household and staff of each line, and of what was settled
    the part that lists of this house paid and cut off.

    """
    couple, two_children = answers.couple, answers.two_children
    order = f"LENGTH(staff), staff{dialect.by_sign}, payee"
    return f"""{_families(two_children, cap_time, dialect)}, ranked AS (
  SELECT f.*, SUM(lives) OVER (PARTITION BY qualifier) AS several,
    ROW_NUMBER() OVER (PARTITION BY qualifier ORDER BY lives DESC, {order}) AS turn
  FROM families f
), first_shared AS (
  SELECT r.*, {_first(two_children)} AS portion,
    MAX(CASE WHEN lives = 1 AND lacks_cut > 0 THEN 1 ELSE 0 END) OVER (PARTITION BY qualifier) AS unsure
  FROM ranked r
), first_answered AS (
  SELECT s.*, {_waits_first(two_children)} AS waits,
    CASE WHEN portion > 0 OR (open > '' AND NOT ({_is_out("several > 1", two_children, "turn")}))
      THEN 1 ELSE 0 END AS remains
  FROM first_shared s
), housed AS (
  SELECT a.*, SUM(remains) OVER (PARTITION BY household) AS lines,
    MAX(waits) OVER (PARTITION BY household) AS one_waits,
    ROW_NUMBER() OVER (PARTITION BY household ORDER BY remains DESC, {order}, portion DESC, claim) AS place
  FROM first_answered a
), answered AS (
  SELECT h.*, {_second(couple)} AS given,
    {_blocked("lines > 1 AND remains = 1", _waits(couple), couple, Blocked.COUPLE)} AS blocked
  FROM housed h
), {_less_lists(answers, order, dialect)}, counted_up AS (
  SELECT n.*, CASE WHEN blocked > '' THEN 0 ELSE of_house END AS due,
    SUM(CASE WHEN blocked > '' THEN 0 ELSE of_house END) OVER (
      PARTITION BY payee ORDER BY of_house DESC, claim ROWS UNBOUNDED PRECEDING) AS so_far
  FROM household_left n
), shared AS (
  SELECT claim, in_time, of_house AS after_family, blocked,
    CASE WHEN given <> portion OR of_house <> of_one THEN '{Blocked.COUPLE}'
      WHEN of_one <> in_time THEN '{Blocked.TWO_CHILDREN}'
      ELSE '' END AS shared,
    {_within(cap_year, dialect)} AS amount
  FROM counted_up
)"""  # noqa: S608 - texts of ours


def _families(two_children: str, cap_time: str, dialect: Dialect) -> str:
    """Return the selects of the lines that are several of one family, each with its whole within the caps."""
    lives = "CASE WHEN whole > 0 OR (is_blocked = 1 AND counted > '') THEN 1 ELSE 0 END"
    whole = f"{dialect.least}(worth, paid + {cap_time})" if cap_time else "worth"
    return f"""without_lists AS (
  SELECT l.*, {_worth(two_children, dialect)} AS worth, {_paid(two_children)} AS paid
  FROM less_time l WHERE l.household <> 0
), within_time AS (
  SELECT w.*, {whole} AS whole FROM without_lists w
), families AS MATERIALIZED (
  SELECT t.*, after_settled - (worth - whole) AS in_time, {lives} AS lives, {blocked_by_itself()} AS open
  FROM within_time t
)"""  # noqa: S608 - texts of ours


def _less_lists(answers: Answers, order: str, dialect: Dialect) -> str:
    """Return the selects that leave of each share what lists of this house have not paid of it."""
    return f"""own_left AS (
  SELECT n.*, {dialect.least}(in_time, {dialect.most}(given - listed_minor, 0)) AS own FROM answered n
), qualifier_left AS (
  SELECT o.*, {_left("own", "qualifier", answers.two_children, order, dialect)} AS of_one FROM own_left o
), household_left AS (
  SELECT q.*, {_left("of_one", "household", answers.couple, order, dialect)} AS of_house FROM qualifier_left q
)"""  # noqa: S608 - texts of ours


def _worth(two_children: str, dialect: Dialect) -> str:
    """Return the expression of what a line is worth without what lists of this house paid of it.

    What their caps of a time cut off is not worth anything any more. Where one has it for all, whoever had no
    line of their own goes by what was cut off the others'.
    """
    cut = " + cut_minor - family_cut_minor" if two_children == Share.ONE else ""
    return f"{dialect.most}(minor - settled_minor + listed_minor{cut}, 0)"


def _paid(two_children: str) -> str:
    """Return the expression of what came of it within the caps of lists of this house.

    What they paid; where it is shared, with what went to others; where one has it, of whoever had it.
    """
    if two_children == Share.SPLIT:
        return (
            "listed_minor + CASE WHEN COUNT(*) OVER (PARTITION BY qualifier) > 1 THEN shared_minor ELSE 0 END"
        )
    if two_children != Share.ONE:
        return "listed_minor"
    # A sum of BIGINT is NUMERIC to PostgreSQL, and a share of it would have parts of a fen.
    return "CAST(SUM(listed_minor) OVER (PARTITION BY qualifier) AS BIGINT)"


def _left(own: str, group: str, answer: str, order: str, dialect: Dialect) -> str:
    """Return the expression of what is left for a line of what its group gets, lists having paid some of it.

    Where each of the group has it, nobody's is touched by what another had.
    """
    if answer not in _SHARED:
        return own
    of_all = f"OVER (PARTITION BY {group})"
    rest = f"{dialect.most}(SUM(given) {of_all} - SUM(listed_minor) {of_all}, 0)"
    above = f"SUM({own}) OVER (PARTITION BY {group} ORDER BY {order}, claim ROWS UNBOUNDED PRECEDING) - {own}"
    left = f"{dialect.least}({own}, {dialect.most}({rest} - ({above}), 0))"
    return f"CASE WHEN SUM(listed_minor) {of_all} > 0 AND COUNT(*) {of_all} > 1 THEN {left} ELSE {own} END"


def blocked_by_itself() -> str:
    """Return the expression of why a line waits whatever its family gets."""
    amount, settled = Blocked.AMOUNT, Blocked.SETTLED
    return f"CASE WHEN is_blocked = 1 THEN '{amount}' WHEN is_unclear = 1 THEN '{settled}' ELSE '' END"


def _first(answer: str) -> str:
    """Return the expression of what each of several gets who are paid for one qualifier."""
    alone = "several <= 1 OR lives = 0"
    match answer:
        case Share.ONE:
            return f"CASE WHEN {alone} OR turn = 1 THEN whole ELSE 0 END"
        case Share.SPLIT:
            odd = "CASE WHEN turn = 1 THEN whole %% several ELSE 0 END"
            return f"CASE WHEN {alone} THEN whole ELSE whole / several + {odd} END"
        case _:
            return "whole"


def _waits_first(two_children: str) -> str:
    """Return the expression of why a line waits, after it was asked who of several has the sum.

    Where they share it and a cap cut something off while one of them had no line, nobody can reckon what is
    new to that one: all of them wait for people to say.
    """
    concerned = "several > 1 AND lives = 1"
    asked = _blocked(concerned, "open", two_children, Blocked.TWO_CHILDREN)
    if two_children != Share.SPLIT:
        return asked
    return f"CASE WHEN open = '' AND {concerned} AND unsure = 1 THEN '{Blocked.SETTLED}' ELSE {asked} END"


def _is_out(several: str, answer: str, turn: str) -> str:
    """Return the condition that a line gets nothing because another of several has it."""
    return f"{several} AND {turn} > 1" if answer == Share.ONE else "1 = 0"


def _second(answer: str) -> str:
    """Return the expression of what each line of a household is paid."""
    return f"CASE WHEN {_is_out('lines > 1', answer, 'place')} THEN 0 ELSE portion END"


def _waits(answer: str) -> str:
    """Return the expression of why a line waits already: where one of a household has it, for all of them.

    Who that is cannot be said while a sum of theirs is open.
    """
    if answer != Share.ONE:
        return "waits"
    return "CASE WHEN lines > 1 AND remains = 1 THEN one_waits ELSE waits END"


def _blocked(concerned: str, before: str, answer: str, code: Blocked) -> str:
    """Return the expression of why a line waits, after a question was asked of it."""
    if answer:
        return before
    return f"CASE WHEN ({before}) = '' AND {concerned} THEN '{code}' ELSE {before} END"


def _within(cap_year: str, dialect: Dialect) -> str:
    """Return the expression of what the cap of the year leaves, after the payee's lines above."""
    if not cap_year:
        return "due"
    left = f"{dialect.most}({cap_year} - year_minor - (so_far - due), 0)"
    return f"{dialect.least}(due, {left})"
