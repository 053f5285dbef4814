"""Code that several formats of one vendor share."""
