"""When each jail banned each address since a time, newest first; an address may hold blanks, so NUL divides rows."""

import sys

from database import read

SINCE = 'SELECT timeofban, jail, ip FROM bans WHERE timeofban >= ? ORDER BY timeofban DESC LIMIT ?'


def main():
    _, path, since, most = sys.argv
    (rows,) = read(path, (SINCE, int(since), int(most)))
    sys.stdout.write('\0'.join(f'{time} {jail} {ip}' for time, jail, ip in rows))


if __name__ == '__main__':
    main()
