"""Money to people: standards as decision tables, and what comes of them for each person.

Amounts are fen, days whole and both ends included. docs/benefits.md tells the rules, and why.
"""
