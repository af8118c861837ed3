"""The records of registry on the command line, a module a noun."""
