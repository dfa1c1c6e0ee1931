"""Whatever can happen is explained, in both languages, and nothing that cannot is."""

from __future__ import annotations

import builtins
import errno
import inspect
import re
import socket
from collections.abc import AsyncIterator
from http import HTTPStatus
from types import ModuleType
from typing import Any, get_args

import msgspec
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from backend.app import create_app
from backend.domain import class_events, events, traced_events
from backend.domain.explanations import Explanations, Meaning
from backend.settings import Settings
from backend.tracing import options, sockets
from backend.web import errors, refusals
from backend.web.pages.site import FRONTEND
from tests.server import LABS

EXPLANATIONS = msgspec.toml.decode((FRONTEND / "explanations.toml").read_bytes(), type=Explanations)
WORDS = EXPLANATIONS.in_language("en")


def words_of(vocabulary: Any) -> set[str]:
    """Return the words of a Literal."""
    return set(get_args(vocabulary))


# What a socket call of a lab can meet in practice.
ERRORS = {
    "EACCES", "EADDRINUSE", "EADDRNOTAVAIL", "EAFNOSUPPORT", "EAGAIN", "EALREADY", "EBADF",
    "ECONNABORTED", "ECONNREFUSED", "ECONNRESET", "EDESTADDRREQ", "EHOSTUNREACH", "EINPROGRESS",
    "EINTR", "EINVAL", "EISCONN", "EMFILE", "EMSGSIZE", "ENETDOWN", "ENETUNREACH", "ENFILE",
    "ENOBUFS", "ENOMEM", "ENOPROTOOPT", "ENOTCONN", "ENOTSOCK", "EOPNOTSUPP", "EPERM", "EPIPE",
    "EPROTONOSUPPORT", "ETIMEDOUT", "timeout", "gaierror", "OverflowError", "TypeError",
    "UnicodeError", "KeyboardInterrupt", "other",
}  # fmt: skip
CALLS = words_of(traced_events.SocketCall)
BLOCKING = words_of(traced_events.BlockingCall)
RECEIVES = {call for call in BLOCKING if call.startswith("recv")}
QUALIFIERS = {
    "enter": BLOCKING,
    "end": RECEIVES,
    "empty": RECEIVES,
    "peek": RECEIVES,
    "held": {"close"},
    "none": {"settimeout"},
    "zero": {"settimeout"},
    "off": {"setblocking"},
    **{how: {"shutdown"} for how in sockets._HOW.values()},
    **{option: {"setsockopt"} for option in options.OPTIONS.values()},
}


THREAD_STEPS = words_of(traced_events.ThreadStep)
SYNC_STEPS = words_of(traced_events.SyncStep)
SYNC_KINDS = words_of(traced_events.SyncKind)
KINDS_OF_UNIX = {f"unix-{kind}" for kind in words_of(traced_events.SocketKind)}
TRANSPORTS = words_of(traced_events.SocketTransport) | KINDS_OF_UNIX
CODES = words_of(events.ProblemCode) | words_of(refusals.RefusalCode)


def event_types(*modules: ModuleType) -> set[str]:
    found = [inspect.getmembers(module, inspect.isclass) for module in modules or [events]]
    kinds = [kind for members in found for _, kind in members]
    tags = {
        str(kind.__struct_config__.tag)
        for kind in kinds
        if issubclass(kind, events.Event) and kind is not events.Event
    }
    return tags | {"gap"}


class TestEverythingIsExplained:
    def test_each_call_that_the_tracer_wraps(self) -> None:
        assert {"bind", "listen", "accept", "recvfrom", "sendall", "socket", "close"} <= CALLS
        assert sorted(CALLS - set(WORDS["call"])) == []

    def test_each_wait(self) -> None:
        assert sorted({f"{call} enter" for call in BLOCKING} - set(WORDS["call"])) == []

    @pytest.mark.parametrize("way", ["udp", "unix-datagram"])
    def test_each_transfer_of_a_datagram_apart_from_that_of_a_stream(self, way: str) -> None:
        transfers = BLOCKING - {"accept", "sendfile"}  # which datagrams do not have
        assert sorted({f"{call} {way}" for call in transfers} - set(WORDS["call"])) == []

    def test_the_end_of_a_stream_and_an_empty_datagram(self) -> None:
        wanted = {f"{call} {what}" for call in RECEIVES for what in ("end", "empty")}
        assert sorted(wanted - set(WORDS["call"])) == []

    def test_each_option_and_each_way_to_shut_down(self) -> None:
        set_ones = {f"setsockopt {option}" for option in options.OPTIONS.values()}
        ways = {f"shutdown {how}" for how in sockets._HOW.values()}
        assert sorted((set_ones | ways) - set(WORDS["call"])) == []

    def test_each_error_that_a_call_can_meet(self) -> None:
        assert sorted(ERRORS - set(WORDS["error"])) == []

    def test_each_thing_that_threads_do(self) -> None:
        assert {"starts", "began", "ended", "joins", "joined"} <= THREAD_STEPS
        assert sorted(THREAD_STEPS - set(WORDS["thread"])) == []

    def test_each_lock_and_what_is_done_to_it(self) -> None:
        assert {"Lock", "RLock", "Semaphore", "Event", "Condition"} <= SYNC_KINDS
        wanted = SYNC_STEPS | {f"{kind} made" for kind in SYNC_KINDS}
        assert sorted(wanted - set(WORDS["sync"])) == []

    def test_each_type_of_event(self) -> None:
        told = {key.split(" ")[0] for key in WORDS["event"]}
        assert event_types() >= {"run.started", "output", "client.sent"}
        assert sorted(event_types() - told) == []

    def test_each_error_code_of_the_api_and_of_a_client(self) -> None:
        assert {"refused", "too_big", "port_in_use", "unknown_lab", "bad_origin"} <= CODES
        assert {kind.code for kind in errors.STATUSES} <= CODES
        assert sorted(CODES - set(WORDS["problem"])) == []


