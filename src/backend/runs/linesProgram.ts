/**
 * Python that reads log lines with fail2ban's own parts, gives up root's rights, and then builds fail2ban-regex with
 * the expressions of a user. The order is what matters: as root nothing of the user's is compiled or run.
 */
export const LINES = `
import errno, glob, json, logging, os, pwd, re, resource, signal, stat, sys, time
from fail2ban.client import fail2banregex as tool
from fail2ban.server.failregex import RegexException
from fail2ban.server.filter import FileContainer
from fail2ban.server.mytime import MyTime


class Fault(Exception):
    def __init__(self, param, message):
        super().__init__(message)
        self.param = param


class Stop(BaseException):
    """Not an Exception: fail2ban catches those while it matches."""


def open_journal(journal):
    if tool.FilterSystemd is None:
        raise Fault('source', 'python3-systemd is missing.')
    try:
        reading = tool.FilterSystemd(None, **journal['args'])
        for match in journal['matches']:
            reading.addJournalMatch(match)
    except (LookupError, OSError, TypeError, ValueError) as error:
        raise Fault('journalmatch' if isinstance(error, ValueError) else 'source', 'The journal: %s.' % error)
    return reading


def open_logs(logs):
    """The regular files behind the patterns, opened and checked; the one written last comes last."""
    found = []
    for pattern in logs['patterns']:
        for path in glob.glob(pattern):
            found.append((path, open_log(path, logs['below'])))
    if not found:
        raise Fault('source', 'There is no log file %s.' % ', '.join(logs['patterns']))
    return sorted(found, key=lambda log: os.fstat(log[1]).st_mtime)


def open_log(path, below):
    try:
        # nothing waits for the other end of a pipe, and a link may lead anywhere
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        fd = os.open(path, flags | (0 if below is None else os.O_NOFOLLOW))
    except OSError as error:
        linked = below is not None and error.errno == errno.ELOOP
        raise Fault('source', '%s: %s.' % (path, 'a symbolic link; only root@pam may follow it' if linked else error.strerror))
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise Fault('source', '%s is not a regular file.' % path)
    real = os.readlink('/proc/self/fd/%d' % fd)
    if below is not None and not any(real.startswith(folder + '/') for folder in below):
        raise Fault('source', '%s is not below /var/log; only root@pam may read it.' % path)
    return fd


def become_nobody(cpu):
    """From here on nothing is root's any more, and no expression was looked at before."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam('nobody')
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    if 0 in os.getresuid() or 0 in os.getresgid() or os.getgroups():
        sys.exit('The rights of root could not be dropped.')
    # a timer asks nicely, the limit behind it does not ask
    signal.setitimer(signal.ITIMER_PROF, cpu)
    used = int(sum(os.times()[:2])) + cpu
    limits = {'DATA': 128 << 20, 'CORE': 0, 'NPROC': 0, 'FSIZE': 0}
    for name, limit in limits.items():
        resource.setrlimit(getattr(resource, 'RLIMIT_' + name), (limit, limit))
    # SIGXCPU at the first limit and SIGKILL at the second, so that one killed at once was out of memory
    resource.setrlimit(resource.RLIMIT_CPU, (used + 3, used + 5))


def build_tester(filter):
    """fail2ban-regex itself, told the expressions; raises Fault for the first of each kind that is wrong."""
    tool.logSys.setLevel(logging.CRITICAL)
    # a name is matched as the jail would do, and never looked up
    options = ['--raw', '--usedns', 'no' if filter['usedns'] == 'no' else 'warn', '-e', filter['encoding']]
    if filter['logtimezone']:
        options += ['--timezone', filter['logtimezone']]
    try:
        tester = tool.Fail2banRegex(tool.get_opt_parser().parse_args(options)[0])
    except ValueError as error:
        raise Fault('jail', 'Time zone: %s.' % error)
    # it takes every year for possible, and then guesses a missing one from 1970
    MyTime.setAlternateNow(None)
    tester.setMaxLines(filter['maxlines'])
    attempt('prefregex', None, lambda: setattr(tester._filter, 'prefRegex', filter['prefregex']))
    for kind in ('failregex', 'ignoreregex'):
        add = tester._filter.addFailRegex if kind == 'failregex' else tester._filter.addIgnoreRegex
        for number, regex in enumerate(filter[kind]):
            attempt(kind, number, lambda: add(regex))
        setattr(tester, '_' + kind, [tool.RegexStat(regex) for regex in filter[kind]])
    if filter['datepattern']:
        attempt('datepattern', None, lambda: set_date_pattern(tester, filter['datepattern']))
    return tester


def set_date_pattern(tester, pattern):
    tester.setDatePattern(pattern)
    # fail2ban compiles it with the first line
    tester._filter.dateDetector.matchTime('x')


def attempt(param, number, work):
    where = '' if number is None else 'Expression %d: ' % (number + 1)
    try:
        work()
    except RegexException as error:
        reason = error.__context__
        if reason is not None:
            raise Fault(param, '%s%s.' % (where, reason))
        raise Fault(param, where + ('it captures no address; use <HOST>, <ADDR> or <F-ID>.' if 'group' in str(error) else '%s.' % error))
    except (re.error, ValueError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise Fault(param, '%s%s.' % (where, error))
`;
