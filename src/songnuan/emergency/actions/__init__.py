"""The writers of responses to emergencies, a file for each part."""

from songnuan.emergency.actions.report_chases import Chased, chase_missing, chase_report, show_liaisons
from songnuan.emergency.actions.report_parts import (
    Days,
    excuse_unit,
    pass_part_on,
    withdraw_excuse,
)
from songnuan.emergency.actions.report_summaries import (
    Acknowledged,
    Composed,
    enter_receipt,
    found_summary,
    make_summary,
    require_due,
    send_summary,
)
from songnuan.emergency.actions.reports import Expected, open_period, report
from songnuan.emergency.report_reading import Sent, read_report, was_received

__all__ = [
    "Acknowledged",
    "Chased",
    "Composed",
    "Days",
    "Expected",
    "Sent",
    "chase_missing",
    "chase_report",
    "enter_receipt",
    "excuse_unit",
    "found_summary",
    "make_summary",
    "open_period",
    "pass_part_on",
    "read_report",
    "report",
    "require_due",
    "send_summary",
    "show_liaisons",
    "was_received",
    "withdraw_excuse",
]
