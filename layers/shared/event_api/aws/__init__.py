"""The edge: Lambda's event formats and AWS clients."""
