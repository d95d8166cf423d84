"""What crosses apps: one file per journey, one transaction per journey, named like what it does.

Journeys do not call journeys; what two share is an undecorated function. `measures/` has one file per
kind of measure.
"""
