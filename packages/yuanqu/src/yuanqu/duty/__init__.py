"""Commands for the operator on duty."""
