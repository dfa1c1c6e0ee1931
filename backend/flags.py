"""The flags of the command that set something; each has the name of its setting."""

from __future__ import annotations

from pathlib import Path

import click

PATH = click.Path(path_type=Path)

host = click.option("--host", help="Address to listen on.")
port = click.option("--port", type=int, help="Port; 0 takes any free one.")
host_key = click.option("--host-key", metavar="KEY", help="Who holds it may make rooms.")
host_key_file = click.option(
    "--host-key-file", type=PATH, metavar="FILE", help="A file with the host key in it."
)
public_url = click.option(
    "--public-url", metavar="URL", help="Address at which people come, through a proxy."
)
trusted_proxy = click.option(
    "--trusted-proxy",
    multiple=True,
    metavar="ADDRESS",
    help="A proxy, whose word on the caller is believed; again for more.",
)
tls_cert = click.option(
    "--tls-cert", type=PATH, metavar="FILE", help="Certificate (PEM): speak HTTPS."
)
tls_key = click.option("--tls-key", type=PATH, metavar="FILE", help="The certificate's key (PEM).")
data = click.option("--data", metavar="FOLDER", help="Where to remember; none: nowhere.")
labs = click.option(
    "--labs",
    type=PATH,
    multiple=True,
    metavar="FOLDER",
    help="Labs of one's own (docs/own-labs.md); again for more.",
)
labs_host = click.option("--labs-host", metavar="ADDRESS", help="Address that the labs listen on.")
labs_ports = click.option("--labs-ports", metavar="A-B", help="Ports that the labs listen on.")
log_format = click.option("--log-format", metavar="FORM", help="Of the log: plain or json.")
first = click.option(
    "--first", is_flag=True, help="Its first version, as one writes it in the lesson."
)
open_page = click.option("--open", "open_page", is_flag=True, help="Open the page.")
