"""What loading and amending share: writing what a plan file says into rows. Called by the actions only."""

from collections.abc import Iterable
from datetime import datetime

from songnuan.kernel.actor import Actor
from songnuan.plans.models import Basis, Clause, Measure, Plan, PlanVersion, Question
from songnuan.plans.planfile import PlanFile
from songnuan.plans.rules import asked_alike


def write_text(version: PlanVersion, plan_file: PlanFile) -> None:
    """Write what the version rests on, and its clauses."""
    Basis.objects.bulk_create(
        Basis(
            version=version,
            position=position,
            title=basis.title,
            number=basis.number or "",
            issuer=basis.issuer or "",
            dated_on=basis.dated_on,
        )
        for position, basis in enumerate(plan_file.basis, start=1)
    )
    Clause.objects.bulk_create(
        Clause(
            version=version,
            position=position,
            key=clause.key,
            number=clause.number,
            level=clause.level,
            title=clause.title,
            text=clause.text,
        )
        for position, clause in enumerate(plan_file.clauses, start=1)
    )


def write_measures(plan: Plan, plan_file: PlanFile) -> None:
    """Replace the measures of a draft: none of them was opened, so nothing hangs on one."""
    Measure.objects.filter(plan=plan).delete()
    Measure.objects.bulk_create(
        Measure(
            plan=plan,
            position=position,
            key=measure.key,
            clause_key=clause.key,
            kind=measure.kind,
            settings=measure.settings,
        )
        for position, (clause, measure) in enumerate(plan_file.measures(), start=1)
    )


def write_questions(plan: Plan, plan_file: PlanFile, actor: Actor, at: datetime) -> None:
    """Replace the questions of a draft; an answer given meanwhile is kept for a question asked as before."""
    _ask(plan, plan_file, [], actor, at)


def amend_questions(plan: Plan, plan_file: PlanFile, actor: Actor, at: datetime) -> None:
    """Replace the questions of a running plan; one that was answered stays, told of or not."""
    told = {question.key for question in plan_file.questions}
    _ask(
        plan,
        plan_file,
        Question.objects.filter(plan=plan).exclude(answer="").exclude(key__in=told),
        actor,
        at,
    )


def _ask(plan: Plan, plan_file: PlanFile, kept: Iterable[Question], actor: Actor, at: datetime) -> None:
    asked = dict(Question.objects.filter(plan=plan).values_list("key", "asked_at"))
    given = {row.key: row for row in Question.objects.filter(plan=plan).exclude(answer="")}
    staying = list(kept)
    Question.objects.filter(plan=plan).delete()
    rows = []
    for position, question in enumerate(plan_file.questions, start=1):
        row = Question(
            plan=plan,
            position=position,
            key=question.key,
            text=question.text,
            clause_key=question.clause or "",
            blocks=question.blocks,
            choices=question.offered,
            asked_at=asked.get(question.key, at),
        )
        earlier = given.get(question.key)
        row.answer, row.ground, row.choice = question.answer or "", question.ground or "", question.choice
        if (
            earlier is not None
            and asked_alike(earlier, question)
            and (not row.answer or (row.answer, row.ground) == (earlier.answer, earlier.ground))
        ):
            row.answer, row.ground, row.choice = earlier.answer, earlier.ground, earlier.choice
            row.answered_by_id, row.answered_at = earlier.answered_by_id, earlier.answered_at
            # What stands in the text is approved with it.
            row.after_approval = earlier.after_approval and not question.answer
        elif row.answer:
            row.answered_by_id, row.answered_at = actor.user_id, at
        rows.append(row)
    for row in staying:
        row.pk, row.position = None, len(rows) + 1
        rows.append(row)
    Question.objects.bulk_create(rows)
