"""The contract as data: spec/vectors."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

import pytest

from openclaw_lock_driver import _verdicts
from openclaw_lock_driver._fake import bytes_of

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
