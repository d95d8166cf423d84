"""What stands in the archive of a plan, file by file: its text, how far it is, ledgers, papers, trail."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO

from django.utils.translation import gettext as _

from songnuan.audit.chain import FIRST
from songnuan.audit.models import Entry, Stream
from songnuan.documents.official import OfficialDocument, from_json
from songnuan.documents.sheets import write_paper
from songnuan.emergency.command_queries import after_action_of
from songnuan.emergency.models import Activation, ReportSummary
from songnuan.funds.models import Fund
from songnuan.goods.pickup_models import Desk, Distribution
from songnuan.journeys.emergency_papers import activation_paper, stand_down_paper
from songnuan.journeys.fund_book import fund_book
from songnuan.journeys.instruction_sheet import instruction_sheet
from songnuan.journeys.living_plan import evidence_label, evidence_of
from songnuan.journeys.make_payment_papers import KINDS as PAYMENT_KINDS
from songnuan.journeys.make_payment_papers import PaymentPaperOrder, make_payment_papers
from songnuan.journeys.make_pickup_papers import KINDS as PICKUP_KINDS
from songnuan.journeys.make_pickup_papers import PickupPaperOrder, make_pickup_papers
from songnuan.journeys.make_sheets import KINDS as SHEET_KINDS
from songnuan.journeys.make_sheets import SheetOrder, make_sheets
from songnuan.journeys.measures import kinds
from songnuan.journeys.papers import Paper, kinds_of, paper, text_of
from songnuan.journeys.plan_status import plan_status
from songnuan.journeys.sheet_files import sheet_file
from songnuan.kernel.actor import Actor
from songnuan.kernel.clock import CHINA
from songnuan.kernel.refusal import Refusal
from songnuan.organisation.queries import day_of
from songnuan.payments.models import PaymentList
from songnuan.payments.rules import list_number
from songnuan.plans.models import Plan, PlanVersion
from songnuan.plans.queries import clause_headings, measures
from songnuan.records.models import IssuedDocument
from songnuan.tasks.instruction_queries import of_plan as instructions_of

TEXT, STATE, LEDGERS, PAPERS, TRAIL = "1-方案", "2-落实", "3-账册", "4-单据", "5-审计"
# Sheets to fill in are no proof of anything; the records of what was done are.
_LEDGERS = ("purchases", "stock_card", "gifts")
_RECORDS = ("visit_register", "units", "visit_record", "receipts", "gift_receipts")
_PICKUPS = (
    ("pickup_receipts", "xlsx"),
    ("pickup_summary", "docx"),
    ("desk_goods", "xlsx"),
    ("item_card", "xlsx"),
)
# A paper that there is nothing for is no paper; one that could not be made is left out, and that is said.
_NOTHING = "sheet_empty"
_LEFT_OUT = frozenset({"sheet_too_long", "no_chinese_font", "list_not_released"})


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive, its path within the folder."""

    path: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Left:
    """A paper that is not in the archive, and why, in words."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chain:
    """A stream of the trail as it stands in the archive."""

    name: str
    file: str
    length: int
    head: str


def members(plan: Plan, *, actor: Actor, at: datetime) -> Iterator[Member | Left]:
    """Yield the files of the archive one by one, as `actor` may read them at `at`; what is left out too.

    Each paper with names on it is masked, and making it is recorded as it is on its own page.
    """
    yield from _text(plan)
    yield from _state(plan, actor, at)
    yield from _ledgers(plan, actor, at)
    yield from _papers(plan, actor, at)


def _text(plan: Plan) -> Iterator[Member]:
    for version in PlanVersion.objects.filter(plan=plan).order_by("number"):
        yield Member(f"{TEXT}/第{version.number}版.yaml", version.source.encode())
    subject = f"plans.plan:{plan.slug}@"
    for document in IssuedDocument.objects.filter(subject__startswith=subject).order_by("pk"):
        text = text_of(document)
        for kind in kinds_of(text):
            made = paper(text, kind)
            yield Member(f"{TEXT}/{_name(made.name)}", made.content)


def _state(plan: Plan, actor: Actor, at: datetime) -> Iterator[Member]:
    told = plan_status(slug=plan.slug, actor=actor, at=at)
    yield Member(f"{STATE}/落实情况.json", _json(told))
    rows = list(measures(plan.pk))
    headings = clause_headings(plan, {row.clause_key for row in rows})
    lines: list[Sequence[object]] = [("条款", "措施", "佐证", "编号", "时间", "内容", "备注")]
    for row in rows:
        for piece in evidence_of(row, at):
            when = piece.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
            label = evidence_label(piece.kind)
            heading = headings.get(row.clause_key, row.clause_key)
            lines.append(
                (heading, kinds()[row.kind].label(), label, piece.ref, when, piece.label, piece.note)
            )
    yield Member(f"{STATE}/佐证清单.csv", _table(lines))


def _ledgers(plan: Plan, actor: Actor, at: datetime) -> Iterator[Member | Left]:
    funds = list(Fund.objects.filter(plan=plan).select_related("document").order_by("pk"))
    if funds:
        book = BytesIO()
        fund_book(plan=plan, funds=funds, at=at, to=book)
        yield Member(f"{LEDGERS}/专项资金账簿.xlsx", book.getvalue())
    for kind in _LEDGERS:
        yield from _sheets(plan, LEDGERS, kind, ("xlsx",), actor, at)


def _papers(plan: Plan, actor: Actor, at: datetime) -> Iterator[Member | Left]:
    for kind in _RECORDS:
        yield from _sheets(plan, PAPERS, kind, ("pdf", "xlsx"), actor, at)
    for row in PaymentList.objects.filter(measure__plan=plan).order_by("pk"):
        for kind in PAYMENT_KINDS:
            order = PaymentPaperOrder(kind, row.pk, "xlsx")
            folder = f"{PAPERS}/发放清单/{list_number(row.number)}"
            yield from _made(f"{folder}/{PAYMENT_KINDS[kind].label}", _payment(order, actor, at), folder)
    for distribution in Distribution.objects.filter(measure__plan=plan).order_by("pk"):
        folder = f"{PAPERS}/物资领取/{distribution.pk}"
        for kind, form in _PICKUPS:
            pickup = PickupPaperOrder(kind, distribution.pk, form)
            yield from _made(f"{folder}/{PICKUP_KINDS[kind].label}", _pickup(pickup, actor, at), folder)
    yield from _response(plan)
    for instruction in instructions_of(plan.slug, actor, at):
        sheet = BytesIO()
        write_paper(instruction_sheet(instruction, day_of(at)), sheet)
        yield Member(f"{PAPERS}/督办单/{instruction.instruction_id}.xlsx", sheet.getvalue())


def _response(plan: Plan) -> Iterator[Member]:
    """Yield the papers of an emergency plan as signed or sent: orders, reports after, reports up."""
    for row in Activation.objects.filter(measure__plan=plan).select_related("measure__plan").order_by("pk"):
        texts = [activation_paper(row)]
        if row.ended_at is not None:
            texts.append(stand_down_paper(row))
        report = after_action_of(row.pk)
        if report is not None:
            texts.append(from_json(report.snapshot))
        for text in texts:
            yield _drawn(f"{PAPERS}/应急响应", text)
    for summary in ReportSummary.objects.filter(period__measure__plan=plan).order_by("pk"):
        yield _drawn(f"{PAPERS}/情况报告", from_json(summary.snapshot))


def _drawn(folder: str, text: OfficialDocument) -> Member:
    made = paper(text, "docx")
    return Member(f"{folder}/{_name(made.name)}", made.content)


def _sheets(  # noqa: PLR0917 - which paper, where, as what, by whom
    plan: Plan, folder: str, kind: str, forms: Sequence[str], actor: Actor, at: datetime
) -> Iterator[Member | Left]:
    def make() -> list[Paper]:
        sheets = make_sheets(order=SheetOrder(kind, plan.slug), address=None, actor=actor, at=at)
        return [sheet_file(sheets, form) for form in forms]

    yield from _made(f"{folder}/{SHEET_KINDS[kind].label}", make, folder)


def _payment(order: PaymentPaperOrder, actor: Actor, at: datetime) -> Callable[[], list[Paper]]:
    return lambda: [make_payment_papers(order=order, actor=actor, at=at).file()]


def _pickup(order: PickupPaperOrder, actor: Actor, at: datetime) -> Callable[[], list[Paper]]:
    return lambda: [make_pickup_papers(order=order, actor=actor, at=at)]


def _made(path: str, make: Callable[[], list[Paper]], folder: str) -> Iterator[Member | Left]:
    """Yield the papers that `make` makes; of one that is refused as there is none, that it is left out."""
    try:
        found = make()
    except Refusal as refusal:
        if refusal.code in _LEFT_OUT:
            yield Left(path, str(refusal))
        elif refusal.code != _NOTHING:
            raise
        return
    for made in found:
        yield Member(f"{folder}/{_name(made.name)}", made.content)


def trail_of(plan: Plan) -> Iterator[tuple[Chain, bytes]]:
    """Yield the streams of the trail that tell of the plan, whole, each a JSON document to a line."""
    names = [f"plan:{plan.slug}"]
    names += [
        f"fund:{pk}" for pk in Fund.objects.filter(plan=plan).order_by("pk").values_list("pk", flat=True)
    ]
    for pk in Distribution.objects.filter(measure__plan=plan).order_by("pk").values_list("pk", flat=True):
        desks = Desk.objects.filter(distribution=pk).order_by("pk").values_list("pk", flat=True)
        names += [f"pickups:{pk}", *(f"pickups:{pk}:{desk}" for desk in desks)]
    heads = {row.name: row for row in Stream.objects.filter(name__in=names)}
    for place, name in enumerate((name for name in names if name in heads), 1):
        # Read up to the head as it stands: what is written meanwhile belongs to a later archive.
        head = heads[name]
        rows = Entry.objects.filter(stream=head, seq__lte=head.length).order_by("seq")
        text = b"".join(_json(_entry(row), indent=None) for row in rows.iterator())
        chain = Chain(
            name, f"{TRAIL}/审计记录{place}.jsonl", head.length, head.head if head.length else FIRST
        )
        yield chain, text


def _entry(row: Entry) -> dict[str, object]:
    return {
        "seq": row.seq,
        "at": row.at.isoformat(),
        "entered_at": row.entered_at.isoformat(),
        "actor": row.actor_key,
        "name": row.actor_label,
        "action": row.action,
        "subject": row.subject,
        "facts": row.facts,
        "previous": row.previous,
        "digest": row.digest,
    }


def manifest(plan: Plan, chains: Sequence[Chain], left: Sequence[Left], at: datetime) -> bytes:
    """Return what says which plan this is, as of when, what is left out, and how the trail ends."""
    return _json(
        {
            "plan": plan.slug,
            "title": plan.title,
            "version": plan.version,
            "status": plan.status,
            "archived_at": at.isoformat(),
            "left_out": [{"file": one.path, "reason": one.reason} for one in left],
            "trail": [
                {"name": one.name, "file": one.file, "length": one.length, "head": one.head} for one in chains
            ],
        }
    )


def readme(plan: Plan, left: Sequence[Left], at: datetime) -> bytes:
    """Return the page to read first, in the reader's language."""
    when = at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    lines = [
        _("Archive of “%(title)s”, version %(version)s, as of %(when)s")
        % {"title": plan.title, "version": plan.version, "when": when},
        "",
        _("1: text and notices. 2: how far each clause is, and its evidence. 3: ledgers."),
        _("4: visits, receipts, payment lists, pickups, instructions. 5: the audit trail, whole streams."),
        "",
        _("To check it without the software, run “python3 check.py” here, or “sha256sum -c SHA256SUMS”."),
        _("Its last line is the digest of the archive: compare it with the one in the plan's trail."),
        _("Names and numbers of people are masked. Photos and scanned files stay in the house."),
    ]
    if left:
        lines += ["", _("Left out:")]
        lines += [f"- {one.path}: {one.reason}" for one in left]
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _name(name: str) -> str:
    """Return a file's name as every system takes it."""
    return "".join("_" if char in '\\/:*?"<>|' or ord(char) < 32 else char for char in name)


def _json(told: object, *, indent: int | None = 2) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=indent, default=str) + "\n").encode()


def _table(rows: Sequence[Sequence[object]]) -> bytes:
    """Return rows as a table that Excel opens with its Chinese whole."""
    text = StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")
