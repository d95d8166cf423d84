import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import songnuan.kernel.sealed
from songnuan.kernel.append_only import append_only


class Migration(migrations.Migration):
    replaces = [
        ("goods", "0001_kits_purchases_stock"),
        ("goods", "0002_lots_counts_donations"),
        ("goods", "0003_what_came_before_gets_a_lot"),
        ("goods", "0004_every_packet_has_its_lot"),
        ("goods", "0005_purchase_requests"),
        ("goods", "0006_kits_in_parts"),
        ("goods", "0007_packs_that_do_not_come"),
        ("goods", "0008_what_was_entered_wrongly"),
        ("goods", "0009_specifications"),
        ("goods", "0010_issues_taken_back"),
    ]

    initial = True

    dependencies = [
        ("funds", "0001_initial"),
        ("organisation", "0001_initial"),
        ("organisation", "__first__"),
        ("plans", "0001_initial"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Store",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "plan",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.plan"),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("plan",), name="goods_store_once")],
            },
        ),
        migrations.CreateModel(
            name="Count",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("counting", "being counted"),
                            ("waiting", "differences wait for a decision"),
                            ("agreed", "agrees with the books"),
                            ("accepted", "differences accepted"),
                            ("recount", "to be counted again"),
                            ("abandoned", "abandoned"),
                        ],
                        default="counting",
                        max_length=10,
                    ),
                ),
                ("counted_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(default="", max_length=400)),
                (
                    "counted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                    "started_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="counts", to="goods.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ("counting", "waiting"))),
                        fields=("store",),
                        name="goods_count_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("counted_at__isnull", True), ("counted_by__isnull", True), ("status", "counting")
                            ),
                            models.Q(
                                ("counted_at__isnull", True), ("counted_by__isnull", True), ("status", "abandoned")
                            ),
                            models.Q(
                                models.Q(("status__in", ("counting", "abandoned")), _negated=True),
                                ("counted_at__isnull", False),
                                ("counted_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="goods_count_counted_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status__in", ("accepted", "recount")),
                                models.Q(("reason", ""), _negated=True),
                                models.Q(("decided_by", models.F("started_by")), _negated=True),
                                models.Q(("decided_by", models.F("counted_by")), _negated=True),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("status", "abandoned"),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("status__in", ("accepted", "recount", "abandoned")), _negated=True),
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("reason", ""),
                            ),
                            _connector="OR",
                        ),
                        name="goods_count_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Donation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("donor", models.CharField(max_length=120)),
                (
                    "donor_kind",
                    models.CharField(choices=[("organisation", "organisation"), ("person", "person")], max_length=12),
                ),
                ("donated_on", models.DateField()),
                (
                    "valuation",
                    models.CharField(choices=[("invoiced", "by invoice"), ("estimated", "estimated")], max_length=10),
                ),
                ("total_minor", models.BigIntegerField()),
                ("receiver_name", songnuan.kernel.sealed.SealedField(default="")),
                ("recorded_at", models.DateTimeField()),
                ("late_entry", models.BooleanField(default=False)),
                ("before_plan", models.BooleanField(default=False)),
                ("reason_late", models.CharField(default="", max_length=400)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancel_reason", models.CharField(default="", max_length=400)),
                (
                    "cancelled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="donations", to="goods.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("store", "number"), name="goods_donation_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__gt", 0), ("total_minor__gt", 0), models.Q(("donor", ""), _negated=True)
                        ),
                        name="goods_donation_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("before_plan", False), ("late_entry", False)),
                            models.Q(("reason_late", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="goods_donation_late_entry_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("cancel_reason", ""), ("cancelled_at__isnull", True), ("cancelled_by__isnull", True)
                            ),
                            models.Q(
                                ("cancelled_at__isnull", False),
                                ("cancelled_by__isnull", False),
                                models.Q(("cancel_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="goods_donation_cancelled_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("specification", models.CharField(default="", max_length=40)),
                ("packing", models.CharField(max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("name", "specification", "packing"), name="goods_item_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="DonationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("unit_value_minor", models.BigIntegerField()),
                (
                    "donation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.donation"
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("unit_value_minor__gt", 0)),
                        name="goods_donation_line_positive",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Kit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120)),
                ("standard_minor", models.BigIntegerField()),
                ("version", models.PositiveIntegerField(default=0)),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"),
                ),
                (
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="plans.measure"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("measure",), name="goods_kit_once"),
                    models.CheckConstraint(
                        condition=models.Q(("standard_minor__gt", 0)), name="goods_kit_standard_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KitLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("expires", models.BooleanField(default=False)),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.kit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kit", "item"), name="goods_kit_line_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gt", 0)), name="goods_kit_line_quantity"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("happened_on", models.DateField()),
                ("receiver_name", songnuan.kernel.sealed.SealedField(default="")),
                ("confirmed_by_name", models.BooleanField(default=False)),
                ("recorded_at", models.DateTimeField()),
                ("late_entry", models.BooleanField(default=False)),
                ("reason_late", models.CharField(default="", max_length=400)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                ("withdraw_reason", models.CharField(default="", max_length=400)),
                (
                    "donation",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issue",
                        to="goods.donation",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "signature",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="issues", to="goods.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("signature__isnull", False), ("confirmed_by_name", True), _connector="OR"),
                        name="goods_issue_signed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("late_entry", False), models.Q(("reason_late", ""), _negated=True), _connector="OR"
                        ),
                        name="goods_issue_late_entry_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("withdraw_reason", ""), ("withdrawn_at__isnull", True), ("withdrawn_by__isnull", True)
                            ),
                            models.Q(
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                                models.Q(("withdraw_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="goods_issue_withdrawn_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReplacedInvoice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("added_at", models.DateTimeField()),
                ("replaced_at", models.DateTimeField()),
                ("reason", models.CharField(max_length=400)),
                (
                    "added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.storedfile"
                    ),
                ),
                (
                    "replaced_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="goods_replaced_invoice_says_why"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CountLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("booked", models.BigIntegerField()),
                ("counted", models.BigIntegerField(null=True)),
                (
                    "count",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.count"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("booked__gte", 0),
                            models.Q(("counted__isnull", True), ("counted__gte", 0), _connector="OR"),
                        ),
                        name="goods_count_line_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Disposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=400)),
                ("proposed_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waits for a decision"),
                            ("accepted", "disposed of"),
                            ("returned", "not allowed"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("remark", models.CharField(default="", max_length=400)),
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
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), models.Q(("reason", ""), _negated=True)),
                        name="goods_disposal_of_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("status", "waiting")),
                            models.Q(
                                models.Q(("status", "waiting"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="goods_disposal_decided_by_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("reason", models.CharField(max_length=400)),
                ("total_minor", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "waits for approval"),
                            ("approved", "approved"),
                            ("returned", "returned"),
                            ("withdrawn", "withdrawn"),
                            ("bought", "bought"),
                        ],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("chosen_at", models.DateTimeField(null=True)),
                ("chosen_why", models.CharField(default="", max_length=400)),
                ("is_compared", models.BooleanField(default=False)),
                ("withdrawn_why", models.CharField(default="", max_length=400)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "chosen_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "commitment",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.entry"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="requests", to="goods.kit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "number"), name="goods_request_number_once"),
                    models.UniqueConstraint(fields=("commitment",), name="goods_request_commitment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0)), name="goods_request_total_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="goods_request_says_why"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status", "withdrawn"),
                            models.Q(("commitment__isnull", True), ("status__in", ("pending", "returned"))),
                            models.Q(("commitment__isnull", False), ("status__in", ("approved", "bought"))),
                            _connector="OR",
                        ),
                        name="goods_request_funded",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("most_minor", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.purchaserequest"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("request", "item"), name="goods_request_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("most_minor__gt", 0), ("quantity__gt", 0)),
                        name="goods_request_line_positive",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Quotation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("supplier", models.CharField(max_length=120)),
                ("quoted_on", models.DateField()),
                ("note", models.CharField(default="", max_length=400)),
                ("recorded_at", models.DateTimeField()),
                ("set_aside_at", models.DateTimeField(null=True)),
                ("set_aside_why", models.CharField(default="", max_length=400)),
                (
                    "file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quotations",
                        to="goods.purchaserequest",
                    ),
                ),
                (
                    "set_aside_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("set_aside_at__isnull", True)),
                        fields=("request", "supplier"),
                        name="goods_quotation_supplier_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("supplier", ""), _negated=True), name="goods_quotation_supplier_named"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("set_aside_at__isnull", True), ("set_aside_by__isnull", True), ("set_aside_why", "")
                            ),
                            models.Q(
                                ("set_aside_at__isnull", False),
                                ("set_aside_by__isnull", False),
                                models.Q(("set_aside_why", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="goods_quotation_set_aside_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QuotationLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("unit_price_minor", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
                (
                    "quotation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.quotation"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("quotation", "item"), name="goods_quotation_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("unit_price_minor__gt", 0)), name="goods_quotation_line_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Purchase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("supplier", models.CharField(max_length=120)),
                ("invoice_number", models.CharField(max_length=60)),
                ("bought_on", models.DateField()),
                ("total_minor", models.BigIntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("reason_late", models.CharField(default="", max_length=400)),
                ("cancelled_at", models.DateTimeField(null=True)),
                ("cancel_reason", models.CharField(default="", max_length=400)),
                ("invoice_added_at", models.DateTimeField(null=True)),
                (
                    "commitment",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.entry"),
                ),
                (
                    "disbursement",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.entry"
                    ),
                ),
                (
                    "fund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.fund"),
                ),
                (
                    "invoice_added_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "invoice_file",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.storedfile",
                    ),
                ),
                (
                    "kit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchases", to="goods.kit"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchases",
                        to="goods.purchaserequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("fund", "number"), name="goods_purchase_number_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("fund", "supplier", "invoice_number"),
                        name="goods_purchase_invoice_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("invoice_file",),
                        name="goods_purchase_invoice_file_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("cancelled_at__isnull", True)),
                        fields=("request",),
                        name="goods_purchase_request_once",
                    ),
                    models.UniqueConstraint(fields=("commitment",), name="goods_purchase_commitment_once"),
                    models.UniqueConstraint(fields=("disbursement",), name="goods_purchase_disbursement_once"),
                    models.CheckConstraint(
                        condition=models.Q(("total_minor__gt", 0)), name="goods_purchase_total_positive"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("supplier", ""), _negated=True), models.Q(("invoice_number", ""), _negated=True)
                        ),
                        name="goods_purchase_invoice_named",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("cancel_reason", ""), ("cancelled_at__isnull", True)),
                            models.Q(("cancelled_at__isnull", False), models.Q(("cancel_reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="goods_purchase_cancelled_why",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("unit_price_minor", models.BigIntegerField()),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.purchase"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0), ("unit_price_minor__gt", 0)),
                        name="goods_purchase_line_positive",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ShortClosing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("quantity", models.PositiveIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="short_closings",
                        to="goods.purchaseline",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "refund",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="funds.entry"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("line", "refund"), name="goods_short_closing_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity__gt", 0)), name="goods_short_closing_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Lot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(default="", max_length=60)),
                ("expires_on", models.DateField(null=True)),
                (
                    "gift",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="goods.donationline",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.item"),
                ),
                (
                    "line",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lots",
                        to="goods.purchaseline",
                    ),
                ),
                (
                    "store",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lots", to="goods.store"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("expires_on__isnull", False)),
                        fields=("line", "number", "expires_on"),
                        name="goods_lot_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("expires_on__isnull", True)),
                        fields=("line", "number"),
                        name="goods_lot_undated_once",
                    ),
                    models.UniqueConstraint(fields=("gift",), name="goods_lot_of_gift_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("gift__isnull", True), ("line__isnull", False)),
                            models.Q(("gift__isnull", False), ("line__isnull", True)),
                            _connector="OR",
                        ),
                        name="goods_lot_origin",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StockLevel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=40)),
                ("quantity", models.BigIntegerField(default=0)),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="levels", to="goods.lot"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("lot", "place"), name="goods_level_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 0)), name="goods_level_not_negative"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Movement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("receive", "received"),
                            ("send_back", "sent back"),
                            ("hand_over", "handed over"),
                            ("donate", "donated"),
                            ("issue", "distributed"),
                            ("count", "corrected by a stock count"),
                            ("dispose", "disposed of"),
                            ("take_back", "donation cancelled"),
                            ("reclaim", "taken back from a unit"),
                        ],
                        max_length=10,
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("subject", models.CharField(default="", max_length=120)),
                ("reason", models.CharField(default="", max_length=400)),
                ("part", models.PositiveSmallIntegerField(default=1)),
                (
                    "kit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="goods.kit"
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisation.unit"
                    ),
                ),
                (
                    "purchase",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="movements",
                        to="goods.purchase",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["subject"], name="goods_movement_subject")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "hand_over")),
                        fields=("kit", "unit", "part"),
                        name="goods_movement_part_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("kind", "hand_over"),
                                ("kit__isnull", False),
                                ("purchase__isnull", True),
                                ("unit__isnull", False),
                            ),
                            models.Q(
                                ("kind__in", ("receive", "send_back")),
                                ("kit__isnull", False),
                                ("purchase__isnull", False),
                                ("unit__isnull", True),
                            ),
                            models.Q(
                                ("kind__in", ("issue", "reclaim")),
                                ("kit__isnull", True),
                                ("purchase__isnull", True),
                                ("unit__isnull", False),
                            ),
                            models.Q(
                                ("kind__in", ("donate", "count", "dispose", "take_back")),
                                ("kit__isnull", True),
                                ("purchase__isnull", True),
                                ("unit__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="goods_movement_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MovementLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("place", models.CharField(max_length=40)),
                ("quantity", models.BigIntegerField()),
                (
                    "lot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.lot"
                    ),
                ),
                (
                    "movement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="goods.movement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("movement", "lot", "place"), name="goods_movement_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(("quantity", 0), _negated=True), name="goods_movement_line_not_zero"
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="Issue",
            name="movement",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="issue", to="goods.movement"
            ),
        ),
        migrations.AddField(
            model_name="ReplacedInvoice",
            name="purchase",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="replaced_invoices", to="goods.purchase"
            ),
        ),
        migrations.AddField(
            model_name="CountLine",
            name="lot",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.lot"),
        ),
        migrations.AddConstraint(
            model_name="CountLine",
            constraint=models.UniqueConstraint(fields=("count", "lot"), name="goods_count_line_once"),
        ),
        migrations.AddField(
            model_name="Disposal",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="disposals", to="goods.lot"
            ),
        ),
        migrations.AddConstraint(
            model_name="Disposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "waiting")), fields=("lot",), name="goods_disposal_one_waits"
            ),
        ),
        migrations.AddField(
            model_name="PurchaseRequest",
            name="chosen",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="goods.quotation"
            ),
        ),
        migrations.AddConstraint(
            model_name="PurchaseRequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("chosen__isnull", True), ("chosen_at__isnull", True), ("chosen_by__isnull", True)),
                    models.Q(("chosen__isnull", False), ("chosen_at__isnull", False), ("chosen_by__isnull", False)),
                    _connector="OR",
                ),
                name="goods_request_chosen_by",
            ),
        ),
        append_only("goods_donationline"),
        append_only("goods_lot"),
        append_only("goods_movement"),
        append_only("goods_movementline"),
        append_only("goods_purchaseline"),
        append_only("goods_quotationline"),
        append_only("goods_replacedinvoice"),
        append_only("goods_requestline"),
        append_only("goods_shortclosing"),
    ]
