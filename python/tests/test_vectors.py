"""The contract as data: spec/vectors."""

from __future__ import annotations

import base64
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from openclaw_lock_driver import _foreigners, _refreshes, _states, _stores, _verdicts
from openclaw_lock_driver._fake import bytes_of
from openclaw_lock_driver._replies import reply_to

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = os.path.join(os.path.dirname(__file__), "..", "..", "spec", "vectors")


def load(name: str) -> list[Any]:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        cases: list[Any] = json.load(file)
    assert cases
    return [pytest.param(case, id=case["name"]) for case in cases]


@pytest.mark.parametrize("case", load("payload.json"))
def test_bytes_are_classified_as_the_vector_says(case: dict[str, Any]) -> None:
    data = base64.b64encode(bytes_of(case)).decode()
    assert _verdicts.classify({"verb": "classify", "bytes": data}) == case["expect"]


@pytest.mark.parametrize("case", load("verdict.json"))
def test_a_lock_on_a_fake_system_is_judged_as_the_vector_says(case: dict[str, Any]) -> None:
    reply = _verdicts.observe({"verb": "observe", **case})
    assert {key: reply[key] for key in case["expect"]} == case["expect"]


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _answer(verb: Callable[[dict[str, Any]], dict[str, Any]], fields: dict[str, Any]) -> dict[str, Any]:
    """What the driver answers; of a refusal its code and kind."""
    try:
        return verb(fields)
    except Exception as error:
        refused = reply_to(error)
        return {"code": refused["code"], **{k: v for k, v in refused["error"].items() if k == "kind"}}


def _has_content(case: dict[str, Any]) -> bool:
    return not case.keys().isdisjoint(("bytes", "base64", "repeat", "text"))


STORES = load("store.json")


@pytest.mark.parametrize("case", [case for case in STORES if not {"edits", "mountinfo"} & case.values[0].keys()])
def test_bytes_are_a_store_or_of_the_kind_that_the_vector_says(case: dict[str, Any]) -> None:
    data = _encoded(bytes_of(case))
    assert _stores.parse({"verb": "store-parse", "bytes": data}) == case["expect"]


@pytest.mark.parametrize("case", [case for case in STORES if "edits" in case.values[0]])
def test_an_edit_changes_what_the_vector_says_and_no_other_byte(case: dict[str, Any]) -> None:
    request = {"verb": "store-edit", "edits": case["edits"]}
    if _has_content(case):
        request["bytes"] = _encoded(bytes_of(case))
    expect = {"bytes": _encoded(bytes_of(case["expect"]))} if _has_content(case["expect"]) else case["expect"]
    assert _answer(_stores.edit, request) == expect


@pytest.mark.parametrize("case", [case for case in STORES if "mountinfo" in case.values[0]])
def test_a_mount_point_is_known_as_the_vector_says(case: dict[str, Any]) -> None:
    assert _stores.mounted({"verb": "store-mounted", **case}) == case["expect"]


_REFRESH_VERBS = {"generation": _refreshes.generation, "fresh": _refreshes.fresh, "merge": _refreshes.merged}


@pytest.mark.parametrize("case", load("refresh.json"))
def test_a_credential_is_refreshed_as_the_vector_says(case: dict[str, Any]) -> None:
    (verb,) = _REFRESH_VERBS.keys() & case.keys()
    assert _answer(_REFRESH_VERBS[verb], case[verb]) == case["expect"]


@pytest.mark.parametrize("case", load("state.json"))
def test_a_state_is_read_as_the_vector_says(case: dict[str, Any]) -> None:
    if "paths" in case:
        reply = _answer(_states.paths, case["paths"])
    elif "owner" in case:
        reply = _answer(_states.owner, case["owner"])
    else:
        reply = _answer(_states.credential, case)
    found = {key: list(value) if isinstance(value, tuple) else value for key, value in reply.items()}
    assert {key: found.get(key) for key in case["expect"]} == case["expect"]


@pytest.mark.parametrize("case", load("foreign.json"))
def test_what_others_leave_is_named_as_the_vector_says(case: dict[str, Any]) -> None:
    if "locks" in case:
        reply = _foreigners.kernel_locks({"verb": "kernel-locks", **case})
    elif "evidence" in case:
        reply = _foreigners.abandoned({"verb": "abandoned", **case})
    else:
        reply = _foreigners.foreign({"verb": "foreign", **case})
    assert {key: reply[key] for key in case["expect"]} == case["expect"]
