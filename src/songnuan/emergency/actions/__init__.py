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
from songnuan.emergency.actions.reports import (
    Come,
    Expected,
    MovedMeanwhile,
    open_period,
    report,
    report_all,
)
from songnuan.emergency.report_reading import Safe, Sent, read_report, read_safe, was_received

__all__ = [
    "Acknowledged",
    "Chased",
    "Come",
    "Composed",
    "Days",
    "Expected",
    "MovedMeanwhile",
    "Safe",
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
    "read_safe",
    "report",
    "report_all",
    "require_due",
    "send_summary",
    "show_liaisons",
    "was_received",
    "withdraw_excuse",
]
