"""What must hold of casework; each part has a module of its own."""

from songnuan.audit.findings import Finding
from songnuan.casework import flexible_checks


def verify() -> list[Finding]:
    """Return what does not hold."""
    return list(flexible_checks.verify())
