"""Climate indicators of territories: a year of daily weather, told by territory.

`declared` says which ones, `daily` reads a grid, `yearly` calculates each cell and year with
xclim, `territories` brings cells to territories, `kept` keeps the result in a file.
"""
