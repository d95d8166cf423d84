import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

from songnuan.kernel.append_only import append_only
from songnuan.kernel.shut import shut


class Migration(migrations.Migration):
    replaces = [
        ("funds", "0001_earmarked_funds"),
        ("funds", "0002_returns_refunds_closings"),
        ("funds", "0003_closed_funds_are_shut"),
        ("funds", "0004_what_is_lost"),
    ]

    initial = True

    dependencies = [
        ("organisation", "__first__"),
        ("plans", "0001_initial"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Fund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("opened_at", models.DateTimeField()),
                ("granted_minor", models.BigIntegerField()),
                ("appropriated_minor", models.BigIntegerField(default=0)),
                ("committed_minor", models.BigIntegerField(default=0)),
                ("disbursed_minor", models.BigIntegerField(default=0)),
                ("returned_minor", models.BigIntegerField(default=0)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.document"
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("plan", "document"), name="funds_fund_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "appropriated_minor__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("committed_minor"), "+", models.F("disbursed_minor")
                                    ),
                                    "+",
                                    models.F("returned_minor"),
                                ),
                            )
                        ),
                        name="funds_fund_not_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("appropriated_minor__lte", models.F("granted_minor"))),
                        name="funds_fund_within_document",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("appropriated_minor__gte", 0),
                            ("committed_minor__gte", 0),
                            ("disbursed_minor__gte", 0),
                            ("returned_minor__gte", 0),
                        ),
                        name="funds_fund_counters_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            models.Q(
                                (
                                    "appropriated_minor",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("disbursed_minor"), "+", models.F("returned_minor")
                                    ),
                                ),
                                ("committed_minor", 0),
                            ),
                            _connector="OR",
                        ),
                        name="funds_fund_closed_empty",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("appropriate", "appropriation"),
                            ("commit", "commitment"),
                            ("release", "release"),
                            ("disburse", "disbursement"),
                            ("refund", "refund"),
                            ("return", "return"),
                            ("reverse", "reversal"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                ("happened_on", models.DateField()),
                ("at", models.DateTimeField()),
                ("subject", models.CharField(default="", max_length=120)),
                ("clause_key", models.CharField(default="", max_length=60)),
                ("voucher", models.CharField(default="", max_length=200)),
                ("reason", models.CharField(default="", max_length=400)),
                (
                    "commitment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="draws", to="funds.entry"
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reverses",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reversals",
                        to="funds.entry",
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="entries", to="funds.fund"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["subject"], name="funds_entry_subject")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["appropriate", "commit", "release", "disburse", "refund", "return", "reverse"],
                            )
                        ),
                        name="funds_entry_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="funds_entry_amount_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("appropriate", "disburse", "refund", "return")), _negated=True),
                            models.Q(("voucher", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="funds_entry_voucher",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind__in", ("release", "disburse", "refund")), _negated=True),
                            ("commitment__isnull", False),
                            _connector="OR",
                        ),
                        name="funds_entry_draws_on",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "reverse"),
                                ("reverses__isnull", False),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(models.Q(("kind", "reverse"), _negated=True), ("reverses__isnull", True)),
                            _connector="OR",
                        ),
                        name="funds_entry_reversal_whole",
                    ),
                    models.UniqueConstraint(fields=("reverses",), name="funds_entry_reversed_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("kind__in", ("appropriate", "disburse", "refund", "return"))),
                        fields=("fund", "voucher"),
                        name="funds_entry_voucher_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "account",
                    models.CharField(
                        choices=[
                            ("source", "source"),
                            ("available", "available"),
                            ("committed", "committed"),
                            ("disbursed", "disbursed"),
                            ("returned", "returned"),
                        ],
                        max_length=12,
                    ),
                ),
                ("amount_minor", models.BigIntegerField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="postings", to="funds.entry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("account__in", ["source", "available", "committed", "disbursed", "returned"])
                        ),
                        name="funds_posting_account",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor", 0), _negated=True), name="funds_posting_not_zero"
                    ),
                    models.UniqueConstraint(fields=("entry", "account"), name="funds_posting_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("amount_minor", models.BigIntegerField()),
                ("disbursed_minor", models.BigIntegerField(default=0)),
                ("released_minor", models.BigIntegerField(default=0)),
                ("refunded_minor", models.BigIntegerField(default=0)),
                ("is_reversed", models.BooleanField(default=False)),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="rest", to="funds.entry"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "amount_minor__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("disbursed_minor"), "+", models.F("released_minor")
                                ),
                            )
                        ),
                        name="funds_commitment_not_overdrawn",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("amount_minor__gt", 0), ("disbursed_minor__gte", 0), ("released_minor__gte", 0)
                        ),
                        name="funds_commitment_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_reversed", False),
                            models.Q(("disbursed_minor", 0), ("released_minor", 0)),
                            _connector="OR",
                        ),
                        name="funds_commitment_reversed_unused",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("refunded_minor__gte", 0), ("refunded_minor__lte", models.F("disbursed_minor"))
                        ),
                        name="funds_commitment_refunded_within_paid",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.CharField(choices=[("close", "closing"), ("reopen", "reopening")], max_length=8)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("proposed", "waits to be confirmed"),
                            ("confirmed", "confirmed"),
                            ("declined", "declined"),
                            ("withdrawn", "withdrawn"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("left_minor", models.BigIntegerField()),
                ("lost_minor", models.BigIntegerField(default=0)),
                ("voucher", models.CharField(default="", max_length=200)),
                ("reason", models.CharField(max_length=400)),
                ("proposed_at", models.DateTimeField()),
                ("decided_at", models.DateTimeField(null=True)),
                ("remark", models.CharField(default="", max_length=400)),
                ("entries", models.PositiveIntegerField(null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "entry",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="closing", to="funds.entry"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="closings", to="funds.fund"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("step__in", ["close", "reopen"])), name="funds_closing_step"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="funds_closing_reason"
                    ),
                    models.CheckConstraint(condition=models.Q(("lost_minor__gte", 0)), name="funds_closing_lost"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True), ("decided_by__isnull", True), ("status", "proposed")
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status__in", ("confirmed", "declined")),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by", models.F("proposed_by")),
                                ("status", "withdrawn"),
                            ),
                            _connector="OR",
                        ),
                        name="funds_closing_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entries__isnull", False), ("status", "confirmed")),
                            models.Q(
                                models.Q(("status", "confirmed"), _negated=True),
                                ("entries__isnull", True),
                                ("entry__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="funds_closing_confirmed_whole",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "proposed")), fields=("fund",), name="funds_closing_one_waits"
                    ),
                ],
            },
        ),
        append_only("funds_entry"),
        append_only("funds_posting"),
        shut("funds_entry", key="fund_id", above="funds_fund", column="closed_at"),
    ]
