"""Log lines in chunks from the newest back, so that what a limit leaves out is the oldest."""

import hashlib
import os

from fail2ban.server.filter import FileContainer, FileFilter

from log_source import open_journal, open_logs

# entries of a journal, and bytes of a file
CHUNK = 20000
BLOCK = 4 << 20


class JournalLines:
    """Entries of the journal from a time on; `known` is when fail2ban read the last one, 0: it never did."""

    def __init__(self, source, since, known):
        self.reading = open_journal(source)
        self.since = max(known, since)

    def chunks(self, _filter):
        reader = self.reading.getJournalReader()
        reader.seek_tail()
        end = None
        while True:
            first = reader.get_previous(CHUNK)
            if not first:
                return
            last = self.time(first) <= self.since
            if last:
                # as fail2ban does, which leaves out an entry of just that time
                self.reading.seekToTime(self.since)
                reader.get_previous()
                first = reader.get_next()
            begin = first.get('__CURSOR') if first else None
            if begin is None or begin == end:
                return
            yield self.lines(reader, first, end)
            if last:
                return
            end = begin
            reader.seek_cursor(begin)
            reader.get_next()

    def time(self, entry):
        return self.reading.getJrnEntTime(entry)[1]

    def lines(self, reader, entry, end):
        while entry and entry.get('__CURSOR') != end:
            yield self.reading.formatJournalEntry(entry)
            entry = reader.get_next()


class LogLines:
    """Lines of a log file from a time on; `known` is the digest of its first line and where fail2ban stopped in it."""

    def __init__(self, path, fd, encoding, since, known):
        self.path, self.encoding, self.since = path, encoding, since
        self.file = os.fdopen(fd, 'rb')
        self.log = FileContainer(f'/proc/self/fd/{fd}', encoding, doOpen=True)
        self.start = self.position(*known)

    def position(self, digest, position):
        """Where fail2ban stopped, if the file still begins as it did then."""
        line = self.file.readline()
        digests = (one(line).hexdigest() for one in (hashlib.md5, hashlib.sha1))
        same = line.endswith(b'\n') and digest in digests
        return int(position) if same and position <= self.size() else 0

    def size(self):
        return os.fstat(self.file.fileno()).st_size

    def chunks(self, filter):
        self.log.setPos(self.start)
        self.log.seek(self.start, False)
        FileFilter.seekToTime(filter, self.log, self.since)
        start, end = max(self.start, self.log.getPos()), self.size()
        while end > start:
            begin = max(start, end - BLOCK)
            self.file.seek(begin)
            data = self.file.read(end - begin)
            # what is not whole yet is not read yet, and what begins before the block belongs to the next one
            stop = data.rfind(b'\n') + 1
            cut = 0 if begin == start else data.find(b'\n') + 1
            if begin > start and (cut == 0 or cut >= stop):
                return
            yield (self.line(part) for part in data[cut:stop].split(b'\n')[:-1])
            end = begin + cut

    def line(self, part):
        return FileContainer.decode_line(self.path, self.encoding, part + b'\n').rstrip('\r\n'), None


def open_source(source, since, encoding, known):
    """`known` has what fail2ban's database knows of a log: digest of its first line, and position."""
    if source['kind'] == 'journal':
        return [JournalLines(source, since, known.get('systemd-journal', (None, 0))[1])]
    return [LogLines(path, fd, encoding, since, known.get(path, (None, 0))) for path, fd in reversed(open_logs(source))]
