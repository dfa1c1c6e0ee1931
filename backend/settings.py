"""Every number and address that can be set, read once, frozen.

A value comes from the first of: the command's flags, the environment (`SOCKETLAB_PORT=9000`), the
file that `SOCKETLAB_FILE` names (`socketlab.toml` in the working directory), the default here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from backend.bound_settings import BoundSettings, Positive, Seconds
from backend.domain.bounds import Bounds
from backend.domain.forwarded import Network, read_network
from backend.domain.web_address import WebAddress, read_web_address

ROOT = Path(__file__).resolve().parents[1]
FILE_VARIABLE = "SOCKETLAB_FILE"
FILE = "socketlab.toml"

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BoundSettings):
    """The settings of one playground. Sizes are bytes, times are seconds."""

    model_config = SettingsConfigDict(
        env_prefix="SOCKETLAB_",
        frozen=True,
        extra="forbid",
    )

    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: Port = Field(8000, description="Port of the web server; 0 takes any free one.")
    trusted_bind: bool = Field(
        False,
        description="Allow a host other than loopback although everybody who can reach it may "
        "start programs: for a container whose ports are published on loopback only.",
    )
    allowed_hosts: frozenset[str] = Field(
        frozenset(),
        description="More values of the Host header to accept, as HOST or HOST:PORT, beside the "
        "loopback names, alone or with the server's own port.",
    )
    public_url: str | None = Field(
        None,
        description="Address under which people reach this server through a proxy, as "
        "https://HOST or https://HOST/PATH.",
    )
    trusted_proxy: frozenset[str] = Field(
        frozenset(),
        description="Addresses or networks of proxies: what they say in X-Forwarded-For, "
        "X-Forwarded-Proto or Forwarded of the caller is believed.",
    )
    tls_cert: Path | None = Field(
        None, description="Certificate (PEM, with its chain): the server speaks HTTPS itself."
    )
    tls_key: Path | None = Field(None, description="The certificate's private key (PEM).")
    labs_dir: Path = Field(ROOT / "labs", description="Where the labs are.")
    labs_host: str = Field("127.0.0.1", description="Address that the labs' servers listen on.")

    data: str = Field(
        "",
        description="Folder in which the playground remembers: rooms, people, histories, "
        "recordings, drafts; `none` forgets all at the end. Empty: the user's data folder, "
        "`~/.local/share/socketlab` as a rule.",
    )

    start_timeout_s: Seconds = Field(15.0, description="How long a program may take to listen.")
    stop_int_s: Seconds = Field(1.0, description="Between SIGINT and SIGTERM.")
    stop_term_s: Seconds = Field(2.0, description="Between SIGTERM and SIGKILL.")
    drain_s: Seconds = Field(
        0.5, description="How long output is still read after a program has ended."
    )
    runs_per_room: Positive = Field(40, description="Runs at a time in a room.")
    ended_runs_kept: Positive = Field(200, description="Ended runs that a room remembers.")
    args_limit: Positive = Field(32, description="Arguments of one program.")
    arg_limit_bytes: Positive = Field(4096, description="Size of one argument.")
    stdin_limit_bytes: Positive = Field(65536, description="Typed, not yet read by the program.")
    output_rate_bytes: Positive = Field(
        131072, description="Output that is told, per run and second; the rest is counted."
    )
    output_burst_bytes: Positive = Field(262144, description="Output that is told in one go.")
    output_piece_bytes: Positive = Field(16384, description="Largest text of one output event.")
    trace_line_limit_bytes: Positive = Field(65536, description="Largest message of a tracer.")

    trace_events_rate: Positive = Field(
        2000, description="Events of one program from outside, per second; the rest is counted."
    )

    clients_per_room: Positive = Field(200, description="Browser sockets at a time in a room.")
    viewers_per_room: Positive = Field(200, description="Open event streams in a room.")
    message_limit_bytes: Positive = Field(131072, description="Largest WebSocket message.")
    ping_s: Seconds = Field(
        20.0,
        description="Between two pings to a WebSocket; one that does not answer within as long "
        "again is cut.",
    )
    request_limit_bytes: Positive = Field(262144, description="Largest HTTP request body.")
    target_limit_bytes: Positive = Field(8000, description="Longest path with its query.")
    headers_limit: Positive = Field(100, description="Headers of one HTTP request.")
    headers_limit_bytes: Positive = Field(32768, description="Size of all headers together.")
    request_timeout_s: Seconds = Field(
        20.0, description="How long an HTTP request may take to be complete."
    )
    connections_limit: Positive = Field(1000, description="Connections at a time.")
    connections_per_address: Positive = Field(
        700, description="Connections at a time from one address."
    )
    descriptors_reserve: Positive = Field(
        512,
        description="Descriptors that connections leave to programs and to browser sockets; where "
        "the process has few, they leave three quarters.",
    )
    window_bytes: Positive = Field(
        262144, description="What a TCP client may have sent that the lab has not yet taken."
    )
    connect_timeout_s: Seconds = Field(5.0, description="How long a TCP connect may take.")
    client_idle_s: Seconds = Field(3600.0, description="A browser socket without traffic ends.")
    client_silence_s: Seconds = Field(
        30.0, description="A client over plain HTTP for which no request comes for so long ends."
    )
    wait_limit_s: Seconds = Field(
        20.0, description="How long a request may wait for news at most: `wait_s`."
    )
    post_wait_s: Seconds = Field(
        5.0, description="How long a message to a client over plain HTTP may wait to be taken."
    )
    mailbox_bytes: Positive = Field(
        262144,
        description="What a client over plain HTTP may have for its browser that was not fetched: "
        "where it is more, the lab is not read.",
    )
    client_events_rate: Positive = Field(
        500, description="Messages of one client that are told, per second; the rest is counted."
    )

    events_kept: Positive = Field(20_000, description="Events that a room's history holds.")
    events_kept_bytes: Positive = Field(16 * 2**20, description="Size of a room's history.")
    history_kept_days: Positive = Field(
        90, description="Age at which events are no longer remembered after a restart."
    )
    recordings_per_room: Positive = Field(50, description="Recordings that a room keeps.")
    recordings_bytes: Positive = Field(
        256 * 2**20, description="Size of all recordings of a room together."
    )
    recordings_kept_days: Positive = Field(365, description="Age at which a recording is deleted.")
    drafts_per_person: Positive = Field(200, description="Programs that one person has drafted.")
    draft_limit_bytes: Positive = Field(65536, description="Size of one drafted program.")
    store_interval_s: Seconds = Field(
        0.25, description="How long events wait for each other to be written in one go."
    )
    store_patience_s: Seconds = Field(
        3.0, description="How long whoever waits for something to be kept waits for the disk."
    )
    store_queue_events: Positive = Field(
        100_000,
        description="Events that wait for a disk that does not take them; the oldest go, counted.",
    )
    store_queue_bytes: Positive = Field(64 * 2**20, description="Size of those events.")
    batch_interval_s: Seconds = Field(0.05, description="Least time between two event batches.")
    batch_limit_events: Positive = Field(1000, description="Events in one batch.")
    batch_limit_bytes: Positive = Field(256 * 1024, description="Size of one batch.")
    download_piece_bytes: Positive = Field(
        65536, description="Events of a download that are taken from the history in one go."
    )
    unread_s: Seconds = Field(
        60.0, description="A peer that takes nothing of what is sent to it for so long is cut."
    )
    log_format: Literal["plain", "json"] = Field(
        "plain", description="Form of the lines on standard error: `plain` or `json`."
    )
    shutdown_s: Positive = Field(5, description="How long open connections may take at the end.")

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, text: str | None) -> str | None:
        return None if text is None else str(read_web_address(text))

    @field_validator("trusted_proxy")
    @classmethod
    def _check_networks(cls, texts: frozenset[str]) -> frozenset[str]:
        return frozenset(str(read_network(text)) for text in texts)

    @model_validator(mode="after")
    def _check_tls(self) -> Self:
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("tls_cert and tls_key belong together: give both, or none")
        return self

    @property
    def trusted_networks(self) -> tuple[Network, ...]:
        """`trusted_proxy`, as networks."""
        return tuple(read_network(text) for text in sorted(self.trusted_proxy))

    @property
    def scheme(self) -> str:
        """What the server itself speaks."""
        return "http" if self.tls_cert is None else "https"

    @property
    def public_address(self) -> WebAddress | None:
        """`public_url`, in its parts."""
        return None if self.public_url is None else read_web_address(self.public_url)

    @property
    def base_path(self) -> str:
        """The path under which a proxy has us; empty where that is the root."""
        return self.public_address.path if self.public_address else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, environment, file, in this order. Raises ValueError for a file not there."""
        named = os.environ.get(FILE_VARIABLE)
        if named and not Path(named).exists():
            raise ValueError(f"{FILE_VARIABLE}: there is no file {named}")
        file = TomlConfigSettingsSource(settings_cls, toml_file=named or FILE)
        return init_settings, env_settings, file

    @property
    def is_bounded(self) -> bool:
        """Whether what people start and send is bounded, for others to have their part."""
        return bool(self.bounded)

    @property
    def program_bounds(self) -> Bounds | None:
        """What one program may have of the machine; None: whatever it wants."""
        if not self.is_bounded:
            return None
        return self.run_bounds

    def with_port(self, port: int) -> Settings:
        """Return these settings with the port that was really taken."""
        values: dict[str, Any] = self.model_dump()
        return Settings(**{**values, "port": port})
