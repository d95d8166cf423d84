"""Pages for people: addresses, views, forms, templates and static files.

Owns no tables. Promises: a page only translates between a browser and the journeys; it works without
scripts, except for a signature drawn by hand, which has another way beside it; every sentence goes
through gettext; nothing personal is shown that the reader's post does not need.
"""
