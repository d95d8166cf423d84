"""What families at home need (台账): helpers, contacts, needs; and flexible work (弹性工作)."""
