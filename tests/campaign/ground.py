"""An SMTP server in a process of its own: what it accepted, and when, stands in an append-only file.

It shares no code with the product. `trap` in its folder, `PID PHASE SECONDS`, makes it kill that process, once, so long
after the conversation reaches that phase; without seconds the conversation stands still until the process is dead.
It ends with its standard input, so that it never outlives the campaign.
"""

import base64
import json
import os
import select
import signal
import socketserver
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

PHASES = ("connect", "ehlo", "auth", "mail", "rcpt", "data", "body", "dot", "accepted", "replied", "quit")
"""`dot`: the whole mail is here; `accepted`: that is written down, the 250 is not out; `replied`: it is."""


class Conversation(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True

    def handle(self) -> None:
        with suppress(OSError):
            self._reached("connect")
            self._say("220 ground truth")
            sender = recipient = ""
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].lower()
                self._reached(verb)
                address = line.partition("<")[2].partition(">")[0]
                if verb == "mail":
                    sender = address
                elif verb == "rcpt":
                    recipient, self._asked_at = address, time.time()
                if verb == "ehlo":
                    self._say("250-ground truth\r\n250 AUTH PLAIN")
                elif verb == "data":
                    self._data(sender, recipient)
                    self._reached("replied")
                else:
                    self._say({"quit": "221 bye", "auth": "235 welcome"}.get(verb, "250 ok"))

    def _data(self, sender: str, recipient: str) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise ConnectionAbortedError
            lines.append(line.removeprefix(b"."))
            if len(lines) == 2:
                self._reached("body")
        self._reached("dot")
        data = base64.b64encode(b"".join(lines)).decode()
        mail = {"asked_at": self._asked_at, "sender": sender, "recipient": recipient, "data": data}
        ledger = os.open("ledger", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(ledger, json.dumps(mail).encode() + b"\n")
        os.close(ledger)
        self._reached("accepted")
        self._say("250 kept")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _reached(self, phase: str) -> None:
        trap = Path("trap")
        with suppress(OSError, ValueError):
            pid, wanted, seconds = trap.read_text().split()
            if wanted != phase:
                return
            trap.unlink()
            prey = os.pidfd_open(int(pid))
            if float(seconds):
                threading.Thread(target=_kill, args=(prey, float(seconds)), daemon=True).start()
            else:
                _kill(prey, 0)


def _kill(prey: int, seconds: float) -> None:
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(prey, signal.SIGKILL)
        select.select([prey], [], [], 5)
    os.close(prey)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 50


def main() -> None:
    os.chdir(sys.argv[1])
    with Server(("127.0.0.1", 0), Conversation) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
