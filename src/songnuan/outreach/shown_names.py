"""What people are called on lists and papers of courses and events; of who is restricted, the mask alone."""

from songnuan.outreach.course_models import Learner
from songnuan.outreach.event_models import Invitation
from songnuan.people.masking import listed_name
from songnuan.people.models import Person


def learner_listed(row: Learner) -> str:
    """Return a learner's name as a list shows it; empty once they are erased."""
    return _listed(row.person)


def invited_listed(row: Invitation) -> str:
    """Return the name of somebody who is invited as a list shows it; empty once they are erased."""
    if row.user is not None:
        return row.user.name
    return _listed(row.person) if row.person else ""


def _listed(person: Person) -> str:
    living = person.merged_into or person
    return listed_name(living.name, minor=living.restricted)
