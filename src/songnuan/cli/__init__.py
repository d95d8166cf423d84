"""The `songnuan` command: it only translates between a terminal and the journeys.

Every command takes `--json`: one document on standard output, progress on standard error. It exits 0
when done (also when some rows were rejected and said so), 1 when refused with a sentence, 2 on wrong
usage.
"""

import os


def main() -> None:
    """Run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songnuan.config.settings")
    # Imported here: the commands read Django's models, which need the settings first.
    import django  # noqa: PLC0415

    django.setup()
    from songnuan.cli.commands import songnuan  # noqa: PLC0415

    songnuan()
