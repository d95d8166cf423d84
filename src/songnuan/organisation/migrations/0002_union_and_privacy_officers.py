"""Two more posts: the union officer and the privacy officer."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_units_people_posts_pairs'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='post',
            name='organisation_post_role',
        ),
        migrations.AlterField(
            model_name='post',
            name='role',
            field=models.CharField(choices=[('programme_officer', 'programme_officer'), ('approver', 'approver'), ('finance', 'finance'), ('lead_liaison', 'lead_liaison'), ('epidemic_office', 'epidemic_office'), ('inspector', 'inspector'), ('unit_liaison', 'unit_liaison'), ('administrator', 'administrator'), ('union_officer', 'union_officer'), ('privacy_officer', 'privacy_officer')], max_length=24),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(('role__in', ['programme_officer', 'approver', 'finance', 'lead_liaison', 'epidemic_office', 'inspector', 'unit_liaison', 'administrator', 'union_officer', 'privacy_officer'])), name='organisation_post_role'),
        ),
    ]
