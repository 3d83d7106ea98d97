"""What is wrong with a task, in a sentence for the user who set it."""

from message import english


class Fault(Exception):
    """`param` is the parameter of the call that is at fault."""

    def __init__(self, param, message):
        super().__init__(english(message))
        self.param = param
        self.message = message
