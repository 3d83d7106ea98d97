"""
How often each jail banned each address, and with `current` also the bans that have not run out.

fail2ban keeps a row for each ban in `bans` until dbpurgeage, and in `bips` the latest one with the count that
bantime.increment works with, which lasts longer. SQLite joins the text in half the time of Python, and the address
comes last, as a filter may ban what holds blanks. U+001E stands between rows, U+001D between tables.
"""

import sys

from database import connect

COUNTS = """
SELECT group_concat(n || ' ' || jail || ' ' || ip, char(30)) FROM (
    SELECT jail, ip, max(n) AS n FROM (
        SELECT jail, ip, count(*) AS n FROM bans GROUP BY jail, ip HAVING n > 1
        UNION ALL SELECT jail, ip, bancount FROM bips WHERE bancount > 1
    ) GROUP BY jail, ip
)"""

CURRENT = """
SELECT group_concat(timeofban || ' ' || bantime || ' ' || bancount || ' ' || jail || ' ' || ip, char(30))
FROM bips WHERE bantime = -1 OR timeofban + bantime >= CAST(strftime('%s', 'now') AS INTEGER)"""


def read_tables(path, tables):
    """Each table as bytes, just as SQLite joined it."""
    with connect(path) as db:
        db.text_factory = bytes
        return [db.execute(table).fetchone()[0] or b'' for table in tables]


def main():
    _, path, *words = sys.argv
    tables = read_tables(path, [COUNTS, CURRENT] if words == ['current'] else [COUNTS])
    sys.stdout.buffer.write(b'\x1d'.join(tables))


if __name__ == '__main__':
    main()
