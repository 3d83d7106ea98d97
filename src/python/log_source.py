"""Journals and log files, opened while the program is still root; nothing of a user's is compiled or run for that."""

import errno
import glob
import os
import stat

from fail2ban.client import fail2banregex as tool

from fault import Fault
from message import msg


def open_journal(journal):
    """A reader as fail2ban's backend for systemd has it."""
    if tool.FilterSystemd is None:
        raise Fault('source', msg("Python's module systemd is missing: install the package python3-systemd."))
    try:
        reading = tool.FilterSystemd(None, **journal['args'])
        for match in journal['matches']:
            reading.addJournalMatch(match)
    except (LookupError, OSError, TypeError, ValueError) as error:
        param = 'journalmatch' if isinstance(error, ValueError) else 'source'
        raise Fault(param, msg('The journal cannot be read: {0}.', error)) from None
    return reading


def open_logs(logs):
    """The regular files that the patterns name, opened and checked; the one written last comes last."""
    if not logs['patterns']:
        raise Fault('source', msg('No log file is set.'))
    found = [(path, open_log(path, logs['below'])) for pattern in logs['patterns'] for path in glob.glob(pattern)]
    if not found:
        raise Fault('source', msg('There is no log file {0}.', ', '.join(logs['patterns'])))
    return sorted(found, key=lambda log: os.fstat(log[1]).st_mtime)


def open_log(path, below):
    """Only files in the folders `below`, reached by no link; None: any."""
    try:
        # nothing waits for the other end of a pipe, and a link may lead anywhere
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
        fd = os.open(path, flags | (0 if below is None else os.O_NOFOLLOW))
    except OSError as error:
        if below is not None and error.errno == errno.ELOOP:
            raise Fault('source', msg('{0} is a symbolic link; only root@pam may follow it.', path)) from None
        raise Fault('source', msg('{0} cannot be read: {1}', path, error.strerror)) from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        raise Fault('source', msg('{0} is not a regular file.', path))
    real = os.readlink(f'/proc/self/fd/{fd}')
    if below is not None and not any(real.startswith(folder + '/') for folder in below):
        raise Fault('source', msg('{0} is not below /var/log; only root@pam may read it.', path))
    return fd
