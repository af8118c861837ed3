"""Keeping boards current for those who look."""
