"""Every number and address that can be set, read once, frozen.

A value comes from the first of: the command's flags, the environment (`SOCKETLAB_PORT=9000`), the
file that `SOCKETLAB_FILE` names (`socketlab.toml` in the working directory), the default here.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from backend.bound_settings import BoundSettings, Positive
from backend.domain.addresses import is_loopback
from backend.domain.bounds import Bounds
from backend.domain.forwarded import Network, read_network
from backend.domain.ports import PortRange
from backend.domain.web_address import WebAddress, read_web_address
from backend.limits import MemoryLimits, ProgramLimits, TrafficLimits

ROOT = Path(__file__).resolve().parents[1]
FILE_VARIABLE = "SOCKETLAB_FILE"
FILE = "socketlab.toml"

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(ProgramLimits, TrafficLimits, MemoryLimits, BoundSettings):
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
    host_key: SecretStr | None = Field(
        None,
        description="Who holds it may make rooms: with it the playground is hosted, for people of "
        "other computers. Where one is needed and none given, it is made and printed.",
    )
    host_key_file: Path | None = Field(None, description="A file with the host key in it.")
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
    labs: tuple[Path, ...] = Field(
        (),
        description="Folders with labs of one's own, beside those that come with Socket Lab; their "
        "programs run here as those do, so that one trusts them.",
    )
    labs_host: str = Field("127.0.0.1", description="Address that the labs' servers listen on.")
    labs_ports: str | None = Field(
        None,
        description="Ports that the labs' servers listen on, as 20000-20999: what a firewall can "
        "be told. If not set, each has its own.",
    )
    fork_server: bool = Field(
        True,
        description="On Linux, fork programs from a warm process, which takes a fraction of the "
        "time; if not: start a new Python for each, as it is done elsewhere.",
    )
    data: str = Field(
        "",
        description="Folder in which the playground remembers: rooms, people, histories, "
        "recordings, drafts; `none` forgets all at the end. Empty: the user's data folder, "
        "`~/.local/share/socketlab` as a rule.",
    )

    log_format: Literal["plain", "json"] = Field(
        "plain", description="Form of the lines on standard error: `plain` or `json`."
    )
    shutdown_s: Positive = Field(5, description="How long open connections may take at the end.")

    @field_validator("public_url")
    @classmethod
    def _check_public_url(cls, text: str | None) -> str | None:
        return None if text is None else str(read_web_address(text))

    @field_validator("labs_ports")
    @classmethod
    def _check_ports(cls, text: str | None) -> str | None:
        return None if text is None else str(PortRange.from_text(text))

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
    def labs_port_range(self) -> PortRange | None:
        """`labs_ports`, as a range."""
        return None if self.labs_ports is None else PortRange.from_text(self.labs_ports)

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
        return self.is_hosted if self.bounded is None else self.bounded

    @property
    def program_bounds(self) -> Bounds | None:
        """What one program may have of the machine; None: whatever it wants."""
        if not self.is_bounded:
            return None
        return self.run_bounds

    @property
    def is_hosted(self) -> bool:
        """Whether people of other computers take part, so that rooms and credentials are needed."""
        if self.host_key is not None or self.host_key_file is not None:
            return True
        is_open = not is_loopback(self.host) or self.public_url is not None
        return is_open and not self.trusted_bind

    def with_port(self, port: int) -> Settings:
        """Return these settings with the port that was really taken."""
        return self.with_values(port=port)

    def with_values(self, **changed: Any) -> Settings:
        """Return these settings with other values, checked like the first ones."""
        values: dict[str, Any] = self.model_dump()
        return Settings(**{**values, **changed})
