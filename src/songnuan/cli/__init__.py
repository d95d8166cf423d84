"""The `songnuan` command: it only translates between a terminal and the journeys.

Every command takes `--json`: one document on standard output, progress on standard error. It exits 0
when done (also when some rows were rejected and said so), 1 when refused with a sentence, 2 on wrong
usage.
"""

import os
import sys


def main() -> None:
    """Run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songnuan.config.settings")
    # Imported here: the commands read Django's models, which need the settings first.
    import django  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    try:
        django.setup()
    except ImproperlyConfigured as error:
        # The settings refuse before there is a language to say it in.
        print(error, file=sys.stderr)  # noqa: T201 - the terminal is all there is
        sys.exit(1)
    from songnuan.cli.commands import songnuan  # noqa: PLC0415

    songnuan()
