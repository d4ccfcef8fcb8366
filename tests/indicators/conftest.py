"""Laws are checked on the same examples everywhere, however slow the machine."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("steady")
