"""The written plan: its file, its versions, clauses with lasting keys, measures and open questions.

Owns `Plan`, `PlanVersion`, `Basis`, `Clause`, `Measure` and `Question`, the reader of plan files
(`planfile`) and the lint of a plan's text (`lint`). Promises: a plan file is either read whole or
refused with every fault and its line; a version, once loaded, is never changed (triggers refuse it);
a plan moves draft → submitted → approved → open → closed and no other way, and is not opened while
a question that blocks it has no answer.

What a measure does is not known here. The kinds of measure live above, and are handed in as a
mapping from a kind's name to the pydantic model of its settings.
"""
