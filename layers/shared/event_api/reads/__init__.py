"""The reading routes: get, list and stat."""
