"""What every app needs and no app owns: money, days, names, sealed fields, refusals, lifecycles, bulk work.

It has no tables and imports nothing of the house. What differs between SQLite and PostgreSQL is
decided here and nowhere else.
"""
