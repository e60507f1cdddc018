"""The errors that a user can meet, and the exit code of each error.

Every message says what is wrong, where, and what to do about it.
"""


class KlyngeError(Exception):
    """A problem that the user can correct; the message is shown without a traceback."""

    exit_code = 2

    @property
    def message(self) -> str:
        """The text of the error; a :class:`klynge.messages.Message` if it has translations."""
        return str(self) if not self.args else self.args[0]


class InputError(KlyngeError):
    """The command was used wrongly, or input cannot be read (exit code 2)."""


class GateRefusedError(KlyngeError):
    """A check failed and nothing was published (exit code 1)."""

    exit_code = 1


class MachineError(KlyngeError):
    """The machine failed: disk, permissions, or a lock held by another process (exit code 3)."""

    exit_code = 3


class LockedError(MachineError):
    """Another run holds the home's lock (exit code 3)."""


class InterruptedRunError(KlyngeError):
    """Somebody stopped the command (exit code 130, as a shell reports Ctrl-C)."""

    exit_code = 130
