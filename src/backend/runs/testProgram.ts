import { LINES } from './linesProgram.ts';

/** Matches the newest lines of a source and tells what came of each, as one JSON text. The task is read from standard input. */
export const TEST =
	LINES +
	String.raw`
import uuid
from collections import deque

TAIL = 16 << 20


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
        for word in alternative + ['+']:
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
        lines = [(line, None, True) for line in text if line and not line.startswith('#')] + lines
        if len(lines) > limit:
            break
    return lines[-limit - 1:]


def text_lines(text):
    lines = (line.rstrip('\r') for line in text.split('\n'))
    return [(line, None, True) for line in lines if line and not line.startswith('#')]


def read_lines(source, limit, encoding):
    older = False
    if source['kind'] == 'journal':
        lines, older = newest_journal(source, limit)
    elif source['kind'] == 'files':
        lines = newest_logs(source, limit, encoding)
    else:
        lines = text_lines(source['text'])
    return lines[-limit:], older or len(lines) > limit


class Watch:
    """Notes what fail2ban makes of the line that it works on."""

    def __init__(self, tester):
        self.tester, self.filter = tester, tester._filter
        process, find, ignored = self.filter.processLine, self.filter.findFailure, self.filter.onIgnoreRegex

        def process_line(line, date=None):
            self.found, self.parts, self.date, self.ignored = [], None, None, None
            self.found = process(line, date)
            return self.found

        def find_failure(parts, date, noDate=False):
            self.parts, self.date = parts, None if noDate else date
            return find(parts, date, noDate=noDate)

        def on_ignore(number, regex):
            if self.ignored is None:
                self.ignored = number
            ignored(number, regex)

        self.filter.processLine, self.filter.findFailure, self.filter.onIgnoreRegex = process_line, find_failure, on_ignore

    def since(self, line, since):
        """Whether a line of a file is new enough; one without a date is as old as the one before."""
        match = self.filter.dateDetector.matchTime(line) if self.filter.dateDetector else (None, None)
        date = self.filter.dateDetector.getTime(line[match[0].start(1):match[0].end(1)], match) if match[0] else None
        return date is not None and date[0] >= since


NAMES = {'ip4': 'ip', 'ip6': 'ip', 'dns': 'ip'}
HIDDEN = re.compile(r'content|cidr|nofail|mlf(?:forget|gained|pending)|skiplines\d+')


def name_of(group):
    group = re.sub(r'^(?:alt|tuple)_(.*?)(?:_\d+)?$', r'\1', group)
    return NAMES.get(group, group)


def captured(match):
    """Names and positions of what an expression captured, and nothing twice."""
    for group in match.re.groupindex:
        if match[group] and not HIDDEN.fullmatch(group):
            yield match.start(group), match.end(group), name_of(group)


def describe(watch, text, limit):
    """Groups and their places in the line."""
    groups, spans = {}, set()
    match = watch.filter._Filter__failRegex[watch.found[0][0]]._matchCache
    prefix = watch.filter.prefRegex and watch.filter.prefRegex._matchCache
    matches = [(match, 0)] if match else []
    if prefix:
        content = prefix.start('content') if 'content' in prefix.re.groupindex and prefix['content'] else None
        matches = [(match, content or 0), (prefix, 0)] if match else [(prefix, 0)]
    before, date, after = watch.parts
    # without a date of its own the line gets the last one, which is not written in it
    written = before + date + after == text
    for match, offset in matches:
        last = match.string.rfind('\n', 0, len(match.string) - 1) + 1
        for start, end, name in captured(match):
            groups.setdefault(name, match.string[start:end][:limit])
            start, end = start - last + offset, end - last + offset
            if written:
                start += len(date) if start >= len(before) else 0
                end += len(date) if end > len(before) else 0
            if 0 <= start < end <= min(limit, len(text)):
                spans.add((start, end, name))
    return groups, [{'start': utf16(text, start), 'end': utf16(text, end), 'name': name} for start, end, name in sorted(spans)]


def utf16(text, position):
    return position if text.isascii() else len(text[:position].encode('utf-16-le')) // 2


def why_not(watch, result):
    """What kept a line from being a failure, if it was no expression of ignoreregex."""
    if result == 'matched' or watch.ignored is not None:
        return None
    if watch.found:
        return 'no-failure'
    prefix = watch.filter.prefRegex
    return 'prefregex' if prefix and not prefix.hasMatched() else 'failregex'


def result_of(watch, text, ret, ignored, spec):
    row = {'text': text[:spec['longest']], 'result': 'ignored' if ignored else 'matched' if ret else 'missed'}
    row['time'] = None if watch.date is None else int(watch.date)
    row.update(ip=None, regex=None, ignoredBy=watch.ignored, groups={}, spans=[])
    row['why'] = why_not(watch, row['result'])
    if watch.found:
        number, ip, _, _ = watch.found[0][:4]
        row.update(ip=None if ip is None else str(ip), regex=number)
        row['groups'], row['spans'] = describe(watch, text, spec['longest'])
    return row


class Results:
    def __init__(self, tester, spec):
        self.stats, self.spec = tester._line_stats, spec
        self.multiline = tester._filter.getMaxLines()
        self.rows, self.waiting = [], []
        self.shown = {'matched': 0, 'missed': 0, 'ignored': 0}

    def add(self, row, parts, missed):
        # an expression over several lines also takes some that were missed before
        for waiting, earlier in reversed(self.waiting):
            if self.stats.missed >= missed:
                break
            if waiting['result'] == 'missed':
                waiting.update(result='matched', regex=row['regex'], ip=row['ip'], why=None)
                missed -= 1
        self.waiting.append((row, parts))
        if len(self.waiting) >= self.multiline:
            self.commit(self.waiting.pop(0)[0])

    def commit(self, row):
        if self.spec['show'] in ('all', row['result']):
            self.rows.append(row)
            self.shown[row['result']] += 1
            if len(self.rows) > 2 * self.spec['shown']:
                del self.rows[:-self.spec['shown']]

    def finish(self):
        for row, _ in self.waiting:
            self.commit(row)
        size, kept = 0, []
        for row in reversed(self.rows[-self.spec['shown']:]):
            text = json.dumps(row)
            size += len(text)
            if size > self.spec['size'] and kept:
                break
            kept.append(text)
        return kept[::-1], sum(self.shown.values()) > len(kept)


def test(spec):
    lines, older = read_lines(spec['source'], spec['limit'], spec['filter']['encoding'])
    become_nobody(spec['cpu'])
    tester = build_tester(spec['filter'])
    watch, results = Watch(tester), Results(tester, spec)
    stopped, line = None, None
    since = spec['source'].get('since') or 0 if spec['source']['kind'] == 'files' else 0
    try:
        for line, date, read in lines:
            if since:
                if not watch.since(line, since):
                    continue
                since, older = 0, False
            missed = results.stats.missed
            _, ret, ignored = tester.testRegex(line, date)
            text = line if date is None else ''.join(line)
            row = result_of(watch, text, ret, ignored, spec)
            row['unread'] = not read
            results.stats.tested += 1
            setattr(results.stats, row['result'], getattr(results.stats, row['result']) + 1)
            if row['result'] == 'missed' and results.multiline > 1:
                results.stats.missed_lines.append(text)
            results.add(row, watch.parts, missed)
    except (Stop, MemoryError) as error:
        stopped = 'memory' if isinstance(error, MemoryError) else str(error)
    calm()
    rows, truncated = results.finish()
    regexes = lambda kind: [{'regex': one.getFailRegex(), 'hits': one.getStats()} for one in getattr(tester, '_' + kind)]
    prefix = tester._filter.prefRegex
    answer = {
        'counts': {name: getattr(results.stats, name) for name in ('matched', 'missed', 'ignored')},
        'prefregex': prefix and {'regex': prefix.getRegex(), 'hits': tester._prefREMatched},
        'failregex': regexes('failregex'),
        'ignoreregex': regexes('ignoreregex'),
        'truncated': truncated,
        'older': older,
        'stopped': stopped,
        'stoppedAt': None if stopped is None or line is None else (line if isinstance(line, str) else ''.join(line))[:spec['longest']],
    }
    answer['counts']['total'] = results.stats.tested
    sys.stdout.write('%s, "lines": [%s]}' % (json.dumps(answer)[:-1], ','.join(rows)))


def stop(number, frame):
    calm()
    raise Stop('cpu' if number == signal.SIGPROF else 'time')


def calm():
    """What has come out so far is told in peace."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)


spec = json.load(sys.stdin.buffer)
tool.output = lambda text: None
signal.signal(signal.SIGALRM, stop)
signal.signal(signal.SIGPROF, stop)
signal.setitimer(signal.ITIMER_REAL, spec['wall'])
try:
    test(spec)
except Fault as fault:
    json.dump({'fault': {'param': fault.param, 'message': str(fault)}}, sys.stdout)
except Stop as error:
    json.dump({'fault': {'param': None, 'message': str(error)}}, sys.stdout)
`;
