"""Sentences for users, in a form that the helper can have translated (src/contract/kit/message.ts)."""

import re


def msg(text, *args):
    """A template with {0}, {1} … for words, numbers and other messages: a literal, for `npm run pot` to collect."""
    return {'id': text, 'args': [arg if isinstance(arg, dict | int) else str(arg) for arg in args]}


def english(message):
    parts = [english(arg) if isinstance(arg, dict) else str(arg) for arg in message['args']]
    return re.sub(r'\{(\d)\}', lambda place: parts[int(place[1])], message['id'])
