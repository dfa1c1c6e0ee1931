"""aiosmtpd: a controller (a loop in a thread of its own), smtplib as its client."""

import smtplib
import sys
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

port, way = map(int, sys.argv[1:])


class Handler:
    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        print("taken:", envelope.mail_from, envelope.rcpt_tos, len(content), content[:60])
        return f"250 taken {len(content)} bytes"


controller = Controller(Handler(), "127.0.0.1", port, server_hostname="here", ident="test")
controller.start()
for size in (10, 100_000):
    message = EmailMessage()
    message["From"], message["To"] = "ada@example.org", "bob@example.org"
    message["Subject"] = f"{size} times"
    message.set_content("text of a letter\n" * size)
    with smtplib.SMTP("127.0.0.1", way, local_hostname="there", timeout=20) as client:
        print(client.ehlo("there"))
        print(client.send_message(message))
        try:
            client.sendmail("ada@example.org", ["nobody@example.org"], "text")
        except smtplib.SMTPRecipientsRefused as error:
            print("refused:", error.recipients)
controller.stop()
print("done")
