"""`python -m songnuan` is the `songnuan` command."""

from songnuan.cli import main

main()
