import { LINES } from './linesProgram.ts';

/**
 * fail2ban-regex over a whole source, with a line of progress now and then. The task stands in a file of root's that
 * goes at once; the last line of a failure says why.
 */
export const SCAN =
	LINES +
	`
from collections import Counter
from fail2ban.server.filter import FileFilter


class Hits(tool.RegexStat):
    """Counts addresses; fail2ban-regex keeps each match, and a log may have millions."""
    addresses = Counter()

    def appendIP(self, match):
        if match[1] is not None and not match[3].get('nofail'):
            Hits.addresses[str(match[1])] += 1


class Progress:
    """Tells how far it is, and ends a line that takes too long."""

    def __init__(self, stats, seconds):
        self.stats, self.seconds = stats, seconds
        self.where, self.line, self.since, self.told = lambda: '', None, 0, -1

    def watch(self, lines):
        for self.line in lines:
            yield self.line
            self.since = None

    def tick(self, number, frame):
        tested, now = self.stats.tested, time.process_time()
        if self.told != tested or self.since is None:
            self.told, self.since = tested, now
            print('{:,} lines, {:,} matched{}'.format(tested, self.stats.matched, self.where()), flush=True)
        elif now - self.since > self.seconds:
            raise Stop('an expression took more than %d s of processor time on one line' % self.seconds)


def journal_since(reading, since):
    reader = reading.getJournalReader()
    reading.seekToTime(since) if since else reader.seek_head()
    while True:
        entry = reader.get_next()
        if not entry:
            return
        yield reading.formatJournalEntry(entry)


def logs_since(tester, logs, encoding, since, progress):
    for path, log in logs:
        size = max(1, log.getFileSize())
        progress.where = lambda: ', %s %d %%' % (path, min(100, 100 * position[0] // size))
        position = [0]
        if since:
            FileFilter.seekToTime(tester._filter, log, since)
        for number, line in enumerate(log):
            if number % 1000 == 0:
                position[0] = log.tell()
            yield line


def scan(spec):
    source, encoding = spec['source'], spec['filter']['encoding']
    if source['kind'] == 'journal':
        reading = open_journal(source)
    else:
        logs = [(path, FileContainer('/proc/self/fd/%d' % fd, encoding, doOpen=True)) for path, fd in open_logs(source)]
    become_nobody(spec['cpu'])
    tool.RegexStat = Hits
    tester = build_tester(spec['filter'])
    stats = tester._line_stats
    progress = Progress(stats, spec['line'])
    if source['kind'] == 'journal':
        lines = journal_since(reading, source['since'])
    else:
        lines = logs_since(tester, logs, encoding, source['since'], progress)
    signal.signal(signal.SIGALRM, progress.tick)
    signal.setitimer(signal.ITIMER_REAL, spec['every'], spec['every'])
    problem = None
    try:
        tester.process(progress.watch(lines))
    except MemoryError:
        problem = 'it took too much memory'
    except Stop as error:
        problem = str(error)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer(signal.ITIMER_PROF, 0)
    tester.printStats()
    if Hits.addresses:
        told = ['%s (%s)' % (ip, format(count, ',')) for ip, count in Hits.addresses.most_common(20)]
        print('%d addresses: %s%s' % (len(Hits.addresses), ', '.join(told), ', ...' if len(Hits.addresses) > 20 else ''))
    print('{:,} lines: {:,} matched, {:,} missed, {:,} ignored'.format(stats.tested, stats.matched, stats.missed, stats.ignored))
    if problem and progress.line is not None:
        line = progress.line if isinstance(progress.line, str) else ''.join(progress.line[0])
        print('The line: %s' % line[:1000])
    if problem:
        sys.exit('Stopped: %s.' % problem)


def stop(number, frame):
    raise Stop('it took more than %d s of processor time' % spec['cpu'])


with open(sys.argv[1], 'rb') as file:
    os.unlink(sys.argv[1])
    spec = json.load(file)
signal.signal(signal.SIGPROF, stop)
try:
    scan(spec)
except Fault as fault:
    sys.exit(str(fault))
`;
