"""Codes, levels, boundaries and time of territories."""
