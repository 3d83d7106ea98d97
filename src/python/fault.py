"""What is wrong with a task, in a sentence for the user who set it."""


class Fault(Exception):
    """`param` is the parameter of the call that is at fault."""

    def __init__(self, param, message):
        super().__init__(message)
        self.param = param
