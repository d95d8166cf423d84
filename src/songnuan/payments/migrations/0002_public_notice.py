import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import songnuan.kernel.sealed
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.refusing import refusing

_ONE_RUNS = """EXISTS (
  SELECT 1 FROM payments_notice n LEFT JOIN payments_noticeend e ON e.notice_id = n.id
  WHERE n.payment_list_id = NEW.payment_list_id AND e.id IS NULL)"""
_UNSIGNED = """NOT EXISTS (
  SELECT 1 FROM payments_paymentlist p WHERE p.id = NEW.payment_list_id AND p.status = 'signed')"""
_BEYOND = """NEW.position < 1 OR NEW.position > (
  SELECT n.lines_count FROM payments_notice n WHERE n.id = NEW.notice_id)"""
_OTHERS_LINE = """EXISTS (
  SELECT 1 FROM payments_noticeline l WHERE l.id = NEW.line_id AND l.notice_id <> NEW.notice_id)"""
_ANSWERED = """SELECT 1 FROM payments_objection o JOIN payments_notice n ON n.id = o.notice_id"""
_OWN = f"""EXISTS ({_ANSWERED}
  JOIN payments_listact t ON t.payment_list_id = n.payment_list_id
  WHERE o.id = NEW.objection_id AND t.verb = 'make' AND t.person_id = NEW.answered_by_id)"""
_PAYEE = f"""EXISTS ({_ANSWERED}
  JOIN payments_paymentline l ON l.payment_list_id = n.payment_list_id
  JOIN payments_personaccount a ON a.person_id = l.payee_id
  WHERE o.id = NEW.objection_id AND a.user_id = NEW.answered_by_id)"""
_KEPT = "id notice_id number line_id how received_on recorded_by_id recorded_at".split()
_KEPT_ANSWER = "id objection_id is_upheld answered_by_id answered_at".split()


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('key', models.CharField(max_length=32, unique=True)),
                ('title', models.CharField(max_length=300)),
                ('organ', models.CharField(max_length=120)),
                ('begins_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('days', models.PositiveSmallIntegerField()),
                ('place', models.CharField(max_length=200)),
                ('phone', models.CharField(max_length=40)),
                ('email', models.CharField(default='', max_length=254)),
                ('lines_count', models.PositiveIntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('digest', models.CharField(max_length=64)),
                ('published_at', models.DateTimeField()),
                ('payment_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='payments.paymentlist')),
                ('published_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='NoticeEnd',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('why', models.CharField(max_length=400)),
                ('ended_at', models.DateTimeField()),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('notice', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='end', to='payments.notice')),
            ],
        ),
        migrations.CreateModel(
            name='NoticeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=60)),
                ('tail', models.CharField(default='', max_length=4)),
                ('unit', models.CharField(max_length=120)),
                ('row', models.CharField(max_length=300)),
                ('amount_minor', models.BigIntegerField()),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='payments.notice')),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('text', models.TextField()),
                ('how', models.CharField(choices=[('page', 'on the page of the notice'), ('visit', 'in person'), ('phone', 'by phone'), ('letter', 'by letter'), ('email', 'by e-mail')], max_length=6)),
                ('received_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('line', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.noticeline')),
                ('notice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='objections', to='payments.notice')),
                ('recorded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ObjectionAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('is_upheld', models.BooleanField()),
                ('answered_at', models.DateTimeField()),
                ('answered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='answer', to='payments.objection')),
            ],
        ),
        migrations.CreateModel(
            name='Objector',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', songnuan.kernel.sealed.SealedField(default='')),
                ('phone', songnuan.kernel.sealed.SealedField(default='')),
                ('objection', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='objector', to='payments.objection')),
            ],
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.UniqueConstraint(fields=('payment_list', 'number'), name='payments_notice_number_once'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('days__gte', 1), ('ends_on__gte', models.F('begins_on'))), name='payments_notice_days'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('phone__gt', ''), ('place__gt', '')), name='payments_notice_where'),
        ),
        migrations.AddConstraint(
            model_name='noticeline',
            constraint=models.UniqueConstraint(fields=('notice', 'position'), name='payments_noticeline_place'),
        ),
        migrations.AddConstraint(
            model_name='noticeline',
            constraint=models.CheckConstraint(condition=models.Q(('name__contains', '*')), name='payments_noticeline_masked'),
        ),
        migrations.AddConstraint(
            model_name='noticeline',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('tail'), 4), name='payments_noticeline_tail'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('notice', 'number'), name='payments_objection_number_once'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('how', 'page'), ('recorded_by__isnull', True)), models.Q(('how__in', ('visit', 'phone', 'letter', 'email')), ('recorded_by__isnull', False)), _connector='OR'), name='payments_objection_how'),
        ),
        append_only("payments_notice"),
        append_only("payments_noticeline"),
        append_only("payments_noticeend"),
        append_only("payments_objection", kept=_KEPT, erased={"text": "''"}),
        append_only("payments_objectionanswer", kept=_KEPT_ANSWER, erased={"text": "''"}),
        refusing("payments_notice", "payments_notice_one_runs", _ONE_RUNS),
        refusing("payments_notice", "payments_notice_signed", _UNSIGNED),
        refusing("payments_noticeline", "payments_noticeline_beyond", _BEYOND),
        refusing("payments_objection", "payments_objection_of_notice", _OTHERS_LINE),
        refusing("payments_objectionanswer", "payments_answer_not_own", _OWN),
        refusing("payments_objectionanswer", "payments_answer_no_payee", _PAYEE),
    ]
