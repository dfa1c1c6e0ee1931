"""The description of the API: each operation, what it takes, all that it can answer."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from backend.app import create_app
from backend.settings import Settings
from backend.web.api.error_answers import NO_OPERATION
from backend.web.refusals import RefusalCode
from tests.server import LABS

Json = dict[str, Any]

ARGS_LIMIT, ARG_LIMIT_BYTES = 7, 99


@pytest.fixture(scope="module")
def description() -> Json:
    settings = Settings(
        labs_dir=LABS, port=8000, args_limit=ARGS_LIMIT, arg_limit_bytes=ARG_LIMIT_BYTES
    )
    whole: Json = json.loads(json.dumps(create_app(settings).openapi()))
    return whole


def operations_of(description: Json) -> Iterator[tuple[str, Json]]:
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            yield f"{method.upper()} {path}", operation


def errors_of(operation: Json) -> Json:
    """Return the codes of an operation's errors by status; every other answer is none."""
    errors = {}
    for status, answer in operation["responses"].items():
        if status >= "400":
            schema = answer["content"]["application/json"]["schema"]
            assert schema["$ref"] == "#/components/schemas/ErrorAnswer"
            errors[status] = schema["properties"]["error"]["properties"]["code"]["enum"]
    return errors


def operation_called(description: Json, name: str) -> Json:
    (found,) = [one for _, one in operations_of(description) if one["operationId"] == name]
    return found


def test_every_operation_has_a_name_of_its_own_a_tag_and_sentences(description: Json) -> None:
    tags = {tag["name"] for tag in description["tags"]}
    names = [operation["operationId"] for _, operation in operations_of(description)]
    assert len(names) == len(set(names))
    for where, operation in operations_of(description):
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", operation["operationId"]), where
        assert set(operation["tags"]) <= tags, where
        assert operation["description"].endswith("."), where
        for answer in operation["responses"].values():
            assert answer["description"].endswith("."), where
        for parameter in operation.get("parameters", []):
            assert parameter["description"].endswith("."), (where, parameter["name"])


def test_the_errors_of_an_operation_are_those_that_it_can_give(description: Json) -> None:
    errors = errors_of(operation_called(description, "start_run"))
    assert errors["404"] == ["not_found", "unknown_lab", "unknown_program", "unknown_room"]
    assert errors["409"] == ["port_in_use"]
    assert errors["422"] == ["bad_arguments", "invalid"]
    assert errors["429"] == ["limit"]
    assert errors["502"] == ["start_failed"]
    assert errors["400"] == ["bad_host", "bad_json"]
    assert errors["413"] == ["too_large"]
    assert errors["415"] == ["unsupported_media_type"]
    errors = errors_of(operation_called(description, "show_room"))
    assert not {"409", "413", "415", "422", "429", "502"} & set(errors)
    assert errors["404"] == ["not_found", "unknown_room"]


def test_each_refusal_of_the_web_is_described_somewhere(description: Json) -> None:
    described = {
        code
        for _, operation in operations_of(description)
        for codes in errors_of(operation).values()
        for code in codes
    }
    every = set(get_args(RefusalCode))
    assert every - described == NO_OPERATION
    code = description["components"]["schemas"]["ErrorInfo"]["properties"]["code"]
    assert described | every <= set(code["enum"])


def test_nothing_of_the_framework_s_own_errors_is_left(description: Json) -> None:
    assert "ValidationError" not in json.dumps(description)


def test_json_lines_have_their_type(description: Json) -> None:
    for name in ("list_events", "download_recording"):
        answer = operation_called(description, name)["responses"]["200"]
        assert list(answer["content"]) == ["application/x-ndjson"]


def test_what_may_be_started_has_the_bounds_of_the_settings(description: Json) -> None:
    start = description["components"]["schemas"]["StartRequest"]["properties"]
    assert start["args"]["maxItems"] == ARGS_LIMIT
    assert start["args"]["items"]["maxLength"] == ARG_LIMIT_BYTES
    assert "udp/echo" in start["lab"]["examples"]
    (port, _null) = start["port"]["anyOf"]
    assert (port["minimum"], port["maximum"]) == (0, 65535)


def test_what_is_typed_is_a_text_or_the_end(description: Json) -> None:
    body = operation_called(description, "type_into_run")["requestBody"]
    names = [one["$ref"] for one in body["content"]["application/json"]["schema"]["oneOf"]]
    text, end = (description["components"]["schemas"][name.rpartition("/")[2]] for name in names)
    assert (text["required"], end["required"]) == (["text"], ["eof"])
