from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """A question may offer choices; its answer is then one of them, and its key is kept."""

    dependencies = [("plans", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="question",
            name="choices",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="question",
            name="choice",
            field=models.CharField(default="", max_length=60),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=(Q(choice="") & (Q(answer="") | Q(choices=[])))
                | (~Q(choice="") & ~Q(answer="") & ~Q(choices=[])),
                name="plans_question_choice",
            ),
        ),
    ]
