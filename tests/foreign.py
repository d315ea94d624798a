"""Readers of mail that share nothing with followup: perl's Encode and MIME modules, and Dovecot."""

import contextlib
import imaplib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

PERL = r"""
use strict; use warnings;
use Encode; use MIME::Base64; use MIME::QuotedPrint; use JSON::PP;
$| = 1;
while (my $line = <STDIN>) {
    my ($head, $body) = split /\r\n\r\n/, decode_base64($line), 2;
    $head =~ s/\r?\n(?=[ \t])//g;
    my (@names, %value);
    for my $field (split /\r\n|\r|\n/, $head) {
        my ($name, $value) = $field =~ /^([^:]*):[ \t]*(.*)$/s;
        push @names, $name;
        $value{$name} = $value;
    }
    my ($name, $address) = ($value{From} // "") =~ /^(.*?)\s*<([^<>]*)>$/s;
    $name =~ s/\\(.)/$1/g if defined $name && $name =~ s/^"(.*)"$/$1/s;
    print JSON::PP->new->ascii->encode({
        names => \@names, subject => decode("MIME-Header", $value{Subject}), from => decode("MIME-Header", $name),
        sender => $address, to => $value{To}, message_id => $value{"Message-ID"},
        answered => $value{"In-Reply-To"}, references => $value{References},
        text => decode("UTF-8", decode_qp($body)),
    }), "\n";
}
"""


@contextlib.contextmanager
def perl(program: str) -> Iterator["Perl"]:
    """One perl for many mails."""
    with subprocess.Popen(
        [program, "-e", PERL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="ascii"
    ) as process:
        yield Perl(process)


class Perl:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def read(self, message: bytes) -> dict[str, Any]:
        """What it makes of a mail."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(b64encode(message).decode() + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        answer["text"] = answer["text"].replace("\r\n", "\n")
        return answer


@contextlib.contextmanager
def dovecot(program: str) -> Iterator["Dovecot"]:
    """Dovecot's own `imap` over pipes, with a mailbox and settings of its own; it refuses to work for root."""
    imap = Path(program).resolve().parent.parent / "lib" / "dovecot" / "imap"
    with tempfile.TemporaryDirectory(prefix="followup-dovecot-") as place:
        folder = Path(place)
        (folder / "conf").write_text(f"base_dir = {folder}/run\nmail_location = maildir:{folder}/mail\nssl = no\n")
        for name in ("cur", "new", "tmp"):
            (folder / "mail" / name).mkdir(parents=True)
        command = ["env", f"HOME={folder}", "USER=sam", str(imap), "-c", str(folder / "conf")]
        if os.geteuid() == 0:
            command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
            for path in (folder, *folder.rglob("*")):
                shutil.chown(path, 65534, 65534)
        yield Dovecot(folder / "mail", shlex.join(command))


class Dovecot:
    def __init__(self, mailbox: Path, command: str) -> None:
        self._mailbox = mailbox
        self._command = command
        self._kept = 0

    def envelopes(self, messages: Sequence[bytes]) -> list[list[Any]]:
        """The ENVELOPE (RFC 3501, 7.4.2) of each: date, subject, from, sender, reply-to, to, cc, bcc, answered, id."""
        for message in messages:
            self._kept += 1
            file = self._mailbox / "new" / f"{self._kept:08}.followup"
            file.write_bytes(message)
            file.chmod(0o666)
        client = imaplib.IMAP4_stream(self._command)
        try:
            client.select("INBOX", readonly=True)
            first = self._kept - len(messages) + 1
            _, found = client.fetch(f"{first}:{self._kept}", "ENVELOPE")
        finally:
            client.logout()
        return _envelopes(found)


def _envelopes(found: Sequence[Any]) -> list[list[Any]]:
    """imaplib's answer to FETCH: lines, and pairs of a line that ends in {size} and the literal of that size."""
    envelopes: list[list[Any]] = []
    stack: list[list[Any]] = [[]]
    for part in found:
        line, literal = part if isinstance(part, tuple) else (part, None)
        _take(line.decode("utf-8"), stack)
        if literal is not None:
            stack[-1][-1] = literal.decode("utf-8")
        if len(stack) == 1 and stack[0]:
            envelopes += [answer[1] for answer in stack[0] if isinstance(answer, list)]
            stack = [[]]
    return envelopes


def _take(line: str, stack: list[list[Any]]) -> None:
    """Add the words, strings and lists of a line to the list that is open."""
    place = 0
    while place < len(line):
        sign = line[place]
        place += 1
        if sign == "(":
            stack[-1].append([])
            stack.append(stack[-1][-1])
        elif sign == ")":
            stack.pop()
        elif sign == '"':
            text = ""
            while line[place] != '"':
                place += line[place] == "\\"
                text += line[place]
                place += 1
            place += 1
            stack[-1].append(text)
        elif sign != " ":
            end = next((at for at in range(place, len(line)) if line[at] in " ()"), len(line))
            word = line[place - 1 : end]
            stack[-1].append(None if word == "NIL" else word)
            place = end
