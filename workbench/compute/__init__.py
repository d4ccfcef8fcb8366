"""Calculate on labelled arrays: pure functions that never read a file.

Each takes and gives `xarray.DataArray`; what comes in lazy goes out lazy, and how an array is cut
into chunks never changes a result.
"""
