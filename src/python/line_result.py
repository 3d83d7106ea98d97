"""What came of one line, and what its expressions captured where."""

import re

NAMES = {'ip4': 'ip', 'ip6': 'ip', 'dns': 'ip'}
HIDDEN = re.compile(r'content|cidr|nofail|mlf(?:forget|gained|pending)|skiplines\d+')


def name_of(group):
    group = re.sub(r'^(?:alt|tuple)_(.*?)(?:_\d+)?$', r'\1', group)
    return NAMES.get(group, group)


def captured(match):
    """Names and positions of what an expression captured, and nothing twice."""
    for group in match.re.groupindex:
        if match[group] and not HIDDEN.fullmatch(group):
            yield match.start(group), match.end(group), name_of(group)


def describe(watch, text, limit):
    """Groups and their places in the line."""
    groups, spans = {}, set()
    match = watch.filter._Filter__failRegex[watch.found[0][0]]._matchCache
    prefix = watch.filter.prefRegex and watch.filter.prefRegex._matchCache
    matches = [(match, 0)] if match else []
    if prefix:
        content = prefix.start('content') if 'content' in prefix.re.groupindex and prefix['content'] else None
        matches = [(match, content or 0), (prefix, 0)] if match else [(prefix, 0)]
    before, date, after = watch.parts
    # without a date of its own the line gets the last one, which is not written in it
    written = before + date + after == text
    for match, offset in matches:
        last = match.string.rfind('\n', 0, len(match.string) - 1) + 1
        for start, end, name in captured(match):
            groups.setdefault(name, match.string[start:end][:limit])
            first, behind = start - last + offset, end - last + offset
            if written:
                first += len(date) if first >= len(before) else 0
                behind += len(date) if behind > len(before) else 0
            if 0 <= first < behind <= min(limit, len(text)):
                spans.add((first, behind, name))
    marks = [{'start': utf16(text, start), 'end': utf16(text, end), 'name': name} for start, end, name in sorted(spans)]
    return groups, marks


def utf16(text, position):
    return position if text.isascii() else len(text[:position].encode('utf-16-le')) // 2


def why_not(watch, result):
    """What kept a line from being a failure, if it was no expression of ignoreregex."""
    if result == 'matched' or watch.ignored is not None:
        return None
    if watch.found:
        return 'no-failure'
    prefix = watch.filter.prefRegex
    return 'prefregex' if prefix and not prefix.hasMatched() else 'failregex'


def result_of(watch, text, ret, ignored, longest):
    row = {'text': text[:longest], 'result': 'ignored' if ignored else 'matched' if ret else 'missed'}
    row['time'] = None if watch.date is None else int(watch.date)
    row.update(ip=None, regex=None, ignoredBy=watch.ignored, groups={}, spans=[])
    row['why'] = why_not(watch, row['result'])
    if watch.found:
        number, ip, _, _ = watch.found[0][:4]
        row.update(ip=None if ip is None else str(ip), regex=number)
        row['groups'], row['spans'] = describe(watch, text, longest)
    return row
