"""Labs as values: what lab.toml and walkthrough.toml say, and the rules that they must keep.

The catalogue (runtime/catalog.py) reads the files into these. What others are shown of a lab is a
LabSummary or a LabDetail.
Whatever breaks a rule raises ValueError with the key's name, which msgspec hands on with its path.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from backend.domain.errors import UnknownProgram

GROUPS = ("udp", "tcp", "http", "chat", "threads")
LEARNING_ORDER = (
    *("udp/hello", "udp/transform", "udp/time", "udp/time_with", "udp/socketserver"),
    *("tcp/echo", "tcp/trapezoid", "tcp/transform", "tcp/time", "tcp/socketserver"),
    "http/page",
    *("chat/threads", "chat/numbered", "chat/log", "chat/login", "chat/window"),
    *("threads/semaphore", "threads/event", "threads/condition", "threads/lowlevel"),
)
SUMMARY_LIMIT = 90

Filled = Annotated[str, Meta(min_length=1)]
LineEnding = Literal["", "\n", "\r\n"]
LabTransport = Literal["udp", "tcp", "none"]
ProgramName = Literal["server", "client", "demo"]
PROGRAMS: tuple[ProgramName, ...] = ("server", "client", "demo")


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages of the page."""

    ru: Filled
    en: Filled

    def in_language(self, language: str) -> str:
        """Return the text in Russian or, for any other language, in English."""
        return self.ru if language == "ru" else self.en


class Client(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """The client that the page makes for a lab."""


class MessageClient(Client, frozen=True, kw_only=True, tag="message"):
    """Sends what is typed and shows what comes back."""

    line_ending: LineEnding = ""
    presets: tuple[Filled, ...] = ()
    one_way: bool = False
    one_shot: bool = False


class WatchClient(Client, frozen=True, kw_only=True, tag="watch"):
    """Registers a name, shows what the server sends, and takes leave."""

    register: Filled
    leave: Filled
    repeat_s: Annotated[int, Meta(ge=0)] = 15
    line_ending: LineEnding = ""

    def __post_init__(self) -> None:
        """Hold the name's place."""
        _require_holes("register", self.register, {"name"})


class FormField(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One field of a form."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    label: Words
    value: str = ""


class FormClient(Client, frozen=True, kw_only=True, tag="form"):
    """Makes one message of several fields."""

    template: Filled
    fields: Annotated[tuple[FormField, ...], Meta(min_length=1)]
    line_ending: LineEnding = "\n"

    def __post_init__(self) -> None:
        """Hold the template to the fields."""
        _require_holes("template", self.template, {entry.name for entry in self.fields})


class ChatClient(Client, frozen=True, kw_only=True, tag="chat"):
    """A chat's window; with `login_line` it logs in first."""

    line_ending: LineEnding = "\n"
    login_line: Filled | None = None
    template: Filled = "{text}"

    def __post_init__(self) -> None:
        """Hold the places of login and text."""
        if self.login_line is None:
            _require_holes("template", self.template, {"text"})
        else:
            _require_holes("login_line", self.login_line, {"login"})
            _require_holes("template", self.template, {"login", "text"})


class BrowserClient(Client, frozen=True, kw_only=True, tag="browser"):
    """A mini browser: the raw request and response beside the page."""

    presets: tuple[Filled, ...] = ("/",)


class NoClient(Client, frozen=True, kw_only=True, tag="none"):
    """Nothing to connect to."""


ClientOfPage = MessageClient | WatchClient | FormClient | ChatClient | BrowserClient | NoClient


class LabFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a lab.toml says."""

    title: Words
    summary: Words
    transport: LabTransport
    source: Filled
    client: ClientOfPage
    port: Annotated[int, Meta(ge=1, le=65535)] | None = None
    evolves: Filled | None = None
    server: Filled | None = None

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
    """What is shown of a lab in a list. `port` is its usual one; `server` the lab that lends it."""

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
    programs: tuple[ProgramName, ...]
    client: ClientOfPage


class LabDetail(LabSummary, frozen=True, kw_only=True):
    """All that is shown of a lab; `sources` are by file name, the task is Markdown."""

    sources: dict[str, str]
    task: Words
    walkthrough: tuple[Step, ...]


class Lab(msgspec.Struct, frozen=True, kw_only=True):
    """One lab: its metadata, programs, texts."""

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
            programs=self.programs,
            client=self.client,
        )

    def detail(self) -> LabDetail:
        """Return all that is shown of the lab."""
        return LabDetail(
            **msgspec.structs.asdict(self.summary()),
            sources=dict(self.sources),
            task=self.task,
            walkthrough=self.walkthrough,
        )


def learning_order(lab_ids: Iterable[str]) -> list[str]:
    """Sort ids as the course goes; one that it does not name comes last in its group."""
    return sorted(lab_ids, key=_place)


def _place(lab_id: str) -> tuple[int, int, str]:
    group = lab_id.partition("/")[0]
    known = lab_id in LEARNING_ORDER
    place = LEARNING_ORDER.index(lab_id) if known else len(LEARNING_ORDER)
    return (GROUPS.index(group), place, lab_id)


def _needs(networked: bool) -> str:
    return "needs" if networked else "has no use for"


def _require_holes(key: str, template: str, names: set[str]) -> None:
    holes = set(re.findall(r"\{(\w+)\}", template))
    if holes != names:
        raise ValueError(f"{key} {template!r} has the places {sorted(holes)}, not {sorted(names)}")
