"""The collection of publications and reports of a folder, as a static site."""
