"""dnslib: its server over UDP and TCP, and its client."""

import sys

from dnslib import QTYPE, RCODE, RR, DNSRecord
from dnslib.server import BaseResolver, DNSHandler, DNSLogger, DNSServer

port, way = map(int, sys.argv[1:])
ZONE = {"a.example.": "a.example. 60 A 192.0.2.1", "t.example.": 't.example. 60 TXT "some text"'}


class Resolver(BaseResolver):
    def resolve(self, request: DNSRecord, handler: DNSHandler) -> DNSRecord:
        reply = request.reply()
        name = str(request.q.qname)
        if name in ZONE:
            reply.add_answer(*RR.fromZone(ZONE[name]))
        elif name == "many.example.":  # more than fits a datagram
            reply.add_answer(
                *RR.fromZone(
                    "\n".join(f"many.example. 60 A 192.0.2.{number}" for number in range(1, 120))
                )
            )
        else:
            reply.header.rcode = RCODE.NXDOMAIN
        return reply


servers = [
    DNSServer(Resolver(), "127.0.0.1", port, tcp=tcp, logger=DNSLogger("-request,-reply"))
    for tcp in (False, True)
]
for server in servers:
    server.start_thread()
for number, (name, kind) in enumerate(
    [("a.example", "A"), ("t.example", "TXT"), ("none.example", "A"), ("many.example", "A")]
):
    for tcp in (False, True):
        question = DNSRecord.question(name, kind)
        question.header.id = 100 + number
        reply = DNSRecord.parse(question.send("127.0.0.1", way, tcp=tcp, timeout=10))
        answers = [f"{QTYPE[rr.rtype]} {rr.rdata}" for rr in reply.rr]
        print(name, "tcp" if tcp else "udp", RCODE[reply.header.rcode], reply.header.tc, answers)
for server in servers:
    server.stop()
    server.server.server_close()
print("done")
