"""A completed refresh that nobody waits for any more is saved all the same (REFRESH-8)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ._errors import RefreshIdentity, RefreshNotSaved

if TYPE_CHECKING:
    from ._unsaved import Unsaved

_LIMIT_SECONDS = 600.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 10.0


def save_late(unsaved: Unsaved) -> bool:
    """Tries again and again, in the place of the caller, who has no error to call ``retry_save`` of.

    Meanwhile the intent stays ``sent``: nobody sends the token again. False: nobody has the answer any more.
    """
    deadline = time.monotonic() + _LIMIT_SECONDS
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            unsaved.save()
            return True
        except RefreshIdentity:
            return False
        except RefreshNotSaved:
            if time.monotonic() + pause > deadline:
                return False
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
