"""The newest lines of a source, oldest first: of a journal, of log files, or of a text."""

import os
import uuid
from collections import deque

from fail2ban.server.filter import FileContainer

from log_source import open_journal, open_logs

# bytes of a file, characters of a journal
TAIL = 16 << 20


def read_lines(source, limit, encoding):
    """(line, date, whether the filter's own journal matches read it) of each, and whether there are older ones."""
    older = False
    if source['kind'] == 'journal':
        lines, older = newest_journal(source, limit)
    elif source['kind'] == 'files':
        lines = newest_logs(source, limit, encoding)
    else:
        lines = text_lines(source['text'])
    return lines[-limit:], older or len(lines) > limit


def newest_journal(journal, limit):
    reading = open_journal(journal)
    reader = reading.getJournalReader()
    reader.seek_tail()
    entry = reader.get_previous(limit + 1)
    lines, size, older = deque(), 0, False
    while entry and len(lines) <= limit:
        line, date = reading.formatJournalEntry(entry)
        if date >= journal['since']:
            lines.append((line, date, fits(entry, journal.get('read', []))))
            size += len(line[2])
        while size > TAIL:
            size -= len(lines.popleft()[0][2])
            older = True
        entry = reader.get_next()
    reader.close()
    return list(lines), older


def fits(entry, alternatives):
    """Whether a jail with these journal matches reads the entry: of one field any value, of all fields one."""
    if not alternatives:
        return True
    for alternative in alternatives:
        wanted = {}
        for word in [*alternative, '+']:
            if word != '+':
                field, value = word.split('=', 1)
                wanted.setdefault(field, set()).add(value)
            elif wanted and all(values & texts(entry.get(field)) for field, values in wanted.items()):
                return True
            else:
                wanted = {}
    return False


def texts(value):
    """What the journal has of a field, as it writes it."""
    values = value if isinstance(value, list) else [value]
    return {one.hex if isinstance(one, uuid.UUID) else str(one) for one in values}


def newest_logs(logs, limit, encoding):
    lines = []
    for path, fd in reversed(open_logs(logs)):
        with os.fdopen(fd, 'rb') as file:
            size = os.fstat(fd).st_size
            file.seek(max(0, size - TAIL))
            data = file.read(TAIL)
        # the last one may not be whole yet, and the first one not any more
        parts = data.rsplit(b'\n', limit + 2)[:-1]
        if size > TAIL or len(parts) > limit + 1:
            parts = parts[1:]
        text = (FileContainer.decode_line(path, encoding, part + b'\n').rstrip('\r\n') for part in parts)
        lines = [(line, None, True) for line in text if is_tested(line)] + lines
        if len(lines) > limit:
            break
    return lines[-limit - 1 :]


def text_lines(text):
    lines = (line.rstrip('\r') for line in text.split('\n'))
    return [(line, None, True) for line in lines if is_tested(line)]


def is_tested(line):
    """fail2ban-regex leaves out comments, too."""
    return line and not line.startswith('#')
