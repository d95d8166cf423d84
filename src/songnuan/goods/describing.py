"""How goods are called: their name and, where they have one, their specification (规格)."""


def label_of(name: str, specification: str) -> str:
    """Return 方便面（12桶装）, or the name alone."""
    return f"{name}（{specification}）" if specification else name