class TestNothingIsLeftOver:
    def test_of_the_calls(self) -> None:
        for key in WORDS["call"]:
            call, *rest = key.split(" ")
            qualifiers = [word for word in rest if word not in TRANSPORTS]
            assert call in CALLS, key
            assert len(rest) - len(qualifiers) <= 1, key
            assert all(call in QUALIFIERS.get(word, ()) for word in qualifiers), key

    def test_of_the_errors(self) -> None:
        known = {*vars(errno), "timeout", "other", "gaierror", *vars(builtins)}
        resolver = {str(value) for name, value in vars(socket).items() if name.startswith("EAI_")}
        for key in WORDS["error"]:
            name, *rest = key.split(" ")
            assert name in known | resolver, key
            assert set(rest) <= TRANSPORTS, key

    def test_of_threads_and_locks(self) -> None:
        awaited = words_of(traced_events.AwaitedInLibrary)
        for key in WORDS["thread"]:
            step, _, what = key.partition(" ")
            assert step in THREAD_STEPS, key
            more = {"waits": awaited, "joined": {"interrupted"}}.get(step, set())
            assert what in {"", "timeout"} | more, key
        for key in WORDS["sync"]:
            words = key.removesuffix(" notify").removesuffix(" nobody").split(" ")
            assert words[-1] in SYNC_STEPS, key
            assert set(words[:-1]) <= SYNC_KINDS, key

    def test_of_the_events(self) -> None:
        details = {"stdout", "stderr", "stdin", "output", "calls", "messages", "signal", "udp"}
        for key in WORDS["event"]:
            name, *rest = key.split(" ")
            assert name in event_types(events, traced_events, class_events), key
            assert set(rest) <= details, key

    def test_of_the_problems(self) -> None:
        for key in WORDS["problem"]:
            name, *rest = key.split(" ")
            assert name in CODES, key
            assert set(rest) <= TRANSPORTS, key


def all_words(language: str) -> list[tuple[str, Meaning]]:
    sections = EXPLANATIONS.in_language(language)
    return [
        (f"{section}.{key}", words)
        for section, entries in sections.items()
        for key, words in entries.items()
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
class TestWords:
    def test_are_short(self, language: str) -> None:
        for key, words in all_words(language):
            assert len(words.title) <= 60, key
            sentences = re.findall(r"[.!?](?=\s|$)", words.text)
            assert 1 <= len(sentences) <= 3, key
            assert len(words.text) <= 330, key
            assert len(words.tip) <= 190, key

    def test_are_sentences_in_print(self, language: str) -> None:
        for key, words in all_words(language):
            for text in (words.text, words.tip):
                assert text == "" or text[-1] in ".!?", key
                assert not re.search(r" - |\.\.\.|`|  ", text), key
            assert words.title[-1] not in ".,", key

    def test_are_of_their_language(self, language: str) -> None:
        for key, words in all_words(language):
            russian = bool(re.search("[а-яё]", words.text))
            assert russian == (language == "ru"), key


@pytest.fixture(scope="module")
def application() -> FastAPI:
    return create_app(Settings(labs_dir=LABS, port=8000))


@pytest.fixture
async def api(application: FastAPI) -> AsyncIterator[AsyncClient]:
    base = "http://127.0.0.1:8000"
    async with AsyncClient(transport=ASGITransport(app=application), base_url=base) as client:
        yield client


class TestApi:
    async def test_answers_in_the_language_that_is_asked_for(self, api: AsyncClient) -> None:
        russian = (await api.get("/api/explanations?lang=ru")).json()
        english = (await api.get("/api/explanations?lang=en")).json()
        assert (russian["language"], english["language"]) == ("ru", "en")
        assert russian["error"]["ECONNREFUSED"]["title"] == "В соединении отказано"
        assert english["error"]["ECONNREFUSED"]["title"] == "Connection refused"

    async def test_else_in_that_of_the_browser(self, api: AsyncClient) -> None:
        answer = await api.get("/api/explanations", headers={"accept-language": "ru"})
        assert answer.json()["language"] == "ru"
        assert answer.headers["vary"] == "accept-encoding, accept-language, cookie"

    @pytest.mark.parametrize("encoding", ["br", "gzip"])
    async def test_comes_compressed_as_the_browser_accepts_it(
        self, api: AsyncClient, encoding: str
    ) -> None:
        plain = await api.get("/api/explanations?lang=ru", headers={"accept-encoding": "identity"})
        packed = await api.get("/api/explanations?lang=ru", headers={"accept-encoding": encoding})
        assert packed.json() == plain.json()
        assert packed.headers["content-encoding"] == encoding
        assert int(packed.headers["content-length"]) < len(plain.content) / 4
        assert packed.headers["etag"] != plain.headers["etag"]

    async def test_sends_nothing_twice(self, api: AsyncClient) -> None:
        first = await api.get("/api/explanations?lang=ru")
        headers: dict[str, Any] = {"if-none-match": first.headers["etag"]}
        again = await api.get("/api/explanations?lang=ru", headers=headers)
        other = await api.get("/api/explanations?lang=en", headers=headers)
        assert (again.status_code, again.content) == (HTTPStatus.NOT_MODIFIED, b"")
        assert other.status_code == HTTPStatus.OK

    async def test_refuses_a_language_that_it_does_not_speak(self, api: AsyncClient) -> None:
        answer = await api.get("/api/explanations?lang=de")
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
