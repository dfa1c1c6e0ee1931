"""The steps of the program itself: typed into, read, interrupted, started again, looked at."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

from backend.domain.steps import (
    Calls,
    EndInput,
    ErrorLines,
    Exits,
    Interrupt,
    Prints,
    PrintsNothing,
    PrintsPattern,
    ProgramStream,
    StartAgain,
    StartBusy,
    Step,
    Trace,
    Types,
    Wait,
)
from backend.runtime.examiner.program import ExaminedProgram
from backend.runtime.examiner.subject import NotAsExpected

SHOWN = 400  # characters of the end of an output
ENDS_WITHIN_S = 1.0  # after Ctrl+C; then it is ended by force


async def take_program_step(program: ExaminedProgram, step: Step, patience: float) -> None:
    """Take a step with the program. Raises NotAsExpected."""
    match step:
        case Types(types=text):
            program.type(text)
        case EndInput():
            program.type(None)
        case Interrupt():
            await program.interrupt()
        case Wait(wait_s=wait_s):
            await asyncio.sleep(wait_s)
        case Prints() | PrintsPattern() | PrintsNothing() | ErrorLines():
            await _read(program, step, patience)
        case Exits(exits=status, within_s=within_s):
            await _expect_exit(program, status, within_s * patience)
        case StartAgain():
            await _start_again(program, patience)
        case StartBusy():
            await _start_busy(program, step)
        case Trace() | Calls():
            await _look(program, step, patience)
        case _:
            raise AssertionError(f"no step of a program: {step}")


async def _read(program: ExaminedProgram, step: Step, patience: float) -> None:
    match step:
        case Prints(prints=text, within_s=within_s, stream=stream):
            expected = f"{text!r} on {stream}"
            await _find(program, stream, re.escape(text), expected, within_s * patience)
        case PrintsPattern(prints_pattern=pattern, within_s=within_s, stream=stream):
            expected = f"the pattern {pattern} on {stream}"
            await _find(program, stream, pattern, expected, within_s * patience)
        case PrintsNothing(prints_nothing_s=for_s, stream=stream):
            if await program.bell.wait_until(lambda: bool(_more(program, stream)), for_s):
                raise NotAsExpected(f"nothing for {for_s:g} s", _more(program, stream)[-SHOWN:])
        case ErrorLines(error_lines=count):
            lines = program.printed["stderr"].splitlines()
            if len(lines) != count:
                raise NotAsExpected(f"{count} lines on stderr", "\n".join(lines) or "none")


async def _find(
    program: ExaminedProgram, stream: ProgramStream, pattern: str, expected: str, within_s: float
) -> None:
    """Wait for a pattern in what was printed since, as long as the program can print."""
    end = _finder(program, stream, pattern)
    await program.bell.wait_until(lambda: end() > 0 or program.has_ended, within_s)
    if not (found := end()):
        raise NotAsExpected(expected, _printed(program, stream))
    program.read_to[stream] = found


def _finder(program: ExaminedProgram, stream: str, pattern: str) -> Callable[[], int]:
    """Return what finds where a pattern ends in what was printed since; 0: nowhere."""

    def end() -> int:
        found = re.compile(pattern, re.MULTILINE).search(
            program.printed[stream], program.read_to[stream]
        )
        return found.end() if found else 0

    return end


def _more(program: ExaminedProgram, stream: str) -> str:
    """Return what was printed after the line in which the last step found its text."""
    printed, read_to = program.printed[stream], program.read_to[stream]
    if read_to == 0 or printed[read_to - 1] == "\n":
        return printed[read_to:]
    return printed[read_to:].partition("\n")[2]


def _printed(program: ExaminedProgram, stream: str) -> str:
    came = program.printed[stream][program.read_to[stream] :][-SHOWN:] or "nothing"
    errors = program.printed["stderr"][-SHOWN:] if stream == "stdout" else ""
    if program.has_ended:
        came += f"; it has ended with status {program.exit_status}"
    return f"{came}; stderr: {errors}" if errors else came


async def _expect_exit(program: ExaminedProgram, status: int, within_s: float) -> None:
    await program.bell.wait_until(lambda: program.has_ended, within_s)
    if program.exit_status != status:
        came = "it runs on" if not program.has_ended else f"status {program.exit_status}"
        errors = program.printed["stderr"][-SHOWN:]
        raise NotAsExpected(f"it ends with status {status}", f"{came} {errors}".strip())


async def _start_again(program: ExaminedProgram, patience: float) -> None:
    port = _port(program)
    if not program.has_ended and not program.is_interrupted:
        await program.interrupt()
    await program.bell.wait_until(lambda: program.has_ended, ENDS_WITHIN_S * patience)
    await program.stop()
    await program.start(port)


async def _start_busy(program: ExaminedProgram, step: StartBusy) -> None:
    status, errors = await program.second(_port(program))
    lines = errors.splitlines()
    if (status, len(lines)) != (step.start_busy, step.error_lines):
        how = "it listens all the same" if status is None else f"status {status}"
        raise NotAsExpected(
            f"status {step.start_busy} and {step.error_lines} lines on stderr",
            f"{how}, {len(lines)} lines: {errors[-SHOWN:]}".strip(),
        )


def _port(program: ExaminedProgram) -> int:
    if program.port is None:
        raise NotAsExpected("a program that listens", "one that does not")
    return program.port


async def _look(program: ExaminedProgram, step: Step, patience: float) -> None:
    match step:
        case Trace(trace="idle", for_s=for_s):
            before = len(program.calls)
            if await program.bell.wait_until(lambda: len(program.calls) > before, for_s):
                names = ", ".join(call.call for call in program.calls[before:][:5])
                raise NotAsExpected(f"no call for {for_s:g} s", names)
        case Trace():
            await program.bell.wait_until(lambda: not program.open_sockets(), 2.0 * patience)
            if left := program.open_sockets():
                raise NotAsExpected("every socket is closed", f"{len(left)} left to Python")
        case Calls(calls=name, within_s=within_s):
            if not await program.bell.wait_until(
                lambda: any(_is_done(call.call, name, call.error) for call in program.calls),
                within_s * patience,
            ):
                raise NotAsExpected(f"a call of {name}", "none")


def _is_done(call: str, name: str, error: str | None) -> bool:
    return call == name and error is None
