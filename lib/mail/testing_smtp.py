"""Mailboxes of a test for Debian's aiosmtpd: takes mail for everybody but two, and writes each to a file of a folder."""

import json
import os

REPLIES = {"gone@example.com": "550 5.1.1 No such mailbox", "full@example.com": "452 4.2.2 Mailbox is full"}


class Mailboxes:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    @classmethod
    def from_cli(cls, parser, folder):
        return cls(folder)

    def now_empty(self):
        return os.path.exists(os.path.join(self.folder, "empty"))

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = REPLIES.get(address)
        if reply and not (reply.startswith("4") and self.now_empty()):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        mail = {
            "to": envelope.rcpt_tos,
            "encrypted": session.ssl is not None,
            "text": envelope.content.decode("utf8"),
        }
        part = os.path.join(self.folder, f"{self.count:03}.part")
        with open(part, "w") as file:
            json.dump(mail, file)
        os.rename(part, os.path.join(self.folder, f"{self.count:03}.json"))
        return "250 2.0.0 Queued"
