"""Tables of casework: families and needs, and flexible work, each in a module of its own."""

from songnuan.casework import flexible_models  # noqa: F401 - the tables of flexible work
