"""What waits for approval learns who wrote it; answers given after the last approval are marked so."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def authors(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Name everybody who wrote a version of a plan that waits for approval."""
    written = apps.get_model("approvals", "RequestAuthor").objects
    versions = apps.get_model("plans", "PlanVersion").objects
    waiting = apps.get_model("approvals", "Request").objects.filter(
        status="pending", subject__startswith="plans.plan:"
    )
    for pk, subject in waiting.order_by("pk").values_list("pk", "subject"):
        slug = subject.removeprefix("plans.plan:").rpartition("@")[0]
        of_plan = versions.filter(plan__slug=slug, created_by__isnull=False)
        for person in set(of_plan.values_list("created_by", flat=True)):
            written.get_or_create(request_id=pk, person_id=person)


def late_answers(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Mark what was answered after the plan was approved, unless an amendment brought the answer."""
    acts = apps.get_model("approvals", "Act").objects
    amendments = apps.get_model("plans", "Amendment").objects
    questions = apps.get_model("plans", "Question").objects
    for plan in apps.get_model("plans", "Plan").objects.filter(status__in=["approved", "open", "closed"]):
        last = acts.filter(
            verb="approve",
            request__kind="plan.issue",
            request__status="approved",
            request__subject__startswith=f"plans.plan:{plan.slug}@",
        ).order_by("-pk")
        approved_at = last.values_list("at", flat=True).first()
        if approved_at is not None:
            brought = amendments.filter(plan=plan, status="in_force").values("ended_at")
            given = questions.filter(plan=plan, answered_at__gt=approved_at)
            given.exclude(answered_at__in=brought).update(after_approval=True)


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0007_taken_back_says_by_whom'),
        ('plans', '0005_kinds_of_plan_answers_after_approval'),
    ]

    operations = [
        # By itself: PostgreSQL changes no table while its rows wait to be checked.
        migrations.RunPython(authors, migrations.RunPython.noop),
        migrations.RunPython(late_answers, migrations.RunPython.noop),
    ]
