"""What one call of a refresh was asked for."""

from __future__ import annotations

import os
import time
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, NoReturn

from .. import _options, _paths
from .._errors import FileLockInvalidOption
from .._generated.constants import CALL_TIMEOUT_MS, REFRESH_STALE_MS, REFRESH_TIMEOUT_MS
from .._lock import FileLock
from ._generation import generation_of, is_fresh, is_unexpired
from ._refusals import Refusals
from ._said import said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ._attempt import Attempt
    from ._backing import Backing
    from ._errors import RefreshError

_RESEND = ("never", "if-dead")


class Secret:
    """Hides a token from whoever prints local variables."""

    __slots__ = ("value",)

    def __init__(self, value: str | None) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "<Secret>"


class Terms:
    """Checked before anything is touched.

    Raises:
        FileLockInvalidOption: an argument is wrong.
    """

    def __init__(
        self,
        backing: Backing,
        refresh: Callable[[Attempt], Mapping[str, Any]],
        *,
        locks: Sequence[Any],
        intents: Any,
        fresh: Callable[[dict[str, Any]], bool] | None,
        rejected: Secret,
        resend: str,
        call_timeout: float | None,
        options: dict[str, Any],
    ) -> None:
        self.backing = backing
        self.refresh = _options._callback("refresh", refresh)
        if refresh is None:
            raise FileLockInvalidOption("refresh must be callable", hint="pass a function")
        self._fresh = _options._callback("fresh", fresh)
        if rejected.value is not None and not isinstance(rejected.value, str):
            raise FileLockInvalidOption("rejected must be text", hint="pass the access token, or None")
        self._rejected = rejected
        self.resend = _options._chosen("resend", resend, _RESEND) == "if-dead"
        self.call_timeout = _options._seconds(
            "call_timeout", CALL_TIMEOUT_MS / 1000 if call_timeout is None else call_timeout
        )
        self.lock_options = {"stale": REFRESH_STALE_MS / 1000, "timeout": REFRESH_TIMEOUT_MS / 1000, **options}
        if isinstance(locks, str | bytes | os.PathLike) or not locks:
            raise FileLockInvalidOption("locks must be a list of files to guard", hint="pass a list of paths")
        checked = [FileLock(target, **self.lock_options)._options for target in locks]
        self.targets = [each.target for each in checked]
        self.options = checked[0]
        self._intents = _paths.check_target(os.path.join(os.fsdecode(intents), "intent"))
        self.refusals = Refusals(backing.path)
        self.started = time.monotonic()
        self.deadline = self.started + self.options.timeout
        #: The caller's, so that a refresh inside a refresh is known to be one.
        self.context = copy_context()

    def waited(self) -> float:
        return time.monotonic() - self.started

    def is_fresh(self, first: Any, credential: Any) -> bool:
        if not isinstance(credential, dict) or self.backing.fence(credential) or self.backing.objection(credential):
            return False
        return is_fresh(first, credential, self._rejected.value, self._fresh or _is_unexpired)

    def intent_path(self, generation: str) -> str:
        return os.path.join(os.path.dirname(self._intents), _paths.intent_name(generation))

    def generation(self, credential: dict[str, Any] | None) -> str | RefreshError:
        """Of a credential that can be refreshed, or why it cannot."""
        if credential is None:
            return self.refusals.unavailable("there is no such credential", self.waited())
        objection = self.backing.objection(credential)
        if objection is not None:
            return self.refusals.unavailable(objection, self.waited())
        if not said(credential, "refresh"):
            return self.refusals.unavailable("there is no refresh token", self.waited())
        found = generation_of(credential)
        return found or self.refusals.unavailable("its tokens are not text", self.waited())

    def __reduce__(self) -> NoReturn:
        raise TypeError("the terms of a refresh are neither copied nor pickled")


def _is_unexpired(credential: Any) -> bool:
    return is_unexpired(credential, time.time() * 1000)
