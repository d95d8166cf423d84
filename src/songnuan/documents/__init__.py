"""Documents as offices send them: reads tables out of files, marks them, and renders the house's to paper.

Owns no tables and knows nothing of what a row is about. Promises: a file that somebody sent is opened
by a process of its own, which may use little and may die of it, so that a damaged or hostile file is
refused with a sentence, or harmless; a cell arrives as it stands in the file, under the number of its
row there, and what is no plain value (a formula, an error) says so; nothing in a file is ever run.
"""
