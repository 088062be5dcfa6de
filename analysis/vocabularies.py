"""Words that data, analysis and screen share. Kept apart so that the running app need not load what only the builder uses."""

from __future__ import annotations

CATEGORIES = ("place of worship", "library", "community centre")
"""Kinds of community asset that the snapshot holds."""

COVERAGE = ("mapped", "partly", "not mapped")
"""How well a kind of asset is mapped in an authority."""
