"""What the states of a lifecycle are called in the trail, by its name."""

from collections.abc import Mapping

from django.db.models import TextChoices

from songnuan.approvals.models import DelegationStatus, RequestStatus
from songnuan.casework.flexible_models import FlexibleStatus
from songnuan.emergency.models import ActivationStatus, AlertStatus, HandoverStatus, SummaryStatus
from songnuan.funds.models import StepStatus
from songnuan.goods.request_models import RequestStatus as AskedStatus
from songnuan.outreach.lesson_models import LessonStatus
from songnuan.payments.models import ListStatus
from songnuan.payments.release_models import ResultStatus
from songnuan.people.models import CorrectionStatus, ImportStatus, PairStatus, RosterStatus
from songnuan.plans.models import AmendmentStatus, MeasureStatus, PlanStatus
from songnuan.tasks.models import TaskStatus
from songnuan.visits.models import LaterDayStatus, VisitStatus

STATES: Mapping[str, type[TextChoices]] = {
    "amendment": AmendmentStatus,
    "approvals.delegation": DelegationStatus,
    "approvals.request": RequestStatus,
    "casework.flexible": FlexibleStatus,
    "emergency.activation": ActivationStatus,
    "emergency.alert": AlertStatus,
    "emergency.handover": HandoverStatus,
    "emergency.summary": SummaryStatus,
    "funds.closing": StepStatus,
    "goods.request": AskedStatus,
    "measure": MeasureStatus,
    "outreach.lesson": LessonStatus,
    "payments.list": ListStatus,
    "payments.result": ResultStatus,
    "people.correction": CorrectionStatus,
    "people.duplicatepair": PairStatus,
    "people.roster": RosterStatus,
    "people.rosterimport": ImportStatus,
    "plan": PlanStatus,
    "tasks.item": TaskStatus,
    "tasks.task": TaskStatus,
    "visits.later_day": LaterDayStatus,
    "visits.visit": VisitStatus,
}
