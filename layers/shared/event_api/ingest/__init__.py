"""The create path: receive, store, normalize, join an alert, store the events."""
