"""Receipts: what became of every item of a post."""
