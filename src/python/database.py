"""
fail2ban's database, beside the server that writes it.

A read transaction that is held makes an unban fail ("database is locked"): so each query is one statement, and
everything is fetched and the database closed before anything is done with the rows.
"""

import sqlite3
from contextlib import closing


def connect(path, mode='ro', wait=1):
    """Opens the file, which must exist. `wait` is in seconds, for a server that writes just now."""
    name = path.replace('%', '%25').replace('?', '%3f').replace('#', '%23')
    db = sqlite3.connect(f'file:{name}?mode={mode}', uri=True, timeout=wait)
    # an address is what a filter took from a log, and need not be UTF-8
    db.text_factory = lambda data: data.decode('utf-8', 'replace')
    return closing(db)


def read(path, *queries, wait=1):
    """The rows of each query, which is a statement and its parameters."""
    with connect(path, wait=wait) as db:
        return [db.execute(statement, parameters).fetchall() for statement, *parameters in queries]
