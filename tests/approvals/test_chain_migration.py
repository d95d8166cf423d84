"""A database made before there were chains keeps its requests: one step, each act in the own office."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from songnuan.approvals.checks import verify
from songnuan.approvals.models import Act, Request
from visits.builders import bureau, moment

OLD, NEW = [("approvals", "0001_requests_and_acts")], [("approvals", "0004_one_act_for_one_office")]


@pytest.mark.django_db(transaction=True)
def test_what_was_asked_for_and_done_before_stands_as_one_step() -> None:
    house = bureau()
    asked = {"kind": "plan.issue", "stream": house.stream, "title": "x", "digest": "ab" * 32}
    try:
        MigrationExecutor(connection).migrate(OLD)
        apps = MigrationExecutor(connection).loader.project_state(OLD).apps
        requests, acts = (apps.get_model("approvals", name).objects for name in ("Request", "Act"))
        for number, verbs in enumerate((["request"], ["request", "approve"], ["request", "return"]), start=1):
            status = {"request": "pending", "approve": "approved", "return": "returned"}[verbs[-1]]
            row = requests.create(
                subject=f"plans.plan:x@{number}",
                unit_id=house.bureau.pk,
                status=status,
                requested_at=moment(6),
                **asked,
            )
            for verb, who in zip(verbs, (house.officer, house.approver), strict=False):
                acts.create(request=row, person_id=who.user_id, verb=verb, at=moment(6), remark="请改")
    finally:
        MigrationExecutor(connection).migrate(NEW)
    assert verify() == []
    assert [(row.step, row.steps.get().permission) for row in Request.objects.all()] == [
        (1, "plan.approve")
    ] * 3
    assert all(act.holder_id == act.person_id for act in Act.objects.all())
    with pytest.raises(IntegrityError), transaction.atomic():  # acts are closed again
        Act.objects.update(remark="")
