"""What is measured: declarations in YAML, the calculations they point to, cubes and readings."""
