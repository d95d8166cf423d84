"""A response to an emergency (应急响应): who may begin and end it, what units report, what counts tell.

Promises: whoever activates ends it, or an accepted successor; a unit has one valid report a period; what
nobody told is no zero; what was done is only added to.
"""
