"""Dated facts of the country, with their sources: pure functions, no database, no clock."""
