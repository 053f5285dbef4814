"""Verification of signed deliveries."""
