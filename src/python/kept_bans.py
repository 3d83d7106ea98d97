"""
The bans that jails would set again when they start: reads them, or forgets some.

Reading says of each ban whether it was made by hand, which leaves no failures. Only a jail that is not running may have
some forgotten: a server would go on with what it has in memory. The task comes by standard input, and there need be
no database yet.
"""

import json
import os
import sys
import time

from database import connect, read

# seconds, for a server that starts or stops meanwhile
WAIT = 5


def kept(path, jails, now):
    """[jail, address, made by hand] of each ban that has not run out."""
    query = 'SELECT ip, timeofban, bantime, data FROM bips WHERE jail = ?'
    tables = read(path, *((query, jail) for jail in jails), wait=WAIT)
    return [
        [jail, ip, is_by_hand(data)]
        for jail, rows in zip(jails, tables, strict=True)
        for ip, since, bantime, data in rows
        if bantime == -1 or since + bantime > now
    ]


def is_by_hand(data):
    try:
        data = json.loads(data)
    except (TypeError, ValueError):
        return False
    return isinstance(data, dict) and data.get('failures') == 0


def forget(path, bans):
    """Takes the bans of each jail out, all or none."""
    rows = [(jail, ip) for jail, ips in bans.items() for ip in ips]
    with connect(path, 'rw', WAIT) as db, db:
        db.executemany('DELETE FROM bips WHERE jail = ? AND ip = ?', rows)
        db.executemany('DELETE FROM bans WHERE jail = ? AND ip = ?', rows)


def main():
    task = json.load(sys.stdin)
    path, found = task['database'], []
    if os.path.exists(path):
        found = kept(path, task['jails'], time.time())
        if task['forget']:
            forget(path, task['forget'])
    json.dump(found, sys.stdout)


if __name__ == '__main__':
    main()
