"""What the worker does to find entries that may be one person."""

from django_tasks import task

from songnuan.journeys.find_duplicates import find_duplicates
from songnuan.kernel.actor import SYSTEM
from songnuan.organisation.queries import now
from songnuan.people.models import RosterImport


@task
def find_after_import(import_key: str) -> int:
    """Look among whom an import may have brought; return how many pairs are new."""
    since = RosterImport.objects.values_list("created_at", flat=True).get(key=import_key)
    return find_duplicates(since=since, actor=SYSTEM, at=now())


@task
def find_all_duplicates() -> int:
    """Look among everybody; return how many pairs are new."""
    return find_duplicates(actor=SYSTEM, at=now())
