"""Processes on Windows. ``os.kill(pid, 0)`` is no probe there: it sends a console event, or ends the process."""

from __future__ import annotations

import errno
import sys

if sys.platform == "win32":
    import ctypes
    from ctypes import wintypes

    _QUERY_LIMITED = 0x1000
    _STILL_ACTIVE = 259
    _ACCESS_DENIED, _INVALID_PARAMETER = 5, 87
    #: 100 ns intervals between 1601 and 1970.
    _EPOCH = 116_444_736_000_000_000

    _kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel.OpenProcess.restype = wintypes.HANDLE
    _kernel.OpenProcess.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.DWORD)
    _kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    _kernel.GetExitCodeProcess.argtypes = (wintypes.HANDLE, ctypes.POINTER(wintypes.DWORD))
    _kernel.GetProcessTimes.argtypes = (wintypes.HANDLE, *[ctypes.POINTER(wintypes.FILETIME)] * 4)

    def probe(pid: int) -> None:
        """As signal 0 does: ``ESRCH`` for no such process, ``EPERM`` for one that we may not open."""
        handle = _kernel.OpenProcess(_QUERY_LIMITED, False, pid)
        if not handle:
            code = ctypes.get_last_error()
            known = {_INVALID_PARAMETER: errno.ESRCH, _ACCESS_DENIED: errno.EPERM}
            raise OSError(known.get(code, errno.EIO), f"OpenProcess failed with {code}")
        try:
            status = wintypes.DWORD()
            # A process that ended keeps its number while anybody has a handle to it.
            if _kernel.GetExitCodeProcess(handle, ctypes.byref(status)) and status.value != _STILL_ACTIVE:
                raise ProcessLookupError(errno.ESRCH, "the process has ended")
        finally:
            _kernel.CloseHandle(handle)

    def creation_time(pid: int) -> int | None:
        """Epoch milliseconds."""
        handle = _kernel.OpenProcess(_QUERY_LIMITED, False, pid)
        if not handle:
            return None
        try:
            times = [wintypes.FILETIME() for _ in range(4)]
            if not _kernel.GetProcessTimes(handle, *[ctypes.byref(time) for time in times]):
                return None
            created = (times[0].dwHighDateTime << 32) | times[0].dwLowDateTime
            return (created - _EPOCH) // 10_000
        finally:
            _kernel.CloseHandle(handle)

else:

    def probe(pid: int) -> None:
        raise OSError(errno.ENOSYS, "not Windows")

    def creation_time(pid: int) -> int | None:
        return None
