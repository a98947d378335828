"""How a call of the refresh function ended (REFRESH-9)."""

from __future__ import annotations

from typing import Any


class Answer:
    """What the provider answered; secret."""

    __slots__ = ("keys",)

    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys = keys


class Rejected:
    """The provider's final no. ``reason`` is the OAuth error code."""

    __slots__ = ("reason", "words")

    def __init__(self, reason: str, words: str) -> None:
        self.reason = reason
        self.words = words


class NotSent:
    """Nothing can have been consumed."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words


class Unknown:
    """Anything else."""

    __slots__ = ("words",)

    def __init__(self, words: str) -> None:
        self.words = words


Outcome = Answer | Rejected | NotSent | Unknown
