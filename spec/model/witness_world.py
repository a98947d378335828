"""The world of the witness: what processes do beside their threads, what may happen to them, and what must never be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import witness_contender
import witness_holder
import witness_misfortunes
import witness_sweep
from witness_state import VISITORS, Files, Process, Setting, State, View, closed, replaced, settled

STEPS = {**witness_holder.STEPS, **witness_contender.STEPS, **witness_sweep.STEPS}


@dataclass(frozen=True)
class Witnesses:
    setting: Setting

    def initial(self) -> State:
        return self.setting.initial()

    # --- what is checked ---

    def violation(self, state: State) -> str:
        files = dict(state.files)
        held: set[str] = set()
        for thread in state.threads:
            published = thread.step == "drop-guard" and thread.value
            is_alive = state.processes[thread.process].mood in ("running", "stopped")
            if not is_alive or not (thread.step in witness_contender.HOLDING or published):
                continue
            if thread.want in held:
                return "two holders"
            held.add(thread.want)
            if files.get(("lock", thread.want)) != thread.value:
                return "a live holder's lock is not in place"
        return ""

    def limits(self, state: State) -> tuple[str, ...]:
        return ()

    def finished(self, state: State) -> bool:
        """Everybody is through, every dead holder's lock has been taken, and nothing is left behind. The name of a
        socket that somebody beside its maker still has open may stay until he ends."""
        sockets = dict(state.sockets)
        left = [1 for (what, _), n in state.files if what != "sock" or not sockets[n].open_in - {sockets[n].maker}]
        return not left and all(
            thread.step == "done" or state.processes[thread.process].mood in ("dead", "unborn", "stopped")
            for thread in state.threads
            if self.setting.kinds[thread.process] not in VISITORS
        )

    def obstacle(self, state: State) -> str:
        files = dict(state.files)
        for name, value in sorted(files.items(), key=str):
            why = self.why(state, files, str(name[0]), value)
            if why:
                return f"{name[0]} {why}"
        return ""

    def why(self, state: State, files: Files, what: str, value: Any) -> str:
        sockets = dict(state.sockets)
        if what in ("tmp", "sock"):
            return "of a stopped process" if state.processes[sockets[value].maker].mood == "stopped" else ""
        mood = state.processes[value[0]].mood
        if mood == "stopped":
            return "of a stopped process"
        if mood != "dead":
            return ""
        if value[2] is None:
            return "without a witness"
        found = files.get(("sock", value[2]))
        if found is None:
            return "whose witness's name is gone"
        if not {"V", "P"}.intersection(self.setting.kinds):
            return "behind another mount" if "M" in self.setting.kinds else "of another kernel"
        return "whose witness another has open" if sockets[found].open_in else ""

    def line(self, state: State) -> str:
        threads = "  ".join(f"{t.step} {t.want}" for t in state.threads)
        processes = " ".join(p.mood for p in state.processes)
        files = ", ".join(f"{kind} {which}={value}" for (kind, which), value in sorted(state.files, key=str))
        sockets = ", ".join(
            f"{n}:{'listening' if s.listening else 'bound'} in {sorted(s.open_in)}" for n, s in sorted(state.sockets)
        )
        return f"{threads:40} | {processes} | {files} | {sockets}"

    # --- what may come next ---

    def steps(self, state: State) -> Iterator[State]:
        for i, thread in enumerate(state.threads):
            if state.processes[thread.process].mood == "running" and thread.step != "done":
                yield from STEPS[thread.step](View(self.setting, state, i))
        for p, process in enumerate(state.processes):
            yield from self.beside(state, p, process)

    def beside(self, state: State, p: int, process: Process) -> Iterator[State]:
        """What a process does whatever its threads are at."""
        if process.mood == "forked" and not self.weak("fork-keeps"):
            yield self.itself(state, p)
        if process.mood not in ("running", "exiting"):
            return
        if process.closing is not None:
            yield self.let_go(state, p, process.closing)
            return
        idle = [n for n, socket in state.sockets if p in socket.open_in and self.is_idle(state, p, n)]
        for n in idle:
            yield self.let_go(state, p, n)
        if process.mood == "exiting" and not idle:
            yield witness_misfortunes.gone(state, p)

    def is_idle(self, state: State, p: int, n: int) -> bool:
        """WITNESS-5: nothing published names it, and nobody is about to."""
        if state.processes[p].mood == "exiting" and self.weak("exit-unlinks"):
            return ("sock", dict(state.sockets)[n].name) in dict(state.files)
        users = [thread.process for thread in state.threads if thread.socket == n]
        return not users if self.weak("primarys") else p not in users

    def let_go(self, state: State, p: int, n: int) -> State:
        """In two steps: closed, and its name unlinked; or the other way round."""
        process, sockets, files = state.processes[p], dict(state.sockets), dict(state.files)
        is_first = process.closing is None
        if is_first == self.setting.unlinked_first:
            files = {name: value for name, value in files.items() if name[0] not in ("tmp", "sock") or value != n}
        else:
            sockets = closed(sockets, p, n)
        current = None if process.current == n else process.current
        after = process._replace(current=current, ready=current is not None, closing=n if is_first else None)
        return settled(state._replace(processes=replaced(state.processes, p, after)), files, sockets)

    def itself(self, state: State, p: int) -> State:
        """WITNESS-4: a forked child, before it does anything else."""
        sockets, current = dict(state.sockets), state.processes[p].current
        if not self.weak("fork-uses-open"):
            sockets = closed(sockets, p, *sockets)
        kept = current if self.weak("fork-uses-open") or self.weak("fork-uses-closed") else None
        after = Process("running", kept, kept is not None)
        return settled(state._replace(processes=replaced(state.processes, p, after)), dict(state.files), sockets)

    def misfortunes(self, state: State) -> Iterator[State]:
        yield from witness_misfortunes.misfortunes(self.setting, state)

    def weak(self, weakness: str) -> bool:
        return weakness in self.setting.weaknesses
