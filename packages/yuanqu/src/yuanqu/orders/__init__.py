"""Sending order events from a file, and what became of them."""
