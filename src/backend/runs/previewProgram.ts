import { LINES } from './linesProgram.ts';

/**
 * Counts the failures of a jail's own log lines as fail2ban would, and tells whom that bans. The lines are matched in
 * chunks from the newest back, so that what a limit leaves out is the oldest; they are counted in the order of their
 * times. The task is read from standard input.
 */
export const PREVIEW =
	LINES +
	String.raw`
import hashlib, sqlite3
from fail2ban.server.failmanager import FailManager, FailManagerEmpty
from fail2ban.server.filter import FileFilter
from fail2ban.server.ipdns import DNSUtils
from fail2ban.server.ticket import FailTicket

CHUNK = 20000
BLOCK = 4 << 20


class Notes:
    """What fail2ban's database has of a jail: how far each log was read, and the latest ban of each address."""

    def __init__(self, path, jail):
        self.read, self.bans = {}, {}
        if not path or not os.path.exists(path):
            return
        uri = 'file:' + path.replace('%', '%25').replace('?', '%3f').replace('#', '%23') + '?mode=ro'
        try:
            db = sqlite3.connect(uri, uri=True, timeout=1)
            try:
                read = db.execute('SELECT path, firstlinemd5, lastfilepos FROM logs WHERE jail = ?', (jail,)).fetchall()
                bans = db.execute('SELECT ip, timeofban, bantime, bancount FROM bips WHERE jail = ?', (jail,)).fetchall()
            finally:
                db.close()
        except sqlite3.Error as error:
            raise Fault('database', "fail2ban's database %s: %s." % (path, error))
        self.read = {path: (digest, position or 0) for path, digest, position in read}
        self.bans = {ip: tuple(row) for ip, *row in bans}


class JournalLines:
    """Entries of the journal from a time on, chunk by chunk, the newest chunk first."""

    def __init__(self, source, since, notes):
        self.reading = open_journal(source)
        known = notes.read.get('systemd-journal', (None, 0))[1] if notes else 0
        self.since = max(known, since)

    def chunks(self):
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
    """Lines of a log file from a time on, block by block, the newest block first."""

    def __init__(self, path, fd, encoding, since, notes):
        self.path, self.encoding, self.wanted = path, encoding, since
        self.file = os.fdopen(fd, 'rb')
        self.log = FileContainer('/proc/self/fd/%d' % fd, encoding, doOpen=True)
        self.start = self.position(notes) if notes else 0
        self.since = since

    def position(self, notes):
        """Where fail2ban stopped, if the file still begins as it did then."""
        digest, position = notes.read.get(self.path, (None, 0))
        line = self.file.readline()
        same = line.endswith(b'\n') and any(hash(line).hexdigest() == digest for hash in (hashlib.md5, hashlib.sha1))
        return int(position) if same and position <= os.fstat(self.file.fileno()).st_size else 0

    def chunks(self, filter):
        self.log.setPos(self.start)
        self.log.seek(self.start, False)
        FileFilter.seekToTime(filter, self.log, self.wanted)
        start, end = max(self.start, self.log.getPos()), os.fstat(self.file.fileno()).st_size
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


def open_source(source, spec, notes):
    since = spec['now'] - int(spec['findtime'])
    if source['kind'] == 'journal':
        return [JournalLines(source, since, notes)]
    encoding = spec['filter']['encoding']
    return [LogLines(path, fd, encoding, since, notes) for path, fd in reversed(open_logs(source))]


class Names(set):
    """Host names of the lines; none is looked up."""

    def meet(self, name, *_):
        self.add(name)
        return set()


def prepare(tester, spec, names):
    filter = tester._filter
    if spec['filter']['usedns'] == 'raw':
        filter.setUseDns('raw')
    filter.checkAllRegex = False
    filter.returnRawHost = False
    filter.onIgnoreRegex = None
    filter.checkFindTime = True
    filter.inOperation = False
    filter.setFindTime(int(spec['findtime']))
    filter.ignoreSelf = False
    for entry in spec['ignore']:
        filter.addIgnoreIP(entry)
    DNSUtils.dnsToIp = staticmethod(names.meet)
    return filter


class Collected:
    def __init__(self):
        self.failures, self.lines, self.since, self.stopped = [], 0, None, None

    def read(self, source, filter):
        """All failures of one source; one that a limit cuts short counts from the start of its last whole chunk."""
        for chunk in source.chunks(filter) if isinstance(source, LogLines) else source.chunks():
            # the state of sessions belongs to later lines
            filter.mlfidCache.clear()
            for line, date in chunk:
                self.lines += 1
                for _, ip, time, fail in filter.processLine(line, date):
                    if ip is not None:
                        self.failures.append((min(time, spec['now']), len(self.failures), ip))


def count(spec, filter, failures, bans):
    """Whom fail2ban's own counter hands over for a ban, with the failures of each."""
    manager, hits, counts = FailManager(), [], {}
    manager.setMaxRetry(spec['maxretry'])
    manager.setMaxTime(int(spec['findtime']))
    manager.maxMatches = 0

    def over(attempts, ip):
        try:
            if attempts >= spec['maxretry'] and manager.toBan(ip):
                hits.append(ip)
        except FailManagerEmpty:
            return

    for time, _, ip in sorted(failures, key=lambda failure: failure[:2]):
        known = bans.get(str(ip))
        # what led to a ban is forgotten with it
        if spec['memory'] and known and time <= known[0]:
            continue
        if filter.inIgnoreIPList(ip, False):
            continue
        counts[ip] = counts.get(ip, 0) + 1
        over(manager.addFailure(FailTicket(ip, time)), ip)
        if spec['increment'] and known and time > known[0]:
            # one failure of an address with earlier bans counts as more
            weight = min((1 << min(known[2], 20)) / 2 + 1, spec['maxretry'])
            if weight > 1:
                over(manager.addFailure(FailTicket(ip, time), weight - 1, True), ip)
    return {str(ip): counts[ip] for ip in hits}


def restored(spec, filter, bans):
    """Bans that have not run out, which a jail sets again when it starts."""
    found = {}
    for ip, (since, bantime, _) in bans.items():
        length = bantime if spec['increment'] else spec['bantime']
        lasting = (bantime == -1 or since + bantime > spec['now']) and (length == -1 or since + length > spec['now'])
        if lasting and not filter.inIgnoreIPList(ip, False):
            found[ip] = 0
    return found


def preview(spec):
    notes = Notes(spec['database'], spec['jail'])
    sources = open_source(spec['source'], spec, None if spec['memory'] else notes)
    become_nobody(spec['cpu'])
    names, collected = Names(), Collected()
    try:
        filter = prepare(build_tester(spec['filter']), spec, names)
        for source in sources:
            collected.read(source, filter)
    except (Stop, MemoryError) as error:
        collected.stopped = 'memory' if isinstance(error, MemoryError) else str(error)
    calm()
    hits = {}
    if spec['restores']:
        hits.update(restored(spec, filter, notes.bans))
    hits.update(count(spec, filter, collected.failures, notes.bans))
    rows = sorted(hits.items(), key=lambda hit: -hit[1])
    watched = set(spec['watch'])
    # a banned network may hold an address that is watched
    told = lambda row: row[0] in watched or '/' in row[0]
    kept = [row for row in rows if told(row)] + [row for row in rows if not told(row)][:spec['most']]
    json.dump({
        'hits': kept,
        'total': len(rows),
        'since': int(min(source.since for source in sources)) if sources else spec['now'],
        'lines': collected.lines,
        'names': sorted(names)[:3],
        'stopped': collected.stopped,
    }, sys.stdout)


def stop(number, frame):
    calm()
    raise Stop('cpu' if number == signal.SIGPROF else 'time')


def calm():
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


spec = json.load(sys.stdin.buffer)
spec['now'] = time.time()
tool.output = lambda text: None
signal.signal(signal.SIGALRM, stop)
signal.signal(signal.SIGPROF, stop)
signal.setitimer(signal.ITIMER_REAL, spec['wall'])
try:
    preview(spec)
except Fault as fault:
    json.dump({'fault': str(fault)}, sys.stdout)
except (Stop, MemoryError) as error:
    json.dump({'fault': 'The log could not be read in time.' if isinstance(error, Stop) else 'It took too much memory.'}, sys.stdout)
`;
