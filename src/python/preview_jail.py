"""
Counts the failures of a jail's own log lines as fail2ban would, and says which addresses that bans.

The lines are matched in chunks from the newest back, and counted in the order of their times. The task is read from
standard input.
"""

import json
import os
import sqlite3
import sys
import time

from fail2ban.client import fail2banregex as tool
from fail2ban.server.failmanager import FailManager, FailManagerEmpty
from fail2ban.server.ipdns import DNSUtils
from fail2ban.server.ticket import FailTicket

from database import read
from expressions import build_tester
from fault import Fault
from message import msg
from newest_first import open_source
from sandbox import Stop, become_nobody, calm, stop_after


class Notes:
    """What fail2ban's database has of a jail: how far each log was read, and the latest ban of each address."""

    def __init__(self, path, jail):
        self.read, self.bans = {}, {}
        if not path or not os.path.exists(path):
            return
        logs = 'SELECT path, firstlinemd5, lastfilepos FROM logs WHERE jail = ?'
        latest = 'SELECT ip, timeofban, bantime, bancount FROM bips WHERE jail = ?'
        try:
            logs, bans = read(path, (logs, jail), (latest, jail))
        except sqlite3.Error as error:
            raise Fault('database', msg("fail2ban's database {0} cannot be read: {1}.", path, error)) from None
        self.read = {path: (digest, position or 0) for path, digest, position in logs}
        self.bans = {ip: tuple(row) for ip, *row in bans}


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
    def __init__(self, now):
        self.now = now
        self.failures, self.lines, self.stopped = [], 0, None

    def read(self, source, filter):
        """All failures of one source; one that a limit cuts short counts from the start of its last whole chunk."""
        for chunk in source.chunks(filter):
            # the state of sessions belongs to later lines
            filter.mlfidCache.clear()
            for line, date in chunk:
                self.lines += 1
                for _, ip, when, _ in filter.processLine(line, date):
                    if ip is not None:
                        self.failures.append((min(when, self.now), len(self.failures), ip))


def count(spec, filter, failures, bans):
    """The addresses that fail2ban's own counter hands over for a ban, with the failures of each."""
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

    for when, _, ip in sorted(failures, key=lambda failure: failure[:2]):
        known = bans.get(str(ip))
        # what led to a ban is forgotten with it
        if spec['memory'] and known and when <= known[0]:
            continue
        if filter.inIgnoreIPList(ip, False):
            continue
        counts[ip] = counts.get(ip, 0) + 1
        over(manager.addFailure(FailTicket(ip, when)), ip)
        if spec['increment'] and known and when > known[0]:
            # one failure of an address with earlier bans counts as more
            weight = min((1 << min(known[2], 20)) / 2 + 1, spec['maxretry'])
            if weight > 1:
                over(manager.addFailure(FailTicket(ip, when), weight - 1, True), ip)
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
    since = spec['now'] - int(spec['findtime'])
    # a jail that goes on reads nothing again: its memory is what the lines of its findtime make of it
    known = {} if spec['memory'] else notes.read
    sources = open_source(spec['source'], since, spec['filter']['encoding'], known)
    become_nobody(spec['cpu'])
    stop_after(cpu=spec['cpu'])
    names, collected = Names(), Collected(spec['now'])
    filter = prepare(build_tester(spec['filter']), spec, names)
    try:
        for source in sources:
            collected.read(source, filter)
    except (Stop, MemoryError) as error:
        collected.stopped = 'memory' if isinstance(error, MemoryError) else str(error)
    calm()
    hits = {}
    if spec['restores']:
        hits.update(restored(spec, filter, notes.bans))
    hits.update(count(spec, filter, collected.failures, notes.bans))
    return {
        'hits': shown(spec, hits),
        'total': len(hits),
        'since': int(min(source.since for source in sources)) if sources else spec['now'],
        'lines': collected.lines,
        'names': sorted(names)[:3],
        'stopped': collected.stopped,
    }


def shown(spec, hits):
    """Those that are watched first, then the ones with the most failures; a banned network may hold one of them."""
    rows = sorted(hits.items(), key=lambda hit: -hit[1])
    watched = set(spec['watch'])
    always = [row for row in rows if row[0] in watched or '/' in row[0]]
    others = [row for row in rows if not (row[0] in watched or '/' in row[0])]
    return always + others[: spec['most']]


def main():
    spec = json.load(sys.stdin.buffer)
    spec['now'] = time.time()
    tool.output = lambda _: None
    try:
        stop_after(wall=spec['wall'])
        answer = preview(spec)
    except Fault as fault:
        answer = {'fault': fault.message}
    except Stop:
        answer = {'fault': msg('The log could not be read in time.')}
    except MemoryError:
        answer = {'fault': msg('Reading the log took too much memory.')}
    json.dump(answer, sys.stdout)


if __name__ == '__main__':
    main()
