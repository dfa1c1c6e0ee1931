"""Labs as values: what lab.toml and walkthrough.toml say, and the rules that they must keep.

The catalogue (runtime/catalog.py) reads the files into these. What others are shown of a lab is a
LabSummary or a LabDetail.
Whatever breaks a rule raises ValueError with the key's name, which msgspec hands on with its path.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from backend.domain.arguments import AnyArgument, ProgramArguments, require_names
from backend.domain.checks import Check, CheckInfo, info_of
from backend.domain.errors import UnknownProgram
from backend.domain.language import Filled, Words
from backend.domain.page_clients import ClientOfPage, NoClient
from backend.domain.programs import ProgramName, is_first_version

GROUPS = ("udp", "tcp", "http", "threads", "chat")
LEARNING_ORDER = (
    *("udp/hello", "udp/transform", "udp/time", "udp/time_with", "udp/socketserver"),
    *("tcp/echo", "tcp/trapezoid", "tcp/transform", "tcp/time", "tcp/socketserver"),
    "http/page",
    *("threads/semaphore", "threads/event", "threads/condition", "threads/lowlevel"),
    *("chat/threads", "chat/numbered", "chat/log", "chat/login", "chat/window"),
)
SUMMARY_LIMIT = 90
MINUTES_LIMIT = 600

LabTransport = Literal["udp", "tcp", "none"]
Arguments = dict[str, dict[str, AnyArgument]]  # what guests may give, by program and name


class Goals(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a learner can do afterwards, in both languages of the page."""

    ru: Annotated[tuple[Filled, ...], Meta(min_length=1)]
    en: Annotated[tuple[Filled, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        """Hold that both say the same number of things."""
        if len(self.ru) != len(self.en):
            raise ValueError(f"goals: {len(self.ru)} in ru, {len(self.en)} in en")

    def in_language(self, language: str) -> tuple[str, ...]:
        """Return them in Russian or, for any other language, in English."""
        return self.ru if language == "ru" else self.en


class LabFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lab.toml says. `needs` are labs to know before, `minutes` what it takes to do it."""

    title: Words
    summary: Words
    transport: LabTransport
    source: Filled
    client: ClientOfPage
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    evolves: Filled | None = None
    server: Filled | None = None
    needs: tuple[Filled, ...] = ()
    minutes: Annotated[int, Meta(ge=1, le=MINUTES_LIMIT)] | None = None
    goals: Goals | None = None
    arguments: Arguments = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Hold what the keys mean to each other."""
        for language, text in (("ru", self.summary.ru), ("en", self.summary.en)):
            if len(text) > SUMMARY_LIMIT:
                raise ValueError(
                    f"summary.{language} has {len(text)} characters, limit {SUMMARY_LIMIT}"
                )
        networked = self.transport != "none"
        if networked == (self.port is None):
            raise ValueError(f"port: transport {self.transport!r} {_needs(networked)} one")
        if networked == isinstance(self.client, NoClient):
            raise ValueError(f"client.kind: transport {self.transport!r} {_needs(networked)} one")
        for program, arguments in self.arguments.items():
            require_names(arguments)
            if is_first_version(program):
                raise ValueError(f"arguments: {program} is a first version, which takes none")


class StepFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One [[step]] of a walkthrough.toml."""

    program: ProgramName
    snippet: Filled
    title: Words
    text: Words


class WalkthroughFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a walkthrough.toml says."""

    step: Annotated[tuple[StepFile, ...], Meta(min_length=1)]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a walkthrough, at its lines (the first line of a program is 1)."""

    program: ProgramName
    first_line: int
    last_line: int
    snippet: str
    title: Words
    text: Words

    @classmethod
    def at_lines_of(cls, source: str, step: StepFile) -> Step:
        """Find the lines of a step; raise ValueError unless its snippet stands there once."""
        snippet = step.snippet.strip("\n")
        count = source.count(snippet) if snippet.strip() else 0
        if count != 1:
            raise ValueError(
                f"snippet {snippet!r} occurs {count} times in {step.program}.py, expected 1"
            )
        first_line = source.count("\n", 0, source.index(snippet)) + 1
        return cls(
            program=step.program,
            first_line=first_line,
            last_line=first_line + snippet.count("\n"),
            snippet=snippet,
            title=step.title,
            text=step.text,
        )


class LabSummary(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of a lab in a list. `port` is its usual one; `server` the lab that lends it.

    `is_own`: it stands in a folder of labs of one's own, and does not come with Socket Lab.
    """

    id: str
    group: str
    name: str
    title: Words
    summary: Words
    transport: LabTransport
    port: int | None
    source: str
    evolves: str | None
    server: str | None
    needs: tuple[str, ...]
    minutes: int | None
    goals: Goals | None
    is_own: bool
    programs: tuple[ProgramName, ...]
    client: ClientOfPage


class LabDetail(LabSummary, frozen=True, kw_only=True):
    """All that everybody is shown of a lab; `sources` are by file name, the task is Markdown.

    `arguments` is what guests may give its programs, by program and name.
    """

    arguments: Arguments
    sources: dict[str, str]
    task: Words
    walkthrough: tuple[Step, ...]
    checks: tuple[CheckInfo, ...]


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """One lab: its metadata, programs, texts. `answers` are for whoever hosts, in Markdown."""

    id: str
    title: Words
    about: Words  # its summary, one line
    transport: LabTransport
    port: int | None
    source: str
    evolves: str | None
    server: str | None
    client: ClientOfPage
    paths: dict[ProgramName, Path]  # by program, in the order of PROGRAMS
    sources: dict[str, str] = field(default_factory=dict)  # by file name
    task: Words
    walkthrough: tuple[Step, ...] = ()
    arguments: Arguments = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    minutes: int | None = None
    goals: Goals | None = None
    answers: Words | None = None
    checks: tuple[Check, ...] = ()
    is_own: bool = False

    @property
    def group(self) -> str:
        """The folder of the lab's folder."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The name of the lab's folder."""
        return self.id.partition("/")[2]

    @property
    def programs(self) -> tuple[ProgramName, ...]:
        """The names of its programs; with `server` one of them is another lab's."""
        return tuple(self.paths)

    def program_path(self, program: str) -> Path:
        """Return the file of a program; raise UnknownProgram when there is none."""
        for name, path in self.paths.items():
            if name == program:
                return path
        raise UnknownProgram(self.id, program, self.programs)

    def arguments_of(self, program: str) -> ProgramArguments:
        """Return what guests may give a program."""
        return self.arguments.get(program, {})

    def summary(self) -> LabSummary:
        """Return what is shown of the lab in a list."""
        return LabSummary(
            id=self.id,
            group=self.group,
            name=self.name,
            title=self.title,
            summary=self.about,
            transport=self.transport,
            port=self.port,
            source=self.source,
            evolves=self.evolves,
            server=self.server,
            needs=self.needs,
            minutes=self.minutes,
            goals=self.goals,
            is_own=self.is_own,
            programs=self.programs,
            client=self.client,
        )

    def detail(self) -> LabDetail:
        """Return all that is shown of the lab."""
        return LabDetail(
            **msgspec.structs.asdict(self.summary()),
            arguments=self.arguments,
            sources=dict(self.sources),
            task=self.task,
            walkthrough=self.walkthrough,
            checks=tuple(info_of(check) for check in self.checks),
        )


def learning_order(lab_ids: Iterable[str]) -> list[str]:
    """Sort ids as the course goes; one that it does not name comes last in its group.

    Other groups come after those of the course, in the order of the alphabet.
    """
    return sorted(lab_ids, key=_place)


def _place(lab_id: str) -> tuple[int, int, str]:
    group = lab_id.partition("/")[0]
    known = lab_id in LEARNING_ORDER
    place = LEARNING_ORDER.index(lab_id) if known else len(LEARNING_ORDER)
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS), place, lab_id)


def _needs(networked: bool) -> str:
    return "needs" if networked else "has no use for"
