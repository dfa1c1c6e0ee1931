"""The kinds of client that the page can make for a lab: what lab.toml says under [client].

Whatever breaks a rule raises ValueError with the key's name.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from backend.domain.language import Filled, Words

LineEnding = Literal["", "\n", "\r\n"]


class Client(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    """The client that the page makes for a lab."""


class MessageClient(Client, frozen=True, kw_only=True, tag="message"):
    """Sends what is typed and shows what comes back.

    `presets` are examples, the same in both languages or one for each. `one_way`: the server never
    answers, and the page says so. `one_shot`: one message a connection.
    """

    line_ending: LineEnding = ""
    presets: tuple[Filled | Words, ...] = ()
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
    """Makes one message of several fields. An answer with `error_prefix` is shown as an error."""

    template: Filled
    fields: Annotated[tuple[FormField, ...], Meta(min_length=1)]
    line_ending: LineEnding = "\n"
    error_prefix: Filled | None = None

    def __post_init__(self) -> None:
        """Hold the template to the fields."""
        _require_holes("template", self.template, {entry.name for entry in self.fields})


class ChatClient(Client, frozen=True, kw_only=True, tag="chat"):
    """Shows what `WHO: TEXT` lines say, and by whom; with `login_line` it logs in first.

    `one_way`: the server passes nothing on. `form`: login, message and one button, as in a window;
    it needs a `login_line`.
    """

    line_ending: LineEnding = "\n"
    login_line: Filled | None = None
    template: Filled = "{text}"
    one_way: bool = False
    form: bool = False

    def __post_init__(self) -> None:
        """Hold the places of login and text."""
        if self.login_line is None:
            _require_holes("template", self.template, {"text"})
            if self.form:
                raise ValueError("form: needs a login_line")
        else:
            _require_holes("login_line", self.login_line, {"login"})
            _require_holes("template", self.template, {"login", "text"})


class BrowserClient(Client, frozen=True, kw_only=True, tag="browser"):
    """A mini browser: the raw request and response beside the page."""

    presets: tuple[Filled, ...] = ("/",)


class NoClient(Client, frozen=True, kw_only=True, tag="none"):
    """Nothing to connect to."""


ClientOfPage = MessageClient | WatchClient | FormClient | ChatClient | BrowserClient | NoClient


def _require_holes(key: str, template: str, names: set[str]) -> None:
    holes = set(re.findall(r"\{(\w+)\}", template))
    if holes != names:
        raise ValueError(f"{key} {template!r} has the places {sorted(holes)}, not {sorted(names)}")
