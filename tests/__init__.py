"""Tests by what they show: unit, property, app, browser, faults, and rebuild from the published files."""
