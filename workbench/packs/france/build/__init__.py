"""Rebuild the France pack from the named packages: ``python -m workbench.packs.france.build``."""
