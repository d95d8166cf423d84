"""What the house asks of people, and what it knows by itself and therefore asks of nobody.

Every input of a form says its fact (`fields`). `faults` finds inputs that ask what the house knows, or what
another form asks already; a test holds it against every form there is.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from songnuan.reporting.rules import form_of, is_lines
from songnuan.web.case_facts import CASE_FORMS, CASE_KNOWN, CASE_LINES
from songnuan.web.emergency_words import EMERGENCY_FORMS, EMERGENCY_KNOWN
from songnuan.web.flexible_trail import FLEXIBLE_FORMS, FLEXIBLE_KNOWN
from songnuan.web.goods_facts import GOODS_KNOWN
from songnuan.web.layout_facts import LAYOUT_LINES
from songnuan.web.payment_facts import PAID_FORMS, PAID_KNOWN, PAID_LINES
from songnuan.web.pickup_words import PICKUP_FORMS, PICKUP_LINES
from songnuan.web.situation_facts import SITUATION_BY_HAND, SITUATION_FORMS, SITUATION_KNOWN, SITUATION_LINES

ACT = "act:"

# The few inputs that stand in a page without a form of ours, by their name, with the facts they ask.
BY_HAND: Mapping[str, str] = MappingProxyType(
    {
        "reason": "goods.purchaserequest.chosen_why goods.quotation.set_aside_why",
        "remark": "approvals.act.remark payments.listact.remark",
        "lines": "payments.paymentinstruction.line",
        **SITUATION_BY_HAND,
        "why": "payments.paymentlist.cancelled_why",
        "answer": "plans.question.answer",
        "choice": "plans.question.choice",
        "ground": "plans.question.ground",
        "value": "people.mend.value",
    }
)

# What the house writes by itself, by table: who and when, what follows from what stands, what an earlier form
# or a workbook brought. Together with what is asked, it is every column of a table that is asked for.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        **FLEXIBLE_KNOWN,
        **GOODS_KNOWN,
        **CASE_KNOWN,
        **EMERGENCY_KNOWN,
        **SITUATION_KNOWN,
        "approvals.act": "request person holder delegation step verb at",
        "approvals.chainstep": "chain position",
        "approvals.delegation": "giver unit status offered_at answered_at ended_at ended_by",
        "approvals.hold": "subject plan_slug unit stream maker placed_by placed_at lifted_by lifted_at",
        "approvals.holdstatement": "hold is_answer file by placed_by at",
        "audit.entry": "stream seq at entered_at actor_key actor_label action subject previous digest",
        "benefits.settlement": (
            "cut_minor in_time_minor standard told_by origin recorded_by recorded_at withdrawn_by"
            " withdrawn_at"
        ),
        "benefits.findingdecision": ("measure payee qualifier kind other facts verb decided_by decided_at"),
        "benefits.knowndead": "died_on recorded_by recorded_at",
        "benefits.reckoning": (
            "measure version roster couple two_children lines people blocked total_minor is_listed is_dropped"
            " made_by made_at"
        ),
        "benefits.standard": "created_at",
        "benefits.standardversion": "standard number digest written_by written_at",
        "funds.closing": (
            "fund step status left_minor lost_minor proposed_by proposed_at decided_by decided_at entry"
            " entries"
        ),
        "funds.entry": "fund kind at entered_by subject clause_key commitment reverses",
        "organisation.assignment": "holder subject compound planned_on late_reason starts_on ends_on",
        "organisation.post": "user starts_on ends_on",
        "organisation.unitrecord": (
            "unit parent kind category compound address contact_name contact_phone contact_phone_index"
            " staff_count starts_on ends_on"
        ),
        "organisation.user": "password last_login must_change_password created_at session_round",
        "outreach.wishes": "user changed_at",
        **PAID_KNOWN,
        "people.accesscode": (
            "person digest issued_by issued_at expires_at revoked_at used_at used_count failed_count"
        ),
        "people.assessment": "number facts digest made_by made_at",
        "people.columnmemory": "unit kind heading",
        "people.correction": "person asked_at asked_by status answered_by answered_at",
        "people.householdnote": "child first second digest through noted_by noted_at",
        "people.lookpurpose": "person digest",
        "people.mend": "source sheet row place",
        "people.roster": "key created_at status erased_on",
        "people.rosterimport": (
            "key roster roster_key roster_title unit kind file_digest file_size status columns counts"
            " created_by created_at touched_at day matched_turn matched_units known_through"
            " staged_after staged_through applied_through applied_at note"
        ),
        "plans.amendment": (
            "plan base version status begun_by begun_at sent_back_by sent_back_at sent_back_why ended_at"
        ),
        "plans.basis": "version position",
        "plans.plan": "status version",
        "plans.planversion": "plan number digest created_at created_by",
        "plans.question": (
            "plan position key text clause_key blocks choices asked_at answered_by answered_at after_approval"
        ),
        "records.issueddocument": "subject unit year serial number title snapshot digest issued_at issued_by",
        "records.numbersequence": "name",
        "tasks.coowner": "task",
        "tasks.feedback": "task verb at by",
        "tasks.instruction": "plan_slug recorded_at recorded_by",
        "tasks.task": (
            "plan_slug source detail unit raised_at original_due_on status done_at done_by instruction"
            " position asked_by asked_due_on"
        ),
        "visits.flagnote": "plan key by at",
        "visits.inspectionresult": "visit item_key",
        "visits.laterday": "visit day asked_by asked_at status decided_by decided_at",
        "visits.laterreceipt": "visit signed_for signed_at",
        "visits.leadervisit": (
            "plan visit recorded_by recorded_at late_entry before_plan withdrawn_at withdrawn_by"
        ),
        "visits.leadervisitunit": "leader_visit",
        "visits.receiptcheck": "receipt by handed_by at",
        "visits.sample": "plan number seed drawn_from population digest drawn_by drawn_at",
        "visits.schedulesettings": "plan",
        "visits.teammember": "team plan",
        "visits.unithours": "unit",
        "visits.visit": (
            "measure unit lead planned_by due_on status device_at received_at clock_skew_seconds"
            " recorded_by late late_entry before_plan late_approved planned_minutes pinned revision"
            " signed_for version corrected_at corrected_by"
        ),
        "visits.visitmember": "visit position",
        "visits.visitphoto": "visit position thumbnail added_by added_at",
        "visits.visitposition": "visit",
        "visits.visitproblem": "visit task",
        "visits.visitteam": "plan lead is_active",
    }
)

# The forms there are, by what they are counted under.
FORMS: Mapping[str, Promise] = MappingProxyType(
    {
        **CASE_FORMS,
        **EMERGENCY_FORMS,
        **SITUATION_FORMS,
        "account": _("Change of an account"),
        "account_new": _("New account"),
        "access_code": _("Access code of a minor"),
        "amendment_reason": _("Why a plan is amended"),
        "appropriation": _("Appropriation"),
        "assessment": _("Impact assessment"),
        "call_back": _("Call to somebody who was paid"),
        "chain": _("Steps of approvals"),
        "correction_answer": _("Answer to a correction"),
        "delegation": _("Office handed over"),
        "duty_report": _("Report on a duty"),
        **FLEXIBLE_FORMS,
        **PICKUP_FORMS,
        "instruction": _("Instruction"),
        "issue": _("Number of a notice"),
        "item_closing": _("Item of an instruction: closing"),
        "item_decision": _("Item of an instruction: decision"),
        "item_extension": _("Item of an instruction: later date"),
        "item_reassigned": _("Item of an instruction: other unit"),
        "item_report": _("Item of an instruction: report"),
        "look": _("What a look at numbers is for"),
        "notice": _("Public notice of a list"),
        "notice_cancel": _("Public notice taken back"),
        "objection": _("Objection to a public notice"),
        "objection_answer": _("Answer to an objection"),
        "objection_noted": _("Objection that came by phone or letter"),
        "own_correction": _("Own data: correction"),
        "own_erasure": _("Own data: erasure"),
        "own_objection": _("Own money: objection"),
        "own_received": _("Own money: whether it came"),
        "payee_answer": _("Answer to who is paid"),
        "own_way_in": _("Own data: way in"),
        **PAID_FORMS,
        **PICKUP_FORMS,
        "payment_sample": _("Sample of payments"),
        "plan_clause": _("Clause of a plan"),
        "plan_file": _("Plan file"),
        "plan_head": _("Head of a plan"),
        "plan_measure": _("Measure of a plan"),
        "plan_new": _("New plan"),
        "plan_questions": _("Open questions of a plan"),
        "post": _("Post"),
        "problem_amend": _("Correction of a problem"),
        "problem_closing": _("Closing of a problem"),
        "problem_report": _("Report on a problem"),
        "purchase": _("Purchase"),
        "purchase_cancel": _("Purchase cancelled"),
        "roster": _("Head of a roster"),
        "roster_headings": _("Columns of a workbook"),
        "roster_workbook": _("Workbook of a roster"),
        "second_factor": _("Second step taken off"),
        "settlement": _("Sum settled already"),
        "settlement_file": _("File of settled sums"),
        "settlement_withdrawn": _("Settled sum withdrawn"),
        "double_decision": _("Decision on a possible double payment"),
        "known_dead": _("Table of the dead"),
        "reckoning": _("List of money to people reckoned"),
        "bank_layout": _("Layout of bank files"),
        "bank_layout_file": _("Layout of bank files from a file"),
        "standard": _("Standard of money to people"),
        "standard_file": _("Standard from a file"),
        "standard_trial": _("Standard tried on people"),
        "units_workbook": _("Workbook of units"),
        "visit": _("Report of a visit"),
        "visit_day": _("Day of a visit"),
        "visit_day_decision": _("Decision on a later day"),
        "visit_problem": _("Problem raised at a visit"),
        "disposal": _("Disposal of goods"),
        "donation": _("Donation"),
        "donation_cancel": _("Donation cancelled"),
        "flag_note": _("What came of a sign"),
        "fund_closing": _("Closing of a fund"),
        "fund_closing_decision": _("Closing of a fund declined"),
        "fund_going_back": _("Money that goes back"),
        "fund_refund": _("Refund of a supplier"),
        "fund_reversal": _("Entry taken back"),
        "hand_over": _("Kit handed over later"),
        "hold": _("Hold"),
        "household_note": _("Decision about a household"),
        "hold_lift": _("Hold lifted"),
        "hold_statement": _("Statement on a hold"),
        "invoice": _("Picture of an invoice"),
        "invoice_replaced": _("Picture of an invoice replaced"),
        "issue_back": _("Goods taken back from a unit"),
        "issue_goods": _("Donated goods given out"),
        "issue_kit": _("Kit given out"),
        "leader_visit": _("Leader's visit"),
        "leader_visit_withdrawn": _("Entry of a leader's visit withdrawn"),
        "ledger_filter": _("Which entries are shown"),
        "paper": _("What a paper holds"),
        "purchase_request": _("Request for a purchase"),
        "quotation": _("Quotation"),
        "receipt_check": _("Call about a receipt"),
        "receiving": _("Goods received"),
        "reminder_address": _("Address for reminders"),
        "reminder_code": _("Code that confirms an address"),
        "reminder_hours": _("When to be reminded"),
        "report_correction": _("Correction of a report"),
        "sample": _("Sample of receipts"),
        "schedule_settings": _("What schedules go by"),
        "send_back": _("Goods sent back"),
        "stock_count": _("Stock count"),
        "stock_count_abandoned": _("Stock count given up"),
        "stock_decision": _("Decision on a count or disposal"),
        "unit_hours": _("Hours of a unit"),
        "visit_move": _("Day, time and team of a visit"),
        "visit_photos": _("Photos of a visit"),
        "visit_team": _("Team for visits"),
    }
)

# What each line of a form asks, where it has one for each item, lot or row: (what it is called, its fact).
_CHECKS = (
    (_("Result of the check"), "visits.inspectionresult.result"),
    (_("Note"), "visits.inspectionresult.note"),
)
LINES: Mapping[str, tuple[tuple[Promise, str], ...]] = MappingProxyType(
    {
        **CASE_LINES,
        "visit": _CHECKS,
        "report_correction": _CHECKS,
        "purchase": (
            (_("Packs"), "goods.purchaseline.quantity"),
            (_("Unit price"), "goods.purchaseline.unit_price_minor"),
        ),
        "purchase_request": (
            (_("Packs"), "goods.requestline.quantity"),
            (_("Highest price"), "goods.requestline.most_minor"),
        ),
        "quotation": ((_("Unit price"), "goods.quotationline.unit_price_minor"),),
        "receiving": (
            (_("Packs that came"), "goods.movementline.quantity"),
            (_("Lot number"), "goods.lot.number"),
            (_("bears no lot number"), "act:unnumbered"),
            (_("Good until"), "goods.lot.expires_on"),
        ),
        "stock_count": ((_("Packs counted"), "goods.countline.counted"),),
        "send_back": ((_("Packs"), "goods.movementline.quantity"),),
        "donation": (
            (_("Item"), "goods.donationline.item"),
            (_("Specification"), "goods.item.specification"),
            (_("Counted in"), "goods.item.packing"),
            (_("Packs"), "goods.donationline.quantity"),
            (_("Value of one (yuan)"), "goods.donationline.unit_value_minor"),
            (_("Lot number"), "goods.lot.number"),
            (_("Good until"), "goods.lot.expires_on"),
        ),
        "issue_goods": ((_("Packs"), "goods.movementline.quantity"),),
        "issue_kit": ((_("Packs"), "goods.movementline.quantity"),),
        "fund_refund": ((_("Packs that do not come"), "goods.shortclosing.quantity"),),
        "instruction": (
            (_("What is to be done"), "tasks.task.title"),
            (_("Responsible unit"), "tasks.task.owner"),
            (_("Due on"), "tasks.task.due_on"),
            (_("Units that help"), "tasks.coowner.unit"),
        ),
        "roster_headings": ((_("What a column holds"), "people.columnmemory.field"),),
        "standard": (
            (pgettext_lazy("standard", "Counted by"), "benefits.standardversion.source:part.by"),
            (_("What the row is called"), "benefits.standardversion.source:row.title"),
            (_("Amount (yuan)"), "benefits.standardversion.source:row.amount"),
            (pgettext_lazy("row of a standard", "Times"), "benefits.standardversion.source:row.factor"),
            (_("Places of service"), "benefits.standardversion.source:row.places"),
            (_("Posts of service"), "benefits.standardversion.source:row.posts"),
            (_("Categories of staff"), "benefits.standardversion.source:row.categories"),
            (_("Days served at least"), "benefits.standardversion.source:row.days_least"),
            (_("Direct contact with patients"), "benefits.standardversion.source:row.contact"),
            (
                _("What the one who serves is to the one who is paid"),
                "benefits.standardversion.source:row.relations",
            ),
        ),
        **PAID_LINES,
        **PICKUP_LINES,
        **SITUATION_LINES,
        "bank_layout": LAYOUT_LINES,
        "plan_measure": ((_("A setting of the kind of measure"), "plans.measure.settings"),),
    }
)


def label_of(form: str) -> str:
    """Return what a form is called, or its lines; a page without a form of ours by what is asked there."""
    label = str(FORMS.get(form_of(form), _("Remark or answer on a page")))
    return gettext("%(form)s: each line") % {"form": label} if is_lines(form) else label


def faults(kinds: Iterable[type[forms.Form]]) -> Iterator[str]:
    """Yield what is wrong with the inputs of these forms, in words for whoever writes them."""
    known = {f"{table}.{column}" for table, columns in KNOWN.items() for column in columns.split()}
    # Of one fact one input is the first; every other says why the fact is asked again.
    asked: dict[str, tuple[forms.Field, str]] = {}
    for kind in kinds:
        for name, field in kind.base_fields.items():
            where = f"{kind.__qualname__}.{name}"
            fact = getattr(field, "fact", "")
            if not fact:
                yield f"{where} does not say which fact it asks"
            if not fact or fact.startswith(ACT):
                continue
            column = fact.partition(":")[0]
            if column in known:
                yield f"{where} asks {fact}, which the house knows"
            elif not _is_kept(column):
                yield f"{where} asks {fact}, which no column keeps"
            elif not getattr(field, "again", ""):
                first, there = asked.setdefault(fact, (field, where))
                if first is not field:
                    yield f"{where} asks {fact}, which {there} asks already"


def unknown(columns: Iterable[str]) -> Iterator[str]:
    """Yield the columns of the tables of these columns that are neither among them nor known."""
    asked = {column.partition(":")[0] for column in columns if not column.startswith(ACT)}
    for table in sorted({column.rpartition(".")[0] for column in asked}):
        told = {f"{table}.{column}" for column in KNOWN.get(table, "").split()}
        for field in apps.get_model(table)._meta.concrete_fields:  # noqa: SLF001 - Django's public name for it
            name = f"{table}.{field.name}"
            if not field.primary_key and name not in asked | told:
                yield name


def _is_kept(column: str) -> bool:
    table, _dot, name = column.rpartition(".")
    with suppress(LookupError, ValueError, FieldDoesNotExist):
        return bool(apps.get_model(table)._meta.get_field(name))  # noqa: SLF001 - as above
    return False
