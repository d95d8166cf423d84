"""What must hold of casework; each part has a module of its own."""

from songnuan.audit.findings import Finding
from songnuan.casework import case_checks, flexible_checks


def verify() -> list[Finding]:
    """Return what does not hold."""
    return [*case_checks.verify(), *flexible_checks.verify()]
