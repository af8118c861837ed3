"""Figures on the command line: asked for, traced to their facts, reconciled, rebuilt."""
