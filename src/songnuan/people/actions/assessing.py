"""Signs versions of the impact assessment."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from songnuan.audit.record import record
from songnuan.kernel.actor import Actor
from songnuan.kernel.refusal import NotPermitted, Refusal
from songnuan.people import assessment
from songnuan.people.assessment import Facts
from songnuan.people.models import Assessment
from songnuan.people.queries import assessment as queries


@transaction.atomic(savepoint=False)
def sign_assessment(
    *,
    judgement: assessment.Judgement,
    seen: str,
    after: int,
    actor: Actor,
    at: datetime,
) -> Assessment:
    """Keep the facts of today with the judgement, as the next version.

    Args:
        judgement: What the officer stands for.
        seen: The digest of the facts that the officer read.
        after: The number of the newest version then, 0 for none.
        actor: Needs PRIVACY_MANAGE over every unit that keeps a roster, and is a person.
        at: When.

    Raises:
        NotPermitted: `not_permitted`, `assessment_part`, `person_needed`.
        Refusal: `judgement_missing`, `level_unknown`, `text_too_long`, `assessment_newer` when somebody
            signed meanwhile, `facts_changed` when the facts are not those that were read.

    """
    queries.require_whole(actor, at)
    if actor.user_id is None:
        sentence = _("Only a person can sign an assessment. Sign in with your own account.")
        raise NotPermitted("person_needed", sentence)
    told = assessment.judgement(
        lawful=judgement.lawful,
        impact=judgement.impact,
        level=judgement.level,
        measures=judgement.measures,
    )
    newest = queries.versions().values_list("number", flat=True).first() or 0
    if newest != after:
        raise _newer()
    facts = queries.facts(at)
    if assessment.digest_of_facts(facts) != seen:
        sentence = _(
            "The facts have changed since this page was opened. Look through them again, then sign; "
            "what you wrote is kept."
        )
        raise Refusal("facts_changed", sentence)
    row = _store(after + 1, facts, told.text(), actor.user_id, at)
    record(
        stream="people",
        action="people.sign_assessment",
        subject=f"people.assessment:{row.number}",
        actor=actor,
        at=at,
        facts={
            "digest": row.digest,
            "level": told.level,
            "concerns": len(queries.concerns_of(facts)),
        },
    )
    return row


def _store(number: int, facts: Facts, text: str, made_by: int, at: datetime) -> Assessment:
    """Store a version with its digest.

    Raises:
        Refusal: `assessment_newer`.

    """
    row = Assessment(number=number, facts=facts, judgement=text, made_by_id=made_by, made_at=at)
    row.digest = assessment.digest(number=number, facts=facts, judgement=text, made_by=made_by, made_at=at)
    try:
        Assessment.objects.bulk_create([row])
    except IntegrityError:
        raise _newer() from None
    return row


def _newer() -> Refusal:
    sentence = _("A version was signed meanwhile. Read it first; sign another only if it lacks something.")
    return Refusal("assessment_newer", sentence)
