"""The tables as migrating makes them, and databases brought up before there was one migration an app."""

import json
from importlib import import_module
from importlib.util import find_spec
from unittest.mock import patch

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core.management import call_command
from django.db import OperationalError, connection, models
from django.db.migrations import Migration
from django.db.migrations.recorder import MigrationRecorder

from songnuan.cli.commands import songnuan
from songnuan.cli.guard import refuse_half_migrated
from songnuan.cli.setup import waiting_migrations
from songnuan.kernel.append_only import append_only

ONLY_ADDED_TO = {
    "emergency_activationact",
    "emergency_afteraction",
    "emergency_alertact",
    "emergency_calltree",
    "emergency_callnote",
    "emergency_dailystatus",
    "emergency_periodchange",
    "emergency_screeningreport",
    "emergency_screeningchase",
    "emergency_returneechase",
    "emergency_reportchase",
    "emergency_reportpart",
    "emergency_reportperiod",
    "emergency_situationreport",
    "emergency_statusanswer",
    "outreach_coursetry",
    "outreach_handedon",
    "outreach_materialpart",
    "outreach_reading",
    "outreach_sending",
    "approvals_act",
    "approvals_chainstep",
    "approvals_holdstatement",
    "approvals_requestauthor",
    "approvals_requeststep",
    "audit_entry",
    "benefits_settledfile",
    "benefits_findingdecision",
    "benefits_standard",
    "benefits_standardversion",
    "casework_flexibleact",
    "casework_flexibledependant",
    "casework_flexiblerequest",
    "casework_caselook",
    "casework_contact",
    "casework_feedback",
    "casework_feedbacklink",
    "casework_helperact",
    "casework_homevisit",
    "casework_need",
    "casework_needaction",
    "casework_needclosing",
    "casework_needgoods",
    "casework_needreopening",
    "funds_entry",
    "funds_posting",
    "goods_batchphoto",
    "goods_donationline",
    "goods_lot",
    "goods_movement",
    "goods_movementline",
    "goods_purchaseline",
    "goods_quotationline",
    "goods_replacedinvoice",
    "goods_requestline",
    "emergency_ordertaskact",
    "goods_shortclosing",
    "payments_callback",
    "payments_cashreceipt",
    "payments_linecorrection",
    "payments_lineend",
    "payments_banklayout",
    "payments_listact",
    "payments_notice",
    "payments_noticeend",
    "payments_noticeline",
    "payments_objection",
    "payments_objectionanswer",
    "payments_paymentbatch",
    "payments_payeeword",
    "payments_payeewordanswer",
    "payments_paymentline",
    "payments_paymentsample",
    "payments_sampledpayment",
    "payments_recall",
    "people_assessment",
    "plans_basis",
    "plans_clause",
    "plans_planversion",
    "records_issueddocument",
    "tasks_feedback",
    "visits_flagnote",
    "visits_receiptcheck",
    "visits_reportversion",
    "visits_sample",
    "visits_samplereceipt",
}
REFUSING = {
    "casework_action_of_open",
    "casework_closing_feedback",
    "casework_closing_own_call",
    "casework_closing_own_link",
    "casework_closing_round",
    "casework_feedback_of_link",
    "casework_feedback_of_open",
    "casework_feedback_round",
    "casework_goods_of_plan",
    "casework_link_round",
    "casework_need_of_contact",
    "funds_entry_shut",
    "goods_distribution_mode_once",
    "goods_pickup_of_distribution",
    "goods_pickup_same_goods",
    "goods_portion_of_one",
    "payments_act_no_payee",
    "payments_answer_no_payee",
    "payments_answer_not_own",
    "payments_line_before_acts",
    "payments_notice_one_runs",
    "payments_notice_signed",
    "payments_noticeline_beyond",
    "payments_objection_of_notice",
    "payments_batch_no_actor",
    "payments_callback_no_actor",
    "payments_sampled_no_actor",
    "payments_sampled_stray",
    "payments_batch_of_released",
    "payments_correction_no_payee",
    "payments_instruction_own_correction",
    "payments_instruction_stray",
    "payments_lineend_not_live",
    "payments_receipt_no_payee",
    "payments_receipt_of_sent",
    "payments_word_of_sent",
    "payments_wordanswer_no_payee",
    "payments_wordanswer_not_own",
    "emergency_activation_signed",
    "emergency_alert_said",
    "emergency_look_forward",
    "emergency_activation_ended",
    "emergency_activation_held",
    "emergency_act_of_active",
    "emergency_member_kept",
    "emergency_callline_kept",
    "emergency_muster_kept",
    "emergency_musterentry_kept",
    "emergency_musterentry_of_open",
    "emergency_musterentry_stray",
    "emergency_member_stays",
    "emergency_order_kept",
    "emergency_order_stays",
    "emergency_standin_kept",
    "emergency_standin_stays",
    "emergency_answer_of_unwell",
    "emergency_returnee_after",
    "emergency_returnee_answered",
    "emergency_returneecode_kept",
    "emergency_returneecode_stays",
    "emergency_status_next",
    "emergency_round_kept",
    "emergency_round_stays",
    "emergency_share_kept",
    "emergency_share_stays",
    "emergency_status_of_observed",
    "emergency_count_place",
    "emergency_excuse_said",
    "emergency_report_of_slot",
    "emergency_slot_first",
    "emergency_slot_next",
    "emergency_summary_sent",
    "outreach_lesson_frozen",
    "outreach_lessonunit_frozen",
    "outreach_quizround_frozen",
    "outreach_quiztally_shut",
    "outreach_quiztally_of_open",
    "outreach_quiztally_grows",
    "outreach_quizasked_shut",
    "outreach_quizasked_of_open",
    "outreach_quizasked_once",
    "outreach_quizkey_shut",
    "outreach_addressed_kept",
    "outreach_attendance_kept",
    "outreach_attendance_shut",
    "outreach_attendance_stays",
    "outreach_course_kept",
    "outreach_course_stays",
    "outreach_coursetry_shut",
    "outreach_door_kept",
    "outreach_door_shut",
    "outreach_door_stays",
    "outreach_event_kept",
    "outreach_event_stays",
    "outreach_expected_kept",
    "outreach_expected_shut",
    "outreach_expected_stays",
    "outreach_invitation_kept",
    "outreach_invitation_shut",
    "outreach_invitation_stays",
    "outreach_learner_kept",
    "outreach_learner_shut",
    "outreach_learner_stays",
    "outreach_reading_shut",
    "outreach_material_frozen",
    "outreach_material_kept",
    "outreach_material_stays",
}
FROZEN = {
    "emergency_activation",
    "emergency_alert",
    "emergency_handover",
    "emergency_ordertask",
    "emergency_reportslot",
    "emergency_reportsummary",
    "emergency_returnee",
    "goods_pickup",
    "payments_paymentinstruction",
    "payments_paymentresult",
}
"""Tables whose rows move along their states, and otherwise stay."""


