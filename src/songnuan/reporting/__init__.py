"""Figures about the work itself, across plans.

Owns `InputCount`: how many inputs the house asked of people, by unit, post, week and form. Promises:
nobody fills in a form for it, it is counted as forms are posted; it holds no person, and no answer.
"""
