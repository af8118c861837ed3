"""Copies of registry's platforms and authorisations: which platform may report for whom."""
