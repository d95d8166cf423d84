"""What was asked for before had one step, the signature; whoever acted did so in the own office."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F


def one_step(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Give every request its one step, and every act its office and its step."""
    requests = apps.get_model("approvals", "Request").objects
    steps = apps.get_model("approvals", "RequestStep").objects
    for pk, unit_id in requests.order_by("pk").values_list("pk", "unit_id").iterator():
        steps.create(request_id=pk, position=1, kind="sign", permission="plan.approve", unit_id=unit_id)
    acts = apps.get_model("approvals", "Act").objects
    acts.update(holder=F("person"))
    acts.exclude(verb="request").update(step=1)


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0002_chains_and_delegations'),
    ]

    operations = [
        # By itself: PostgreSQL changes no table while its rows wait to be checked.
        migrations.RunPython(one_step, migrations.RunPython.noop),
    ]
