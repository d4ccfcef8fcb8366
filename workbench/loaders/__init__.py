"""Readers of open local data."""
