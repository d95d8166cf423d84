"""A response to an emergency (应急响应): what counts of cases tell before anybody says so."""
