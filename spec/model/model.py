"""The world of one lock: who may do what next, what is wrong with a state, and what may keep somebody waiting."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import helper
import openclaw
from limits import BY_HAND, HARMLESS, holds, robbed
from places import HELD, PLACES, PROVEN, STALE, judge
from state import DIRECTORY, EMPTY, Files, Name, Process, Setting, State, Value, View

OURS = "HL"
IMMUNE = (*helper.IDLE, "next", "critical")  # where an interrupt leaves nothing, or the with-form releases


@dataclass(frozen=True)
class Locks:
    setting: Setting

    def initial(self) -> State:
        return self.setting.initial()

    def violation(self, state: State) -> str:
        """At most one live holder, and its lock in place."""
        holders = [p for p in state.processes if holds(p) and p.mood != "dead" and not p.robbed]
        if len(holders) > 1:
            return "two holders"
        if holders and ("lock", holders[0].lock) not in state.files:
            return "a live holder's lock is not in place"
        return ""

    def limits(self, state: State) -> set[str] | tuple[()]:
        if not self.setting.places:
            return ()
        return {process.robbed for process in state.processes}.difference(HARMLESS)

    def steps(self, state: State) -> Iterator[State]:
        files = dict(state.files)
        for i, process in enumerate(state.processes):
            if process.mood == "running" and process.step != "done":
                table = helper.STEPS if self.setting.kinds[i] in OURS else openclaw.STEPS
                for changed, after in table[process.step](View(self.setting, files, state.processes, i)):
                    if changed is None:
                        yield replaced(state, files, i, after)
                        continue
                    loss = robbed(self.setting, state, i, changed) if self.setting.places else None
                    if loss:
                        victim, why = loss
                        changed_state = replaced(state, changed, i, after)
                        yield replaced(changed_state, changed, victim, state.processes[victim]._replace(robbed=why))
                    else:
                        yield replaced(state, changed, i, after)

    def misfortunes(self, state: State) -> Iterator[State]:
        files, budget, setting = dict(state.files), state.budget, self.setting
        for i, process in enumerate(state.processes):
            if process.mood == "stopped" and budget.wakes:
                awake = process._replace(mood="running", dozed=process.lock is not None)
                yield replaced(state, files, i, awake, wakes=budget.wakes - 1)
            if process.mood != "running" or process.step == "done":
                continue
            if budget.crashes and setting.kinds[i] in setting.mortal:
                yield replaced(state, files, i, Process(step="done", left=0, mood="dead"), crashes=budget.crashes - 1)
            if budget.stops and setting.kinds[i] in OURS:
                yield replaced(state, files, i, process._replace(mood="stopped"), stops=budget.stops - 1)
            if budget.interrupts and setting.kinds[i] in OURS and process.step not in IMMUNE:
                yield replaced(state, files, i, helper.interrupted(process), interrupts=budget.interrupts - 1)
            if budget.lost_replies and setting.kinds[i] in OURS:
                for changed, after in helper.lost_reply(View(setting, files, state.processes, i)):
                    if changed is not None:
                        yield replaced(state, changed, i, after, lost_replies=budget.lost_replies - 1)
            if budget.hands and process.step == "critical" and files.get("lock") == process.lock:
                left = {name: value for name, value in files.items() if name != "lock"}
                yield replaced(state, left, i, process._replace(robbed=BY_HAND), hands=budget.hands - 1)

    def finished(self, state: State) -> bool:
        """All our running processes are through."""
        ours = (process for process, kind in zip(state.processes, self.setting.kinds, strict=True) if kind in OURS)
        return all(process.mood != "running" or process.step == "done" for process in ours)

    def obstacle(self, state: State) -> str:
        files = dict(state.files)

        def why(name: Name) -> str:
            value = files[name]
            what = name if isinstance(name, str) else "marker"
            owner = state.processes[value[0]].mood if value[0] >= 0 else "dead"
            if owner == "stopped":
                return f"{what} of a stopped process"
            if owner == "dead":
                if value[2] in (EMPTY, DIRECTORY):
                    return f"orphaned {what}: {value[2]}"
                found = self.beyond_judgement(state, files, name, value)
                if found:
                    return f"{what} {found}"
            return why(("marker", value)) if what != "lock" and ("marker", value) in files else ""

        return next((found for name in ("guard", "lock") if name in files and (found := why(name))), "")

    def beyond_judgement(self, state: State, files: Files, name: Name, value: Value) -> str:
        """Why somebody who still wants the lock may not take what a dead process has left."""
        enough = (PROVEN, STALE) if name == "lock" else (PROVEN,)
        reasons = set()
        for i, process in enumerate(state.processes):
            if process.mood != "running" or process.step == "done" or self.setting.kinds[i] not in OURS:
                continue
            found = judge(View(self.setting, files, state.processes, i), value, name)
            if found == HELD:
                return ""  # an error, and no reason
            if found in enough:
                continue
            reader, owner = PLACES[self.setting.place(i)], PLACES[self.setting.place(value[0])]
            reasons.add(
                "of another kernel"
                if reader.kernel != owner.kernel
                else "behind another mount"
                if reader.mount != owner.mount
                else "of another namespace, without a witness"
            )
        return min(reasons, default="")

    def line(self, state: State) -> str:
        processes = "  ".join(p.step if p.mood == "running" else f"{p.step} ({p.mood})" for p in state.processes)
        files = ", ".join(
            f"{name if isinstance(name, str) else ' of '.join(map(str, name))}={value}"
            for name, value in sorted(state.files, key=str)
        )
        return f"{processes:60} {files}"


def replaced(state: State, files: Files, i: int, process: Process, **spent: int) -> State:
    processes = (*state.processes[:i], process, *state.processes[i + 1 :])
    return State(frozenset(files.items()), processes, state.budget._replace(**spent) if spent else state.budget)
