"""The flags of the command that set something; each has the name of its setting."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Port = Annotated[int | None, typer.Option(help="Port; 0 takes any free one.")]
HostKey = Annotated[str | None, typer.Option(metavar="KEY", help="Who holds it may make rooms.")]
HostKeyFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="A file with the host key in it.")
]
PublicUrl = Annotated[
    str | None, typer.Option(metavar="URL", help="Address at which people come, through a proxy.")
]
TrustedProxy = Annotated[
    list[str] | None,
    typer.Option(metavar="ADDRESS", help="A proxy, whose word on the caller is believed."),
]
TlsCert = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Certificate (PEM): speak HTTPS.")
]
TlsKey = Annotated[Path | None, typer.Option(metavar="FILE", help="The certificate's key (PEM).")]
Data = Annotated[
    str | None, typer.Option(metavar="FOLDER", help="Where to remember; none: nowhere.")
]
Labs = Annotated[
    list[Path] | None,
    typer.Option(metavar="FOLDER", help="Labs of one's own (docs/own-labs.md); again for more."),
]
LabsHost = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Address that the labs listen on.")
]
LabsPorts = Annotated[
    str | None, typer.Option(metavar="A-B", help="Ports that the labs listen on.")
]
LogFormat = Annotated[str | None, typer.Option(metavar="FORM", help="Of the log: plain or json.")]
First = Annotated[
    bool, typer.Option("--first", help="Its first version, as one writes it in the lesson.")
]
OpenPage = Annotated[bool, typer.Option("--open", help="Open the page.")]
