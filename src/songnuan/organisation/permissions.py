"""What may be done, which post allows it, and which posts exclude each other."""

from collections.abc import Mapping
from enum import StrEnum
from itertools import combinations
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing that may be done; the name an action asks for."""

    PLAN_VIEW = "plan.view"
    PLAN_WRITE = "plan.write"
    PLAN_REVIEW = "plan.review"
    PLAN_APPROVE = "plan.approve"
    PLAN_OPEN = "plan.open"
    UNIT_VIEW = "unit.view"
    UNIT_IMPORT = "unit.import"
    CONTACT_VIEW = "contact.view"
    FUND_VIEW = "fund.view"
    FUND_APPROPRIATE = "fund.appropriate"
    FUND_CLOSE_CONFIRM = "fund.close_confirm"
    PURCHASE_RECORD = "purchase.record"
    DONATION_RECORD = "donation.record"
    STOCK_DECIDE = "stock.decide"
    VISIT_VIEW = "visit.view"
    VISIT_RECORD = "visit.record"
    VISIT_ALLOW = "visit.allow"
    VISIT_SCHEDULE = "visit.schedule"
    VISIT_CHASE = "visit.chase"
    LEADER_VISIT_RECORD = "leader_visit.record"
    PROBLEM_CLOSE = "problem.close"
    INSTRUCTION_VIEW = "instruction.view"
    INSTRUCTION_MANAGE = "instruction.manage"
    INSTRUCTION_ANSWER = "instruction.answer"
    DUTY_REPORT = "duty.report"
    TRAIL_VIEW = "trail.view"
    ACCOUNT_MANAGE = "account.manage"
    CHAIN_MANAGE = "chain.manage"
    PEOPLE_VIEW = "people.view"
    PEOPLE_IMPORT = "people.import"
    PEOPLE_SHOW = "people.show"
    PEOPLE_MERGE = "people.merge"
    PRIVACY_MANAGE = "privacy.manage"
    DOCUMENT_ISSUE = "document.issue"
    DOCUMENT_RECEIVE = "document.receive"
    HOLD_PLACE = "hold.place"
    HOLD_ANSWER = "hold.answer"
    RECEIPT_CHECK = "receipt.check"
    BENEFIT_VIEW = "benefit.view"
    BENEFIT_WRITE = "benefit.write"
    LIST_INSPECT = "list.inspect"
    PAYMENT_RELEASE = "payment.release"
    FLEXIBLE_VIEW = "flexible.view"
    FLEXIBLE_ASK = "flexible.ask"
    FLEXIBLE_DECIDE = "flexible.decide"
    CASE_VIEW = "case.view"
    CASE_MANAGE = "case.manage"
    CASE_LEAD = "case.lead"
    EMERGENCY_VIEW = "emergency.view"
    EMERGENCY_MANAGE = "emergency.manage"
    SITUATION_REPORT = "situation.report"
    RETURNEE_KEEP = "returnee.keep"
    OUTREACH_VIEW = "outreach.view"
    OUTREACH_WRITE = "outreach.write"
    OUTREACH_SIGN = "outreach.sign"
    PICKUP_MANAGE = "pickup.manage"
    PICKUP_RECORD = "pickup.record"


class Role(StrEnum):
    """A post somebody holds at a unit; it reaches that unit and all below it, but for `AT_OWN_UNIT`."""

    PROGRAMME_OFFICER = "programme_officer"
    APPROVER = "approver"
    FINANCE = "finance"
    LEAD_LIAISON = "lead_liaison"
    EPIDEMIC_OFFICE = "epidemic_office"
    INSPECTOR = "inspector"
    UNIT_LIAISON = "unit_liaison"
    ADMINISTRATOR = "administrator"
    UNION_OFFICER = "union_officer"
    PRIVACY_OFFICER = "privacy_officer"
    PUBLICITY_OFFICER = "publicity_officer"


ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.PROGRAMME_OFFICER: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.PLAN_WRITE,
                Permission.PLAN_OPEN,
                Permission.UNIT_VIEW,
                Permission.UNIT_IMPORT,
                Permission.CONTACT_VIEW,
                Permission.FUND_VIEW,
                Permission.DONATION_RECORD,
                Permission.VISIT_VIEW,
                Permission.VISIT_SCHEDULE,
                Permission.VISIT_CHASE,
                Permission.INSTRUCTION_VIEW,
                Permission.PEOPLE_VIEW,
                Permission.PEOPLE_IMPORT,
                Permission.DOCUMENT_ISSUE,
                Permission.HOLD_ANSWER,
                Permission.EMERGENCY_VIEW,
                Permission.OUTREACH_VIEW,
                Permission.OUTREACH_WRITE,
                Permission.PICKUP_MANAGE,
                Permission.PICKUP_RECORD,
            }
        ),
        Role.APPROVER: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.PLAN_APPROVE,
                Permission.UNIT_VIEW,
                Permission.FUND_VIEW,
                Permission.STOCK_DECIDE,
                Permission.FUND_CLOSE_CONFIRM,
                Permission.VISIT_VIEW,
                Permission.VISIT_ALLOW,
                Permission.INSTRUCTION_VIEW,
                Permission.BENEFIT_VIEW,
                Permission.FLEXIBLE_VIEW,
                Permission.FLEXIBLE_DECIDE,
                Permission.EMERGENCY_VIEW,
                Permission.OUTREACH_VIEW,
            }
        ),
        Role.FINANCE: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.FUND_VIEW,
                Permission.FUND_APPROPRIATE,
                Permission.PURCHASE_RECORD,
                Permission.HOLD_ANSWER,
                Permission.VISIT_VIEW,
                Permission.PEOPLE_VIEW,
                Permission.BENEFIT_VIEW,
                Permission.PAYMENT_RELEASE,
                Permission.EMERGENCY_VIEW,
            }
        ),
        Role.LEAD_LIAISON: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.CONTACT_VIEW,
                Permission.VISIT_VIEW,
                Permission.VISIT_RECORD,
                Permission.VISIT_SCHEDULE,
                Permission.INSTRUCTION_VIEW,
                Permission.INSTRUCTION_ANSWER,
                Permission.DUTY_REPORT,
                Permission.DOCUMENT_RECEIVE,
                Permission.EMERGENCY_VIEW,
                Permission.SITUATION_REPORT,
                Permission.CASE_LEAD,
                Permission.RETURNEE_KEEP,
                Permission.OUTREACH_VIEW,
                Permission.PICKUP_RECORD,
            }
        ),
        Role.EPIDEMIC_OFFICE: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.PLAN_REVIEW,
                Permission.UNIT_VIEW,
                Permission.CONTACT_VIEW,
                Permission.FUND_VIEW,
                Permission.DONATION_RECORD,
                Permission.VISIT_VIEW,
                Permission.VISIT_ALLOW,
                Permission.VISIT_SCHEDULE,
                Permission.VISIT_CHASE,
                Permission.LEADER_VISIT_RECORD,
                Permission.PROBLEM_CLOSE,
                Permission.INSTRUCTION_VIEW,
                Permission.INSTRUCTION_MANAGE,
                Permission.DUTY_REPORT,
                Permission.HOLD_ANSWER,
                Permission.EMERGENCY_VIEW,
                Permission.EMERGENCY_MANAGE,
                Permission.OUTREACH_VIEW,
                Permission.OUTREACH_WRITE,
            }
        ),
        Role.INSPECTOR: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.FUND_VIEW,
                Permission.VISIT_VIEW,
                Permission.TRAIL_VIEW,
                Permission.INSTRUCTION_VIEW,
                Permission.PEOPLE_VIEW,
                Permission.HOLD_PLACE,
                Permission.RECEIPT_CHECK,
                Permission.LIST_INSPECT,
                Permission.BENEFIT_VIEW,
                Permission.FLEXIBLE_VIEW,
                Permission.CASE_VIEW,
                Permission.EMERGENCY_VIEW,
                Permission.OUTREACH_VIEW,
            }
        ),
        Role.UNIT_LIAISON: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.VISIT_VIEW,
                Permission.INSTRUCTION_VIEW,
                Permission.INSTRUCTION_ANSWER,
                Permission.DUTY_REPORT,
                Permission.PEOPLE_VIEW,
                Permission.PEOPLE_IMPORT,
                Permission.DOCUMENT_RECEIVE,
                Permission.FLEXIBLE_VIEW,
                Permission.FLEXIBLE_ASK,
                Permission.EMERGENCY_VIEW,
                Permission.SITUATION_REPORT,
                Permission.RETURNEE_KEEP,
                Permission.OUTREACH_VIEW,
                Permission.PICKUP_RECORD,
            }
        ),
        Role.ADMINISTRATOR: frozenset(
            {
                Permission.UNIT_VIEW,
                Permission.UNIT_IMPORT,
                Permission.ACCOUNT_MANAGE,
                Permission.CHAIN_MANAGE,
            }
        ),
        Role.UNION_OFFICER: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.DUTY_REPORT,
                Permission.PEOPLE_VIEW,
                Permission.PEOPLE_IMPORT,
                Permission.PEOPLE_SHOW,
                Permission.PEOPLE_MERGE,
                Permission.BENEFIT_VIEW,
                Permission.BENEFIT_WRITE,
                Permission.FLEXIBLE_VIEW,
                Permission.FLEXIBLE_ASK,
                Permission.CASE_VIEW,
                Permission.CASE_MANAGE,
                Permission.FUND_VIEW,
                Permission.EMERGENCY_VIEW,
                Permission.OUTREACH_VIEW,
                Permission.OUTREACH_WRITE,
                Permission.PICKUP_MANAGE,
                Permission.PICKUP_RECORD,
            }
        ),
        Role.PRIVACY_OFFICER: frozenset({Permission.PEOPLE_VIEW, Permission.PRIVACY_MANAGE}),
        Role.PUBLICITY_OFFICER: frozenset(
            {
                Permission.PLAN_VIEW,
                Permission.UNIT_VIEW,
                Permission.EMERGENCY_VIEW,
                Permission.OUTREACH_VIEW,
                Permission.OUTREACH_WRITE,
                Permission.OUTREACH_SIGN,
            }
        ),
    }
)

# What a lead may do at the units it is paired with. Accounts, money and the text of plans are never
# reached through a pairing: they follow the tree alone.
THROUGH_PAIRS: frozenset[Permission] = frozenset(
    {
        Permission.PLAN_VIEW,
        Permission.UNIT_VIEW,
        Permission.CONTACT_VIEW,
        Permission.VISIT_VIEW,
        Permission.VISIT_RECORD,
        Permission.PROBLEM_CLOSE,
        Permission.DOCUMENT_RECEIVE,
    }
)

# What these posts allow at their very unit, not below it: a duty is reported by the people of its owner, and
# how things stand by those who are there, and of special families nobody knows but the unit that leads them.
# The other posts that allow a duty, the epidemic office's, reach down the tree as always.
AT_OWN_UNIT: Mapping[Permission, frozenset[Role]] = MappingProxyType(
    {
        Permission.DUTY_REPORT: frozenset({Role.LEAD_LIAISON, Role.UNIT_LIAISON, Role.UNION_OFFICER}),
        Permission.SITUATION_REPORT: frozenset({Role.LEAD_LIAISON, Role.UNIT_LIAISON}),
        Permission.CASE_LEAD: frozenset({Role.LEAD_LIAISON}),
        Permission.RETURNEE_KEEP: frozenset({Role.LEAD_LIAISON, Role.UNIT_LIAISON}),
    }
)

# The inspector acts on nothing that is inspected; who makes does not approve, who approves does not
# pay, who pays does not make; who hands out posts neither approves nor pays. Who sets the steps of approvals
# hands in nothing there: the action keeps that, for a small house whose administrator also writes plans.
INCOMPATIBLE: frozenset[frozenset[Role]] = frozenset(
    {frozenset({Role.INSPECTOR, role}) for role in Role if role is not Role.INSPECTOR}
    | {frozenset(pair) for pair in combinations((Role.PROGRAMME_OFFICER, Role.APPROVER, Role.FINANCE), 2)}
    | {frozenset({Role.ADMINISTRATOR, role}) for role in (Role.APPROVER, Role.FINANCE)}
)

_LABELS: Mapping[Role, Promise] = MappingProxyType(
    {
        Role.PROGRAMME_OFFICER: _("Programme officer"),
        Role.APPROVER: _("Approver"),
        Role.FINANCE: _("Finance officer"),
        Role.LEAD_LIAISON: _("Lead office's liaison"),
        Role.EPIDEMIC_OFFICE: _("Epidemic office"),
        Role.INSPECTOR: _("Discipline inspector"),
        Role.UNIT_LIAISON: _("Unit's liaison"),
        Role.ADMINISTRATOR: _("Administrator"),
        Role.UNION_OFFICER: _("Union officer"),
        Role.PRIVACY_OFFICER: _("Privacy officer"),
        Role.PUBLICITY_OFFICER: _("Publicity officer"),
    }
)


def role_label(role: Role | str) -> Promise:
    """Return the role's name, translated when it is shown.

    Raises:
        ValueError: When there is no such role.

    """
    return _LABELS[Role(role)]


def roles_with(permission: Permission) -> list[Role]:
    """Return the roles that grant `permission`, in the order they are listed."""
    return [role for role, granted in ROLE_PERMISSIONS.items() if permission in granted]


def roles_above(permission: Permission) -> list[Role]:
    """Return the roles that grant `permission` over all below their unit too, as they are listed."""
    here = AT_OWN_UNIT.get(permission, frozenset())
    return [role for role in roles_with(permission) if role not in here]


def granted_above(role: Role) -> frozenset[Permission]:
    """Return what the role grants over all below its unit."""
    return frozenset(one for one in ROLE_PERMISSIONS[role] if role not in AT_OWN_UNIT.get(one, frozenset()))
