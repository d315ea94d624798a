"""The floor: aiosmtplib alone, ready bytes over one connection, nothing remembered."""

import asyncio
import sqlite3
import sys

from aiosmtplib import SMTP


async def main() -> None:
    store, port = sys.argv[1:]
    rows = sqlite3.connect(store).execute("SELECT recipient, message FROM letter ORDER BY id").fetchall()
    async with SMTP(hostname="127.0.0.1", port=int(port), start_tls=False) as client:
        for recipient, message in rows:
            await client.mail("sam@example.org")
            await client.rcpt(recipient)
            await client.data(b"Date: Mon, 23 Nov 2026 10:00:00 +0000\r\n" + message)


if __name__ == "__main__":
    asyncio.run(main())
