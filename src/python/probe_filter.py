"""
Builds a filter's expressions with fail2ban's own engine and tries lines on them.

The task comes by standard input as root, everything else is done as nobody. Each fact is a line of JSON that comes at
once, so that what was found before a limit ended the program is not lost.
"""

import json
import signal
import sys

from fail2ban.server.failregex import FailRegex, Regex, RegexException

from sandbox import become_nobody


class Slow(BaseException):
    """A search took too long. Not an Exception: fail2ban catches those."""


def slow(*_):
    raise Slow


def tell(kind, **fact):
    sys.stdout.write(json.dumps(dict(fact, kind=kind)) + '\n')
    sys.stdout.flush()


def matches(regex, lines):
    regex.search(lines)
    return regex.hasMatched()


class Probe:
    def __init__(self, task):
        self.task = task
        multiline = (task['maxlines'] or 1) > 1
        prefix = task['prefregex']
        self.prefix = prefix and self.build('prefregex', 0, Regex, prefix, useDns='warn')
        more = {'prefRegex': self.prefix or None, 'multiline': multiline, 'useDns': 'warn'}
        self.fails = [
            self.build('failregex', index, FailRegex, text, **more) for index, text in enumerate(task['failregex'])
        ]
        self.ignores = [
            self.build('ignoreregex', index, Regex, text, useDns='warn')
            for index, text in enumerate(task['ignoreregex'])
        ]

    def timed(self, work, *args, **more):
        """In processor time, which does not count what else the node does."""
        signal.setitimer(signal.ITIMER_VIRTUAL, self.task['slow'])
        try:
            return work(*args, **more)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)

    def build(self, option, index, make, text, **more):
        try:
            return self.timed(make, text, **more)
        except RegexException as error:
            reason = str(error)
            kind = 'nohost' if reason.startswith('No failure-id') else 'broken'
            tell(kind, option=option, index=index, reason=reason.strip().split('\n')[-1])
        except (Slow, MemoryError, OverflowError, RecursionError):
            tell('broken', option=option, index=index, reason='it is too large')
        return None

    def failure(self, text):
        """By which expression a line counts as a failure, and of which address."""
        lines = [('', '', line) for line in text.split('\n')]
        if any(regex and matches(regex, lines) for regex in self.ignores):
            return None
        groups = {}
        if self.prefix:
            if not matches(self.prefix, lines):
                return None
            groups = self.prefix.getGroups()
            content = groups.pop('content', None)
            if content:
                lines = [('', '', content)]
        for index, regex in enumerate(self.fails):
            if regex and matches(regex, lines):
                found = dict(groups, **regex.getGroups())
                if found.get('nofail') or found.get('mlfgained'):
                    return None
                names = [name for name in ('ip4', 'ip6', 'dns', 'fid') if found.get(name)]
                return (index, found[names[0]]) if names else None
        return None

    def forge(self, index, lines):
        """Lines that give an address which somebody wrote into them; of an honest one the true address is taken."""
        taken, open_end, proofs = {}, {}, []
        for line in lines:
            honest = self.task['honest'][line['honest']]
            base = honest['line']
            if honest['spare'] and any(taken.values()):
                break
            if base not in taken:
                true = (index, honest['address'])
                taken[base] = self.timed(self.failure, base) == true
                open_end[base] = taken[base] and self.timed(self.failure, base + self.task['tail']) == true
            if not taken[base] or (line['place'] == 'end' and not open_end[base]):
                continue
            if self.timed(self.failure, line['line']) == (index, line['address']):
                proofs.append(line)
        if proofs:
            best = min(proofs, key=lambda line: (line['place'] == 'end', len(line['line'])))
            fact = {'sample': best['line'], 'address': best['address'], 'place': best['place']}
            tell('injectable', option='failregex', index=index, **fact)
        tell('tried', option='failregex', index=index, matched=any(taken.values()))

    def strain(self, option, index, regex, pairs):
        for pair in pairs if regex else ():
            for line in pair:
                try:
                    self.timed(matches, regex, [('', '', line)])
                except Slow:
                    tell('slow', option=option, index=index, sample=line)
                    return

    def run(self):
        kinds = {'prefregex': [self.prefix], 'failregex': self.fails, 'ignoreregex': self.ignores}
        for option, regexes in kinds.items():
            # there are no lines for a prefix that the filter does not have
            for index, (regex, pairs) in enumerate(zip(regexes, self.task['slowLines'][option], strict=False)):
                self.strain(option, index, regex, pairs)
        for index, lines in enumerate(self.task['forged']):
            try:
                self.forge(index, lines)
            except Slow:
                tell('slow', option='failregex', index=index, sample=None)
        tell('done')


def main():
    task = json.load(sys.stdin.buffer)
    become_nobody(task['cpu'], memory=256 << 20, spare=(0, 0))
    signal.signal(signal.SIGVTALRM, slow)
    Probe(task).run()


if __name__ == '__main__':
    main()
