"""The labs as a table."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from backend.domain.labs import Lab


def show_labs(labs: Iterable[Lab]) -> None:
    """Print a row for each lab."""
    table = Table(title="Socket Lab")
    for heading in ("Lab", "Title", "Transport", "Port", "Programs"):
        table.add_column(heading)
    for lab in labs:
        port = "" if lab.port is None else str(lab.port)
        transport = "" if lab.transport == "none" else lab.transport
        table.add_row(lab.id, lab.title.en, transport, port, ", ".join(lab.programs))
    Console().print(table)
