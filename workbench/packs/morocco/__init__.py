"""Morocco: the census of 2024 and the population of 2014, by the official codes."""
