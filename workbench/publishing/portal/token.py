"""The key of a portal: from the environment or the keyring, and never shown."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from workbench.core.errors import PortalRefused

__all__ = ["VARIABLE", "Token", "find_token"]

VARIABLE: Final = "WORKBENCH_PORTAL_TOKEN"
_SERVICE: Final = "territorial-workbench"


@dataclass(frozen=True, slots=True)
class Token:
    """Hold a key that neither a log, an error nor a traceback shows.

    Examples
    --------
    >>> Token("abc")
    Token(***)
    """

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return "Token(***)"

    def hidden(self, text: str) -> str:
        """Take the key out of a text that a server may have sent back."""
        return text.replace(self.value, "***") if self.value else text


def find_token(host: str, environment: Mapping[str, str] | None = None) -> Token | None:
    """Return the key of a portal; None where there is none.

    Parameters
    ----------
    host : str
        Name of the portal's machine: the user of the keyring's entry.
    environment : mapping of str to str, optional
        That of the process by default.

    Raises
    ------
    PortalRefused
        The key holds what no key does: a space, a line end.
    """
    known = os.environ if environment is None else environment
    value = known.get(VARIABLE, "").strip() or _kept(host)
    if not value:
        return None
    if not value.isascii() or not value.isprintable() or " " in value:
        raise PortalRefused(
            f"The key in {VARIABLE}, or in the keyring for {host}, holds a space or a character "
            "that no key has. Copy it again from your profile on the portal."
        )
    return Token(value)


def _kept(host: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(_SERVICE, host) or ""
    except KeyringError:
        return ""
