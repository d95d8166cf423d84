"""What checks find after statements past every trigger, all of which is undone."""

from collections.abc import Callable, Iterable

from django.db import connection, transaction

from songnuan.audit.findings import Finding


def codes_after(verify: Callable[[], Iterable[Finding]], *statements: str) -> set[str]:
    """Return the codes that are found after the statements, each of which touches a row."""
    assert list(verify()) == []
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            cursor.execute(statement)
            assert cursor.rowcount > 0
        codes = {finding.code for finding in verify()}
        transaction.set_rollback(True)
    assert list(verify()) == []
    return codes
