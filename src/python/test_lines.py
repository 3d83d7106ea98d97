"""
Matches the newest lines of a source, and writes what came of each as one JSON text.

The task is read from standard input.
"""

import json
import sys

from fail2ban.client import fail2banregex as tool

from expressions import build_tester
from fault import Fault
from line_result import result_of
from newest_lines import read_lines
from sandbox import Stop, become_nobody, calm, stop_after


class Watch:
    """Notes what fail2ban makes of the line that it works on."""

    def __init__(self, tester):
        self.tester, self.filter = tester, tester._filter
        process, find, ignored = self.filter.processLine, self.filter.findFailure, self.filter.onIgnoreRegex
        self.found, self.parts, self.date, self.ignored = [], None, None, None

        def process_line(line, date=None):
            self.found, self.parts, self.date, self.ignored = [], None, None, None
            self.found = process(line, date)
            return self.found

        def find_failure(parts, date, noDate=False):  # noqa: N803
            self.parts, self.date = parts, None if noDate else date
            return find(parts, date, noDate=noDate)

        def on_ignore(number, regex):
            if self.ignored is None:
                self.ignored = number
            ignored(number, regex)

        self.filter.processLine = process_line
        self.filter.findFailure = find_failure
        self.filter.onIgnoreRegex = on_ignore

    def since(self, line, since):
        """Whether a line of a file is new enough; one without a date is as old as the one before."""
        detector = self.filter.dateDetector
        match = detector.matchTime(line) if detector else (None, None)
        date = detector.getTime(line[match[0].start(1) : match[0].end(1)], match) if match[0] else None
        return date is not None and date[0] >= since


class Results:
    def __init__(self, tester, spec):
        self.tester, self.stats, self.spec = tester, tester._line_stats, spec
        self.multiline = tester._filter.getMaxLines()
        self.rows, self.waiting = [], []
        self.shown = {'matched': 0, 'missed': 0, 'ignored': 0}

    def test(self, watch, line, date, read):
        missed = self.stats.missed
        _, ret, ignored = self.tester.testRegex(line, date)
        text = text_of(line)
        row = result_of(watch, text, ret, ignored, self.spec['longest'])
        row['unread'] = not read
        self.stats.tested += 1
        setattr(self.stats, row['result'], getattr(self.stats, row['result']) + 1)
        if row['result'] == 'missed' and self.multiline > 1:
            self.stats.missed_lines.append(text)
        self.add(row, watch.parts, missed)

    def counts(self):
        return {
            **{name: getattr(self.stats, name) for name in ('matched', 'missed', 'ignored')},
            'total': self.stats.tested,
        }

    def add(self, row, parts, missed):
        # an expression over several lines also takes some that were missed before
        for waiting, _ in reversed(self.waiting):
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
                del self.rows[: -self.spec['shown']]

    def finish(self):
        for row, _ in self.waiting:
            self.commit(row)
        size, kept = 0, []
        for row in reversed(self.rows[-self.spec['shown'] :]):
            text = json.dumps(row)
            size += len(text)
            if size > self.spec['size'] and kept:
                break
            kept.append(text)
        return kept[::-1], sum(self.shown.values()) > len(kept)


def match(spec):
    """The JSON text of the answer."""
    source = spec['source']
    lines, older = read_lines(source, spec['limit'], spec['filter']['encoding'])
    become_nobody(spec['cpu'])
    stop_after(cpu=spec['cpu'])
    tester = build_tester(spec['filter'])
    watch, results = Watch(tester), Results(tester, spec)
    stopped, line = None, None
    since = (source.get('since') or 0) if source['kind'] == 'files' else 0
    try:
        for line, date, read in lines:
            if since:
                if not watch.since(line, since):
                    continue
                since, older = 0, False
            results.test(watch, line, date, read)
    except (Stop, MemoryError) as error:
        stopped = 'memory' if isinstance(error, MemoryError) else str(error)
    calm()
    rows, truncated = results.finish()
    prefix = tester._filter.prefRegex
    answer = {
        'counts': results.counts(),
        'prefregex': prefix and {'regex': prefix.getRegex(), 'hits': tester._prefREMatched},
        'failregex': hits_of(tester._failregex),
        'ignoreregex': hits_of(tester._ignoreregex),
        'truncated': truncated,
        'older': older,
        'stopped': stopped,
        'stoppedAt': None if stopped is None or line is None else text_of(line)[: spec['longest']],
    }
    return f'{json.dumps(answer)[:-1]}, "lines": [{",".join(rows)}]}}'


def hits_of(regexes):
    return [{'regex': one.getFailRegex(), 'hits': one.getStats()} for one in regexes]


def text_of(line):
    """An entry of the journal comes in three parts: before, in and after its date."""
    return line if isinstance(line, str) else ''.join(line)


def main():
    spec = json.load(sys.stdin.buffer)
    tool.output = lambda _: None
    try:
        stop_after(wall=spec['wall'])
        answer = match(spec)
    except Fault as fault:
        answer = json.dumps({'fault': {'param': fault.param, 'message': fault.message}})
    except Stop as error:
        answer = json.dumps({'early': str(error)})
    sys.stdout.write(answer)


if __name__ == '__main__':
    main()
