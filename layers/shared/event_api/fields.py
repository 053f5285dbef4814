"""EventInfo's fields, and where they are stored."""

from __future__ import annotations

DETAIL_FIELDS = frozenset({"description", "additional_info", "image_url"})
INDEX_FIELDS = frozenset()
