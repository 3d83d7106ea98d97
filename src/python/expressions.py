"""fail2ban-regex itself with the expressions of a user; only for a program that is nobody by then."""

import logging
import re

from fail2ban.client import fail2banregex as tool
from fail2ban.server.failregex import RegexException
from fail2ban.server.mytime import MyTime

from fault import Fault
from message import msg


def build_tester(filter):
    """Raises Fault for the first expression of each kind that is wrong."""
    tool.logSys.setLevel(logging.CRITICAL)
    # a name is matched as the jail would do, and never looked up
    options = ['--raw', '--usedns', 'no' if filter['usedns'] == 'no' else 'warn', '-e', filter['encoding']]
    if filter['logtimezone']:
        options += ['--timezone', filter['logtimezone']]
    try:
        tester = tool.Fail2banRegex(tool.get_opt_parser().parse_args(options)[0])
    except ValueError as error:
        raise Fault('jail', msg('Time zone: {0}.', error)) from None
    # it takes every year for possible, and then guesses a missing one from 1970
    MyTime.setAlternateNow(None)
    tester.setMaxLines(filter['maxlines'])
    attempt('prefregex', None, set_prefix, tester, filter['prefregex'])
    for kind in ('failregex', 'ignoreregex'):
        add = tester._filter.addFailRegex if kind == 'failregex' else tester._filter.addIgnoreRegex
        for number, regex in enumerate(filter[kind]):
            attempt(kind, number, add, regex)
        setattr(tester, '_' + kind, [tool.RegexStat(regex) for regex in filter[kind]])
    if filter['datepattern']:
        attempt('datepattern', None, set_date_pattern, tester, filter['datepattern'])
    return tester


def set_prefix(tester, regex):
    tester._filter.prefRegex = regex


def set_date_pattern(tester, pattern):
    tester.setDatePattern(pattern)
    # fail2ban compiles it with the first line
    tester._filter.dateDetector.matchTime('x')


def attempt(param, number, work, *args):
    """Does some work; what fails is a Fault of the parameter, and names the expression."""
    try:
        work(*args)
    except RegexException as error:
        raise Fault(param, numbered(number, reason_of(error))) from None
    except (re.error, ValueError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise Fault(param, numbered(number, msg('{0}.', error))) from None


def numbered(number, reason):
    return reason if number is None else msg('Expression {0}: {1}', number + 1, reason)


def reason_of(error):
    if error.__context__ is not None:
        return msg('{0}.', error.__context__)
    if 'group' in str(error):
        return msg('It captures no address; use <HOST>, <ADDR> or <F-ID>.')
    return msg('{0}.', error)
