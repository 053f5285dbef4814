"""One module per sender's format; see `event_api.normalizers.registry.Format` for its members."""
