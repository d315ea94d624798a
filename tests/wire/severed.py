"""Run in a network namespace of its own: mails while packets vanish without a word; prints what became of them.

`severed.py PHASE` loses all packets from that phase of the conversation on; `severed.py hosts` has a server with a dead
IPv6 address before its living one; `severed.py dns` asks a name server that never answers; `severed.py command FOLDER`
is the real command, and the network comes back afterwards.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import sleep

from followup.mail import session, smtp
from followup.model.person import Account, Security
from tests.desk import ACME, Desk
from tests.smtp_server import Server

MESSAGE = b"Subject: Hello\r\n\r\n" + b"A word.\r\n" * 200
LONGEST_COMMAND = 400
"""No packet of a command is longer, and that of a letter is."""


def sh(*words: str) -> None:
    subprocess.run(words, check=True)


def drop(what: str) -> None:
    sh("nft", "add", "rule", "inet", "followup", "lost", *what.split(), "drop")


def drop_all(port: int) -> None:
    drop(f"tcp dport {port}")
    drop(f"tcp sport {port}")


def send(host: str, port: int) -> dict[str, object]:
    account = Account(host=host, port=port, security=Security.NONE)
    result = asyncio.run(smtp.send_one(account, "sam@example.org", "ines@example.org", MESSAGE))
    return {"ending": result.ending, "phase": result.phase, "words": result.words}


def severed(phase: str) -> dict[str, object]:
    session.COMMAND_SECONDS, session.DATA_SECONDS = 3, 4
    with Server(script={phase: "cut"}) as server:
        server.cut = lambda: drop_all(server.port)
        if phase == "connect":
            drop_all(server.port)
        if phase == "text":
            drop(f"tcp dport {server.port} meta length > {LONGEST_COMMAND}")
        return send("127.0.0.1", server.port) | {"kept": len(server.mails)}


def hosts() -> dict[str, object]:
    sh("ip", "address", "add", "2001:db8::25/128", "dev", "lo", "nodad")
    drop("ip6 daddr 2001:db8::25")
    over("/etc/hosts", "2001:db8::25 mail.example.org\n127.0.0.1 mail.example.org\n")
    with Server() as server:
        first = socket.getaddrinfo("mail.example.org", server.port, type=socket.SOCK_STREAM)[0][0]
        return send("mail.example.org", server.port) | {"kept": len(server.mails), "first": first}


def dns() -> dict[str, object]:
    sh("ip", "address", "add", "192.0.2.53/32", "dev", "lo")
    drop("ip daddr 192.0.2.53")
    over("/etc/resolv.conf", "nameserver 192.0.2.53\noptions timeout:1 attempts:2\n")
    return send("mail.example.org", 25)


def command(folder: str) -> dict[str, object]:
    """With a clock of its own that runs 60 times as fast, so that the ten minutes after the text are ten seconds."""
    with Server() as server:
        drop(f"tcp dport {server.port} meta length > {LONGEST_COMMAND}")
        desk = Desk(Path(folder))
        desk.use_server(server.port)
        desk.with_drafts(ACME)
        letter = desk.letter("Acme Tools")
        words = ["approve", letter["id"], "--now", "--digest", letter["digest"]]
        fast = subprocess.run(
            ["faketime", "-f", "+0 x60", sys.executable, "-m", "followup", *words],
            env=desk.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        sh("nft", "flush", "ruleset")
        sleep(1)
        desk.run("tick")
        state = desk.letter("Acme Tools")["state"]
        return {"said": fast.stderr, "state": state, "kept": len(server.mails), "connections": server.connections}


def over(place: str, text: str) -> None:
    """Another file in its place, for this namespace alone."""
    with ExitStack() as opened:
        file = opened.enter_context(tempfile.NamedTemporaryFile("w", suffix=".followup"))
        file.write(text)
        file.flush()
        sh("mount", "--bind", file.name, place)


def main(what: str, *rest: str) -> None:
    sh("ip", "link", "set", "lo", "up")
    sh("nft", "add table inet followup; add chain inet followup lost { type filter hook input priority 0; }")
    match what:
        case "hosts":
            told = hosts()
        case "dns":
            told = dns()
        case "command":
            told = command(*rest)
        case phase:
            told = severed(phase)
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
