"""What must hold of a response to an emergency; each part has a module of its own."""

from songnuan.audit.findings import Finding
from songnuan.emergency import report_checks, returnee_checks, warning_checks


def verify() -> list[Finding]:
    """Return what does not hold."""
    return [*report_checks.verify(), *warning_checks.verify(), *returnee_checks.verify()]
