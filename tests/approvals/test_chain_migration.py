"""A database of an earlier release keeps its requests: their step, their office, who wrote and took back."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from schema import newest
from songnuan.approvals.checks import verify
from songnuan.approvals.models import Act, Request, RequestAuthor
from songnuan.plans.models import PlanVersion
from visits.builders import SLUG, bureau, moment

SUBJECT = f"plans.plan:{SLUG}"

OLD, BEFORE = [("approvals", "0001_requests_and_acts")], [("approvals", "0004_one_act_for_one_office")]


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
        newest()
    assert verify() == []
    assert [(row.step, row.steps.get().permission) for row in Request.objects.all()] == [
        (1, "plan.approve")
    ] * 3
    assert not RequestAuthor.objects.exists()
    assert all(act.holder_id == act.person_id for act in Act.objects.all())
    with pytest.raises(IntegrityError), transaction.atomic():  # acts are closed again
        Act.objects.update(remark="")


@pytest.mark.django_db(transaction=True)
def test_what_waits_learns_who_wrote_it_and_what_was_taken_back_by_whom_it_was() -> None:
    house = bureau()
    asked = {"kind": "plan.issue", "stream": house.stream, "title": "x", "digest": "ab" * 32}
    for number, writer in enumerate((house.officer, house.liaison, None), start=1):
        PlanVersion.objects.create(
            plan=house.plan,
            number=number,
            source="",
            digest="ab" * 32,
            created_at=moment(6),
            created_by_id=writer.user_id if writer else None,
        )
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        apps = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        requests, acts = (apps.get_model("approvals", name).objects for name in ("Request", "Act"))
        for number, status in enumerate(("pending", "withdrawn"), start=1):
            row = requests.create(
                subject=f"{SUBJECT}@{number}",
                unit_id=house.bureau.pk,
                status=status,
                requested_at=moment(6),
                withdrawn_at=moment(7) if status == "withdrawn" else None,
                **asked,
            )
            maker = house.officer.user_id
            acts.create(request=row, person_id=maker, holder_id=maker, verb="request", at=moment(6))
    finally:
        newest()
    waiting, taken = Request.objects.order_by("pk")
    assert set(waiting.authors.values_list("person", flat=True)) == {
        house.officer.user_id,
        house.liaison.user_id,
    }
    assert (taken.withdrawn_by_id, taken.authors.count()) == (house.officer.user_id, 0)


@pytest.mark.django_db(transaction=True)
def test_who_had_decided_about_the_own_text_by_the_rules_of_before_is_no_finding() -> None:
    house = bureau()
    maker, reviewer = house.officer.user_id, house.office.user_id
    for number, writer in enumerate((reviewer, maker), start=1):
        PlanVersion.objects.create(
            plan=house.plan,
            number=number,
            source="",
            digest="ab" * 32,
            created_at=moment(6),
            created_by_id=writer,
        )
    try:
        MigrationExecutor(connection).migrate(BEFORE)
        apps = MigrationExecutor(connection).loader.project_state(BEFORE).apps
        requests, acts, steps = (
            apps.get_model("approvals", name).objects for name in ("Request", "Act", "RequestStep")
        )
        row = requests.create(
            kind="plan.issue",
            subject=f"{SUBJECT}@2",
            stream=house.stream,
            title="x",
            digest="ab" * 32,
            unit_id=house.bureau.pk,
            step=2,
            requested_at=moment(6),
        )
        for position, kind in enumerate(("review", "sign"), start=1):
            steps.create(
                request=row, position=position, kind=kind, permission="plan.approve", unit_id=house.bureau.pk
            )
        acts.create(request=row, person_id=maker, holder_id=maker, verb="request", at=moment(6))
        acts.create(request=row, person_id=reviewer, holder_id=reviewer, verb="approve", step=1, at=moment(6))
    finally:
        newest()
    assert verify() == []
    assert list(RequestAuthor.objects.values_list("person", flat=True)) == [maker]
    with pytest.raises(IntegrityError), transaction.atomic():  # authors are closed again
        RequestAuthor.objects.all().delete()
