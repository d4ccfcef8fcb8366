"""Push a publication to a portal of open data that runs udata."""