def triggers() -> set[str]:
    """Return the names of all triggers of the database."""
    statement = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        statement = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_every_table_that_is_only_added_to_is_held_to_it() -> None:
    verbs = ["update", "delete", *(["truncate"] if connection.vendor == "postgresql" else [])]
    held = {f"{table}_no_{verb}" for table in ONLY_ADDED_TO for verb in verbs}
    frozen = {f"{table}_frozen_{verb}" for table in FROZEN for verb in verbs}
    assert triggers() == held | frozen | REFUSING


@pytest.mark.django_db(transaction=True)
def test_a_table_with_a_changed_column_is_only_added_to_as_before() -> None:
    act = apps.get_model("goods", "ShortClosing")
    old = act._meta.get_field("quantity")
    new = models.PositiveBigIntegerField()
    new.set_attributes_from_name("quantity")
    new.model = act
    again = append_only("goods_shortclosing", is_again=True)
    before = triggers()
    for is_from, to in ((old, new), (new, old)):
        with connection.schema_editor() as editor:
            editor.alter_field(act, is_from, to)
            again.forward(editor)
        assert triggers() == before


def replaced() -> list[tuple[str, str]]:
    """Return the migrations of before, which today's stand for."""
    found: list[tuple[str, str]] = []
    for config in apps.get_app_configs():
        first = f"{config.name}.migrations.0001_initial"
        # An app that came later has a first migration of another name, which replaces none.
        if config.name.startswith("songnuan.") and config.models_module and find_spec(first):
            migration: type[Migration] = import_module(first).Migration
            found.extend(migration.replaces)
    return found


def as_of_before(names: list[tuple[str, str]], *, and_no_more: bool = False) -> None:
    """Let the database say that it had these instead of today's first, or instead of all of today's."""
    recorder = MigrationRecorder(connection)
    rows = recorder.migration_qs.filter(app__in={app for app, _name in replaced()})
    (rows if and_no_more else rows.filter(name="0001_initial")).delete()
    for app, name in names:
        recorder.record_applied(app, name)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_had_every_migration_of_before_goes_on() -> None:
    """That the tables are the same was shown once, column by column, when they were put together.

    What came since stays as it is: every database of a test is made by running it.
    """
    assert len(replaced()) == 61
    before = triggers()
    as_of_before(replaced())
    assert waiting_migrations() == 13, "noted down by init"
    call_command("migrate", verbosity=0)
    assert triggers() == before
    assert waiting_migrations() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [["doctor"], ["init", "--no-input"]])
def test_a_database_that_had_some_of_them_is_told_what_to_do(arguments: list[str]) -> None:
    names = [name for name in replaced() if name != ("visits", "0009_team_districts")]
    as_of_before(names, and_no_more=True)
    before = triggers()
    result = CliRunner().invoke(songnuan, [*arguments, "--json", "--lang", "en"])
    refused = json.loads(result.stdout)["refused"]
    assert (result.exit_code, refused["code"]) == (1, "migrations_unfinished")
    assert "49fb9ef" in refused["message"]
    assert triggers() == before


def test_a_database_whose_folder_is_not_made_yet_had_none_of_them() -> None:
    """The first `songnuan init` or `demo` asks before it makes the data folder."""
    asked = "songnuan.cli.guard.MigrationRecorder.applied_migrations"
    with patch(asked, side_effect=OperationalError("unable to open database file")):
        refuse_half_migrated()
    locked = OperationalError("database is locked")
    with patch(asked, side_effect=locked), pytest.raises(OperationalError):
        refuse_half_migrated()
