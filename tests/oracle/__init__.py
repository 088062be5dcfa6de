"""Comparison with OHID's own Python package, in an environment of its own (`make oracle`)."""
