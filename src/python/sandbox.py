"""
Where expressions of a user run: as nobody for good, within bounded memory, processor time and time.

A program opens what only root may read, calls `become_nobody`, and only then looks at an expression.
"""

import os
import pwd
import resource
import signal
import sys


class Stop(BaseException):
    """A limit was reached: 'cpu', 'time', or a sentence. No Exception: fail2ban catches those while it matches."""


def become_nobody(cpu, memory=128 << 20, spare=(3, 5)):
    """
    Gives up root's rights for good, and has the kernel hold the limits from here on.

    `cpu` is in seconds on top of what was used so far. The kernel ends the program `spare` seconds later, first by
    SIGXCPU and then by SIGKILL, so that one killed at once was out of memory. `memory` is in bytes. The program was
    started with --no-new-privs.
    """
    if os.geteuid() == 0:
        nobody = pwd.getpwnam('nobody')
        os.setgroups([])
        os.setresgid(nobody.pw_gid, nobody.pw_gid, nobody.pw_gid)
        os.setresuid(nobody.pw_uid, nobody.pw_uid, nobody.pw_uid)
    if 0 in os.getresuid() or 0 in os.getresgid() or os.getgroups() or may_gain_privileges():
        sys.exit('The rights of root could not be dropped.')
    # no process and no file of its own
    for limit in (resource.RLIMIT_CORE, resource.RLIMIT_NPROC, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    used = int(sum(os.times()[:2])) + cpu
    resource.setrlimit(resource.RLIMIT_CPU, (used + spare[0], used + spare[1]))


def may_gain_privileges():
    """Whether a set-user-ID program could still give this process rights."""
    with open('/proc/self/status', encoding='utf-8') as status:
        return not any(line.split() == ['NoNewPrivs:', '1'] for line in status)


def stop_after(wall=0, cpu=0):
    """Raises Stop after seconds, or after seconds of processor time; 0 changes nothing."""
    for timer, number, seconds in (
        (signal.ITIMER_REAL, signal.SIGALRM, wall),
        (signal.ITIMER_PROF, signal.SIGPROF, cpu),
    ):
        if seconds:
            signal.signal(number, stop)
            signal.setitimer(timer, seconds)


def stop(number, _frame):
    calm()
    raise Stop('cpu' if number == signal.SIGPROF else 'time')


def calm():
    """Ends the timers, so that what was found so far is written out in peace."""
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.setitimer(signal.ITIMER_REAL, 0)
