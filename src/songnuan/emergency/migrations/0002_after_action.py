import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):

    dependencies = [
        ('emergency', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AfterAction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('went_well', models.TextField()),
                ('shortcomings', models.TextField()),
                ('improvements', models.TextField()),
                ('snapshot', models.TextField()),
                ('digest', models.CharField(max_length=64)),
                ('written_at', models.DateTimeField()),
                ('activation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='emergency.activation')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('activation', 'version'), name='emergency_afteraction_once'), models.CheckConstraint(condition=models.Q(models.Q(('went_well', ''), _negated=True), models.Q(('shortcomings', ''), _negated=True), models.Q(('improvements', ''), _negated=True), ('version__gt', 0)), name='emergency_afteraction_whole')],
            },
        ),
        append_only("emergency_afteraction"),
    ]
