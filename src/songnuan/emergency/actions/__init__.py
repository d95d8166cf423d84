"""The only writers of what belongs to an emergency plan."""
