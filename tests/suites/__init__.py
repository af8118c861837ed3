"""Behaviour that every back end shares: a suite is inherited, never collected by itself."""
