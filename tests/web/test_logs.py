"""What the operator reads: lines, plain or JSON, and nothing of what people sent."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

import pytest

from backend.web.logs import JsonLines, PlainLines

SECRET = "token-3f9a payload"


def record_of(error: BaseException | None = None, message: str = "it broke") -> logging.LogRecord:
    info = None if error is None else (type(error), error, error.__traceback__)
    return logging.LogRecord("backend.test", logging.ERROR, __file__, 1, message, (), info)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:
        return caught


@pytest.mark.parametrize("form", [PlainLines(), JsonLines()])
def test_of_an_error_the_kind_and_the_places_are_told_and_not_its_words(
    form: logging.Formatter,
) -> None:
    group = ExceptionGroup(SECRET, [ValueError(SECRET), raised(KeyError(SECRET))])
    said = form.format(record_of(raised(RuntimeError(SECRET), cause=group)))
    assert SECRET not in said
    for part in ("it broke", "RuntimeError", "ExceptionGroup", "ValueError", "KeyError"):
        assert part in said
    assert f"{__file__}:" in said.replace("\\\\", "\\")


def test_what_the_kernel_said_is_told() -> None:
    said = PlainLines().format(record_of(raised(OSError(28, "No space left on device", SECRET))))
    assert "OSError (No space left on device)" in said
    assert SECRET not in said


def test_errors_in_a_circle_are_told_once() -> None:
    first, second = ValueError(), TypeError()
    first.__context__, second.__context__ = second, first
    said = PlainLines().format(record_of(first))
    assert (said.count("ValueError"), said.count("TypeError")) == (1, 1)


@pytest.mark.parametrize("form", [PlainLines(), JsonLines()])
def test_a_record_is_one_line_whatever_stands_in_it(form: logging.Formatter) -> None:
    said = form.format(record_of(message="a\nb\x1b[31m\u202ec\r"))
    assert said.isprintable()
    assert "\x1b" not in said


def test_a_json_line_has_these_fields() -> None:
    line = json.loads(JsonLines().format(record_of(raised(ValueError("x")))))
    assert set(line) == {"time", "level", "logger", "message", "error"}
    assert (line["level"], line["logger"], line["message"]) == ("error", "backend.test", "it broke")
    assert line["error"][-1] == "ValueError"
    assert set(json.loads(JsonLines().format(record_of()))) == set(line) - {"error"}


async def test_what_asyncio_shows_of_a_failed_task_is_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlainLines())
    log = logging.getLogger("asyncio")
    log.addHandler(handler)
    try:
        context = {"message": "Task exception was never retrieved", "exception": ValueError(SECRET)}
        asyncio.get_running_loop().call_exception_handler({**context, "future": SECRET})
    finally:
        log.removeHandler(handler)
    said = capsys.readouterr().err
    assert "never retrieved" in said
    assert SECRET not in said
