"""What was taken back until now was taken back by its maker: nobody else could."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import OuterRef, Subquery


def by_its_maker(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Name the maker as who took it back."""
    made = apps.get_model("approvals", "Act").objects.filter(request=OuterRef("pk"), verb="request")
    taken = apps.get_model("approvals", "Request").objects.filter(status="withdrawn")
    taken.update(withdrawn_by=Subquery(made.values("person")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('approvals', '0005_authors_plan_kinds_and_who_took_back'),
    ]

    operations = [
        # By itself: PostgreSQL changes no table while its rows wait to be checked.
        migrations.RunPython(by_its_maker, migrations.RunPython.noop),
    ]
