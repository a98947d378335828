"""A fresh credential."""

from __future__ import annotations

from typing import Any, Literal

from ._said import time_ms

How = Literal["fresh", "adopted", "refreshed"]


class Refreshed:
    """A credential that can be used.

    Attributes:
        how: ``fresh``: it was when it was first looked at; ``adopted``: somebody else has refreshed it; ``refreshed``.
        credential: as stored. Secret.
    """

    __slots__ = ("credential", "how")

    def __init__(self, how: How, credential: dict[str, Any]) -> None:
        self.how = how
        self.credential = credential

    @property
    def access(self) -> str:
        """The access token. Secret."""
        return str(self.credential["access"])

    @property
    def expires(self) -> float | None:
        """When it expires, in epoch milliseconds, if that is known."""
        return time_ms(self.credential)

    def __repr__(self) -> str:
        return f"<Refreshed {self.how}>"
