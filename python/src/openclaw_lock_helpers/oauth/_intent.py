"""The small file that says which generation of a login is being spent (REFRESH-4).

Not the lock but this keeps a token from being sent twice. It outlives whoever made it: nothing takes it back at exit.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from .. import _paths, _payload, _sidecar, _witnesses
from .._identity import own_identity
from .._publication import Publication, lasting, registry
from ..store._temporary import sync_directory

if TYPE_CHECKING:
    from .._options import Options

_NO_REASON = re.compile("[^a-z0-9_.-]")
_MAX_REASON = 64


class OwnIntent:
    """One of this process. Only a flight's own thread uses it, and no signal is handled there."""

    def __init__(self, path: str, generation: str, options: Options) -> None:
        self.path = path
        self._directory = os.path.dirname(path)
        self._generation = generation
        self._options = options
        self._publication: Publication | None = None
        #: It has replaced somebody's, whose token may have been sent: it must not vanish (REFRESH-5).
        self.replaces = False

    def publish(self) -> bool:
        """Whether it is there, on the disk. False: another one is.

        Raises:
            OSError: a system call failed; nothing is left.
        """
        publication = self._prepared()
        if not _sidecar.publish(publication, is_lock=False):
            self._forget()
            return False
        self._sync()
        return True

    def publish_over(self) -> None:
        """Puts it in the place of another one, which the caller has judged and whose guard the caller has.

        Raises:
            OSError: a system call failed; the other one is still there.
        """
        publication = self._prepared()
        self.replaces = True
        candidate = publication.candidate
        assert candidate is not None
        publication.descriptors.open(candidate, _sidecar.CREATE, publication.mode)
        try:
            _sidecar.fill(publication)
            os.rename(candidate, self.path)
        except BaseException:
            _sidecar.remove(candidate)
            self._forget()
            raise
        publication.candidate = None
        publication.may_exist = True
        self._sync()

    def _sync(self) -> None:
        """A crash of the machine must not take it back."""
        try:
            sync_directory(self._directory, strict=True)
        except OSError:
            self.take_back()
            raise

    def _prepared(self) -> Publication:
        token = os.urandom(16).hex()
        publication = Publication(self.path, os.path.join(self._directory, f"{_paths.PREFIX}{token}.tmp"), token)
        publication.mode, publication.synced = 0o600, True
        lasting[token] = self._publication = publication
        try:
            publication.data = _payload.serialise(
                own_identity(),
                token,
                dev=os.stat(self._directory).st_dev,
                heartbeat_ms=None,
                witness=witness_of(publication, self._options),
                purpose=None,
                more={"generation": self._generation, "state": "sent"},
            )
        except BaseException:
            self._forget()
            raise
        return publication

    def remove(self) -> None:
        """Nothing says any more that this generation was sent. What cannot be removed now is tried again later."""
        publication = self._publication
        if publication is not None:
            try:
                _sidecar.withdraw(publication)
            except OSError:
                publication.ending = True
                registry[publication.token] = publication
            self._forget()

    def take_back(self) -> None:
        """Nothing was sent, or nothing was consumed."""
        if self.replaces:
            self.mark("unknown")
        else:
            self.remove()

    def mark(self, state: str, reason: str | None = None) -> None:
        """Says how it ended. Where that fails it stays ``sent``."""
        publication = self._publication
        if publication is None:
            return
        more = {"state": state} if reason is None else {"state": state, "reason": tidied(reason)}
        keys = {**json.loads(publication.data), **more}
        data = (json.dumps(keys, ensure_ascii=False, indent=2) + "\n").encode()
        changed = Publication(
            self.path, os.path.join(self._directory, f"{_paths.PREFIX}{os.urandom(16).hex()}.tmp"), ""
        )
        changed.data, changed.mode, changed.synced = data, publication.mode, True
        candidate = changed.candidate
        assert candidate is not None
        try:
            changed.descriptors.open(candidate, _sidecar.CREATE, changed.mode)
            _sidecar.fill(changed)
            if _sidecar.holds(publication):
                os.rename(candidate, self.path)
                sync_directory(self._directory)
        except OSError:
            pass
        finally:
            changed.descriptors.close()
            try:
                _sidecar.remove(candidate)
            except OSError:
                pass
        self._forget()

    def _forget(self) -> None:
        publication, self._publication = self._publication, None
        if publication is not None:
            lasting.pop(publication.token, None)
            publication.descriptors.close()
            _witnesses.release(publication)


def witness_of(publication: Publication, options: Options) -> str | None:
    """The bare name of a witness beside ``publication``, made to name it, where the policy wants one (WITNESS-1)."""
    if not _witnesses.wanted(options.witness):
        return None
    try:
        return _witnesses.name_one(publication, os.path.dirname(publication.path))
    except OSError:
        if options.witness == "auto":
            return None
        raise


def tidied(reason: str) -> str:
    """An OAuth error code, or what stands for anything that is none."""
    return reason if 0 < len(reason) <= _MAX_REASON and not _NO_REASON.search(reason) else "other"
