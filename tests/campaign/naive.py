"""The control: a sender that commits no intent and marks a letter sent after the 250. The campaign must catch it."""

import smtplib
import sqlite3
import sys
from contextlib import closing
from email.utils import formatdate

LOG = "INSERT INTO log SELECT 1, max(id) + 1, max(at), 'naive', NULL, ?, 'sent', NULL, NULL FROM log"
DUE = "SELECT id, recipient, message FROM letter WHERE state = 'approved' ORDER BY id"


def main() -> None:
    with closing(sqlite3.connect(sys.argv[1], isolation_level=None)) as store:
        for number, recipient, message in store.execute(DUE).fetchall():
            with smtplib.SMTP("127.0.0.1", int(sys.argv[2])) as client:
                client.sendmail("sam@example.org", recipient, f"Date: {formatdate()}\r\n".encode() + message)
            store.execute("BEGIN")
            store.execute("UPDATE letter SET state = 'sent', sent_at = created_at WHERE id = ?", (number,))
            store.execute(LOG, (f"L{number}",))
            store.execute("COMMIT")


if __name__ == "__main__":
    main()
