"""How events open, join and resolve alerts."""
