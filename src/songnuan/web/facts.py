"""What the house asks of people, and what it knows by itself and therefore asks of nobody.

Every input of a form says its fact (`fields`). `faults` finds inputs that ask what the house knows, or what
another form asks already; a test holds it against every form there is.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from django import forms
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACT = "act:"

# The few inputs that stand in a page without a form of ours, by their name.
BY_HAND: Mapping[str, str] = MappingProxyType(
    {
        "remark": "approvals.act.remark",
        "answer": "plans.question.answer",
        "ground": "plans.question.ground",
        "value": "people.mend.value",
    }
)

# What the house writes by itself, by table: who and when, what follows from what stands, what an earlier form
# or a workbook brought. Together with what is asked, it is every column of a table that is asked for.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "approvals.act": "request person holder delegation step verb at",
        "approvals.chainstep": "chain position",
        "approvals.delegation": "giver unit status offered_at answered_at ended_at ended_by",
        "audit.entry": "stream seq at entered_at actor_key actor_label action subject previous digest",
        "funds.entry": "fund kind at entered_by subject clause_key reason commitment reverses",
        "goods.purchase": (
            "kit fund number total_minor commitment disbursement recorded_by recorded_at cancelled_at"
        ),
        "goods.purchaseline": "purchase item",
        "organisation.assignment": "holder subject compound planned_on late_reason starts_on ends_on",
        "organisation.post": "user starts_on ends_on",
        "organisation.unitrecord": (
            "unit parent kind category compound address contact_name contact_phone contact_phone_index"
            " staff_count starts_on ends_on"
        ),
        "organisation.user": "password last_login email language must_change_password created_at",
        "people.accesscode": (
            "person digest issued_by issued_at expires_at revoked_at used_at used_count failed_count"
        ),
        "people.assessment": "number facts digest made_by made_at",
        "people.columnmemory": "unit kind heading",
        "people.correction": "person asked_at asked_by status answered_by answered_at",
        "people.lookpurpose": "person digest",
        "people.mend": "source sheet row place",
        "people.roster": "key created_at status erased_on",
        "people.rosterimport": (
            "key roster roster_key roster_title unit kind"
            " file_digest file_size status columns counts created_by"
            " created_at touched_at day matched_turn matched_units known_through staged_after staged_through"
            " applied_through applied_at note"
        ),
        "plans.amendment": (
            "plan base version status begun_by begun_at sent_back_by sent_back_at sent_back_why ended_at"
        ),
        "plans.basis": "version position",
        "plans.plan": "status version",
        "plans.question": (
            "plan position key text clause_key blocks asked_at answered_by answered_at after_approval"
        ),
        "plans.planversion": "plan number digest created_at created_by",
        "records.issueddocument": "subject unit year serial number title snapshot digest issued_at issued_by",
        "records.numbersequence": "name",
        "tasks.coowner": "task",
        "tasks.feedback": "task verb at by",
        "tasks.instruction": "plan_slug recorded_at recorded_by",
        "tasks.task": (
            "plan_slug source detail unit raised_at"
            " original_due_on status done_at done_by instruction position"
            " asked_by asked_due_on"
        ),
        "visits.inspectionresult": "visit item_key",
        "visits.laterday": "visit day asked_by asked_at status decided_by decided_at",
        "visits.visit": (
            "measure unit lead planned_by due_on status device_at received_at clock_skew_seconds recorded_by"
            " late late_entry before_plan late_approved"
        ),
        "visits.visitmember": "visit position",
        "visits.visitproblem": "visit task",
    }
)

# The forms there are, by what they are counted under.
FORMS: Mapping[str, Promise] = MappingProxyType(
    {
        "account": _("Change of an account"),
        "account_new": _("New account"),
        "access_code": _("Access code of a minor"),
        "amendment_reason": _("Why a plan is amended"),
        "appropriation": _("Appropriation"),
        "assessment": _("Impact assessment"),
        "chain": _("Steps of approvals"),
        "correction_answer": _("Answer to a correction"),
        "delegation": _("Office handed over"),
        "duty_report": _("Report on a duty"),
        "instruction": _("Instruction"),
        "issue": _("Number of a notice"),
        "item_closing": _("Item of an instruction: closing"),
        "item_decision": _("Item of an instruction: decision"),
        "item_extension": _("Item of an instruction: later date"),
        "item_reassigned": _("Item of an instruction: other unit"),
        "item_report": _("Item of an instruction: report"),
        "look": _("What a look at numbers is for"),
        "own_correction": _("Own data: correction"),
        "own_erasure": _("Own data: erasure"),
        "own_way_in": _("Own data: way in"),
        "plan_clause": _("Clause of a plan"),
        "plan_file": _("Plan file"),
        "plan_head": _("Head of a plan"),
        "plan_measure": _("Measure of a plan"),
        "plan_new": _("New plan"),
        "plan_questions": _("Open questions of a plan"),
        "post": _("Post"),
        "problem_closing": _("Closing of a problem"),
        "purchase": _("Purchase"),
        "purchase_cancel": _("Purchase cancelled"),
        "roster": _("Head of a roster"),
        "roster_headings": _("Columns of a workbook"),
        "roster_workbook": _("Workbook of a roster"),
        "second_factor": _("Second step taken off"),
        "units_workbook": _("Workbook of units"),
        "visit": _("Report of a visit"),
        "visit_day": _("Day of a visit"),
        "visit_day_decision": _("Decision on a later day"),
        "visit_problem": _("Problem raised at a visit"),
    }
)


def label_of(form: str) -> str:
    """Return what a form is called; a page without a form of ours is called by what is asked there."""
    return str(FORMS.get(form, _("Remark or answer on a page")))


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
                continue
            if fact.startswith(ACT):
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
    try:
        apps.get_model(table)._meta.get_field(name)  # noqa: SLF001 - as above
    except (LookupError, ValueError, FieldDoesNotExist):
        return False
    return True
