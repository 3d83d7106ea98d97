/**
 * Python that builds a filter's expressions with fail2ban's own engine and tries lines on them. The task is read
 * from standard input as root, everything else is done as nobody. Each fact is told as a line of JSON at once, so
 * that what was found before a limit ended the program is not lost.
 */
export const PROBE = String.raw`
import json, os, pwd, resource, signal, sys
from fail2ban.server.failregex import FailRegex, Regex, RegexException

task = json.load(sys.stdin.buffer)
if os.geteuid() == 0:
    nobody = pwd.getpwnam('nobody')
    os.setgroups([])
    os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
    os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
if 0 in os.getresuid():
    sys.exit('The rights of root could not be dropped.')
limits = {'CPU': task['cpu'], 'DATA': 256 << 20, 'CORE': 0, 'NPROC': 0, 'FSIZE': 0}
for name, limit in limits.items():
    resource.setrlimit(getattr(resource, 'RLIMIT_' + name), (limit, limit))


class Slow(BaseException):
    pass


def stop(*_):
    raise Slow


signal.signal(signal.SIGVTALRM, stop)


def tell(kind, **fact):
    sys.stdout.write(json.dumps(dict(fact, kind=kind)) + '\n')
    sys.stdout.flush()


def timed(work, *args):
    """In processor time, which does not count what else the node does."""
    signal.setitimer(signal.ITIMER_VIRTUAL, task['slow'])
    try:
        return work(*args)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def build(option, index, make):
    try:
        return timed(make)
    except RegexException as error:
        reason = str(error)
        kind = 'nohost' if reason.startswith('No failure-id') else 'broken'
        tell(kind, option=option, index=index, reason=reason.strip().split('\n')[-1])
    except (Slow, MemoryError, OverflowError, RecursionError) as error:
        tell('broken', option=option, index=index, reason='it is too large')


multiline = (task['maxlines'] or 1) > 1
prefix = task['prefregex'] and build('prefregex', 0, lambda: Regex(task['prefregex'], useDns='warn'))
fails = [
    build('failregex', index, lambda: FailRegex(text, prefRegex=prefix or None, multiline=multiline, useDns='warn'))
    for index, text in enumerate(task['failregex'])
]
ignores = [
    build('ignoreregex', index, lambda: Regex(text, useDns='warn')) for index, text in enumerate(task['ignoreregex'])
]


def matches(regex, lines):
    regex.search(lines)
    return regex.hasMatched()


def whom(text):
    """By which expression a line counts as a failure, and of which address."""
    lines = [('', '', line) for line in text.split('\n')]
    if any(regex and matches(regex, lines) for regex in ignores):
        return None
    groups = {}
    if prefix:
        if not matches(prefix, lines):
            return None
        groups = prefix.getGroups()
        content = groups.pop('content', None)
        if content:
            lines = [('', '', content)]
    for index, regex in enumerate(fails):
        if regex and matches(regex, lines):
            found = dict(groups, **regex.getGroups())
            if found.get('nofail') or found.get('mlfgained'):
                return None
            names = [name for name in ('ip4', 'ip6', 'dns', 'fid') if found.get(name)]
            return (index, found[names[0]]) if names else None
    return None


def forge(index, lines):
    """Lines that give an address which somebody wrote into them; of an honest one the true address is taken."""
    taken, open_end, proofs = {}, {}, []
    for line in lines:
        honest = task['honest'][line['honest']]
        base = honest['line']
        if honest['spare'] and any(taken.values()):
            break
        if base not in taken:
            taken[base] = timed(whom, base) == (index, honest['address'])
            open_end[base] = taken[base] and timed(whom, base + task['tail']) == (index, honest['address'])
        if not taken[base] or (line['place'] == 'end' and not open_end[base]):
            continue
        if timed(whom, line['line']) == (index, line['address']):
            proofs.append(line)
    if proofs:
        best = min(proofs, key=lambda line: (line['place'] == 'end', len(line['line'])))
        tell('injectable', option='failregex', index=index, sample=best['line'], address=best['address'], place=best['place'])
    tell('tried', option='failregex', index=index, matched=any(taken.values()))


def strain(option, index, regex, pairs):
    for pair in pairs if regex else ():
        for line in pair:
            try:
                timed(matches, regex, [('', '', line)])
            except Slow:
                tell('slow', option=option, index=index, sample=line)
                return


for option, regexes in (('prefregex', [prefix]), ('failregex', fails), ('ignoreregex', ignores)):
    for index, (regex, pairs) in enumerate(zip(regexes, task['slowLines'][option])):
        strain(option, index, regex, pairs)
for index, lines in enumerate(task['forged']):
    try:
        forge(index, lines)
    except Slow:
        tell('slow', option='failregex', index=index, sample=None)
tell('done')
`;
