"""The only writers of casework: families and needs, and flexible work, each in a module of its own."""
