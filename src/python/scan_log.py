"""
fail2ban-regex over a whole source, with a line of progress now and then.

The task stands in a file of root's that goes at once; the last line of a failure says why.
"""

import json
import os
import signal
import sys
import time
from collections import Counter

from fail2ban.client import fail2banregex as tool
from fail2ban.server.filter import FileContainer, FileFilter

from expressions import build_tester
from fault import Fault
from log_source import open_journal, open_logs
from sandbox import Stop, become_nobody, calm, stop_after

addresses = Counter()


class Hits(tool.RegexStat):
    """Counts addresses; fail2ban-regex keeps each match, and a log may have millions."""

    def appendIP(self, match):  # noqa: N802
        if match[1] is not None and not match[3].get('nofail'):
            addresses[str(match[1])] += 1


class Progress:
    """Prints how far it is, and ends a line that takes too long."""

    def __init__(self, stats, seconds):
        self.stats, self.seconds = stats, seconds
        self.where, self.line, self.since, self.printed = str, None, 0, -1

    def watch(self, lines):
        for self.line in lines:
            yield self.line
            self.since = None

    def tick(self, _number, _frame):
        tested, now = self.stats.tested, time.process_time()
        if self.printed != tested or self.since is None:
            self.printed, self.since = tested, now
            print(f'{tested:,} lines, {self.stats.matched:,} matched{self.where()}', flush=True)
        elif now - self.since > self.seconds:
            raise Stop(f'an expression took more than {self.seconds} s of processor time on one line')


def journal_since(reading, since):
    reader = reading.getJournalReader()
    if since:
        reading.seekToTime(since)
    else:
        reader.seek_head()
    while entry := reader.get_next():
        yield reading.formatJournalEntry(entry)


def logs_since(tester, logs, since, progress):
    for path, log in logs:
        place = Place(path, log)
        progress.where = place.text
        if since:
            FileFilter.seekToTime(tester._filter, log, since)
        for number, line in enumerate(log):
            if number % 1000 == 0:
                place.position = log.tell()
            yield line


class Place:
    """How far a log file was read."""

    def __init__(self, path, log):
        self.path, self.size, self.position = path, max(1, log.getFileSize()), 0

    def text(self):
        return f', {self.path} {min(100, 100 * self.position // self.size)} %'


def scan(spec):
    source, encoding = spec['source'], spec['filter']['encoding']
    if source['kind'] == 'journal':
        reading = open_journal(source)
    else:
        logs = [(path, FileContainer(f'/proc/self/fd/{fd}', encoding, doOpen=True)) for path, fd in open_logs(source)]
    become_nobody(spec['cpu'])
    stop_after(cpu=spec['cpu'])
    tool.RegexStat = Hits
    tester = build_tester(spec['filter'])
    stats = tester._line_stats
    progress = Progress(stats, spec['line'])
    if source['kind'] == 'journal':
        lines = journal_since(reading, source['since'])
    else:
        lines = logs_since(tester, logs, source['since'], progress)
    signal.signal(signal.SIGALRM, progress.tick)
    signal.setitimer(signal.ITIMER_REAL, spec['every'], spec['every'])
    problem = None
    try:
        tester.process(progress.watch(lines))
    except MemoryError:
        problem = 'it took too much memory'
    except Stop as error:
        problem = reason_of(error, spec)
    calm()
    report(tester, stats)
    if problem and progress.line is not None:
        line = progress.line if isinstance(progress.line, str) else ''.join(progress.line[0])
        print(f'The line: {line[:1000]}')
    if problem:
        sys.exit(f'Stopped: {problem}.')


def report(tester, stats):
    tester.printStats()
    if addresses:
        named = ', '.join(f'{ip} ({count:,})' for ip, count in addresses.most_common(20))
        print(f'{len(addresses)} addresses: {named}{", ..." if len(addresses) > 20 else ""}')
    print(f'{stats.tested:,} lines: {stats.matched:,} matched, {stats.missed:,} missed, {stats.ignored:,} ignored')


def reason_of(stop, spec):
    return f'it took more than {spec["cpu"]} s of processor time' if str(stop) == 'cpu' else str(stop)


def main():
    with open(sys.argv[1], 'rb') as file:
        os.unlink(sys.argv[1])
        spec = json.load(file)
    try:
        scan(spec)
    except Fault as fault:
        sys.exit(str(fault))
    except Stop as stop:
        sys.exit(f'Stopped: {reason_of(stop, spec)}.')


if __name__ == '__main__':
    main()
