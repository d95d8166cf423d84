"""Refuses models without their migration, and asks Django's own checks."""

import os
import sys
import tempfile

with tempfile.TemporaryDirectory() as home:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songnuan.config.settings")
    os.environ["SONGNUAN_HOME"] = home
    import django
    from django.core.management import call_command

    django.setup()
    call_command("check", "--fail-level", "WARNING")
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit as stop:
        sys.exit(stop.code)
