"""All bans of one address, as JSON: the latest of each jail with its log lines, and earlier ones, newest first."""

import json
import sys

from database import read

LATEST = 'SELECT jail, timeofban, bantime, bancount, data FROM bips WHERE ip = ? LIMIT 200'
EARLIER = 'SELECT jail, timeofban, bantime, bancount FROM bans WHERE ip = ? ORDER BY timeofban DESC LIMIT 200'


def failures_and_lines(data):
    """A match is a line, or the parts before, in and after its date."""
    try:
        data = json.loads(data)
    except (TypeError, ValueError):
        data = {}
    data = data if isinstance(data, dict) else {}
    matches = data.get('matches')
    lines = [line_of(match) for match in matches[-100:]] if isinstance(matches, list) else []
    failures = data.get('failures')
    return failures if isinstance(failures, int) else len(lines), lines


def line_of(match):
    return (''.join(map(str, match)) if isinstance(match, list) else str(match))[:2000]


def main():
    _, path, address = sys.argv
    latest, earlier = read(path, (LATEST, address), (EARLIER, address))
    print(json.dumps([[[*row[:4], *failures_and_lines(row[4])] for row in latest], earlier]))


if __name__ == '__main__':
    main()
