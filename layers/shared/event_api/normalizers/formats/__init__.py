"""One module per sender's format; see `event_api.normalizers.registry.Format` for what each has."""
