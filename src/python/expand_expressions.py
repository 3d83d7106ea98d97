"""What the server makes of expressions: fail2ban's own classes put the tags' expressions in, and differ by release."""

import json
import sys

from fail2ban.server.failregex import Regex, RegexException


def expand(text, usedns):
    """None: it does not compile."""
    try:
        return Regex(text, useDns=usedns).getRegex()
    except RegexException:
        return None


def main():
    jails = json.load(sys.stdin)
    json.dump([[expand(text, jail['usedns']) for text in jail['expressions']] for jail in jails], sys.stdout)


if __name__ == '__main__':
    main()
