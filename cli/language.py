"""The language of the command: the option ``--language``, and help in that language.

``--language da`` may be given before or after the sub-command. Without it, ``KLYNGE_LANGUAGE``
names the language. Without either, the language is English. Help texts are written in English in
the code. The catalogue of messages has their Danish texts.
"""

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.exceptions import TyperException

from klynge.errors import InputError
from klynge.messages import (
    VARIABLE,
    Language,
    Message,
    current_language,
    message,
    shown,
    translated,
)

OPTION = "--language"

#: Texts of help that Typer writes itself.
_HEADINGS = {
    "Arguments": message("Arguments"),
    "Commands": message("Commands"),
    "Options": message("Options"),
}


class LanguageGroup(TyperGroup):
    """The ``klynge`` command, which reads the language from its arguments and shows help in it."""

    def main(self, args: Sequence[str] | None = None, *more: Any, **options: Any) -> Any:
        """Run the command with these arguments, or by default with those of the process."""
        rest, language = split_language(sys.argv[1:] if args is None else args)
        if language is not None:
            if language not in set(Language):
                raise InputError(message("--language {given!r}: use da or en", given=language))
            os.environ[VARIABLE] = language
        for command in commands(self):
            command.context_class = _Context
            _translate_help(command)
        if current_language() is Language.en:
            return super().main(rest, *more, **options)
        try:
            ended = super().main(rest, *more, **{**options, "standalone_mode": False})
        except TyperException as error:
            sys.exit(_show_wrong_use(error))
        sys.exit(ended if isinstance(ended, int) else 0)


#: Typer's message about wrong use -> the project's message with the same content.
_WRONG_USE: dict[str, Callable[[re.Match[str]], Message]] = {
    r"Missing argument '(.+)'\.": lambda m: message("the argument {name} is missing", name=m[1]),
    r"Missing option '(.+)'\.": lambda m: message("the option {name} is missing", name=m[1]),
    r"No such option: (\S+).*": lambda m: message("there is no option {name}", name=m[1]),
    r"No such command '(.+?)'.*": lambda m: message("there is no command {name}", name=m[1]),
    r"Got unexpected extra argument\(s\) \((.+)\)": lambda m: message(
        "unexpected: {name}", name=m[1]
    ),
    r"Option '(.+)' requires an argument\.": lambda m: message(
        "the option {name} needs a value", name=m[1]
    ),
    r"Invalid value for '(.+?)': (.+)": lambda m: message(
        "the value of {name} cannot be used: {reason}", name=m[1], reason=_unfit(m[2])
    ),
}
#: Typer's reason why a value cannot be used -> the project's message with the same content.
_UNFIT_VALUES: dict[str, Callable[[re.Match[str]], Message]] = {
    r"(?:Value error, )?'(.*)' is not one of (.+?)\.?": lambda m: message(
        "{given!r} is not one of {names}", given=m[1], names=m[2]
    ),
    r"Input should be greater than or equal to (\S+)": lambda m: message(
        "it must be at least {bound}", bound=m[1]
    ),
    r"Input should be a valid integer.*": lambda _: message("it must be a whole number"),
    r"Input should be a valid boolean.*": lambda _: message("it must be true or false"),
}


def _unfit(reason: str) -> str:
    matches = ((re.fullmatch(one, reason, re.DOTALL), said) for one, said in _UNFIT_VALUES.items())
    return next((said(found) for found, said in matches if found), reason)


def _show_wrong_use(error: TyperException) -> int:
    """Show an error of wrong use in the language of the command; return its exit code."""
    text = error.format_message()
    if text.startswith(shown(message("Usage: "))):
        # the help of a group whose sub-command is missing
        print(text, file=sys.stderr)  # noqa: T201
        return error.exit_code
    matches = ((re.fullmatch(one, text, re.DOTALL), said) for one, said in _WRONG_USE.items())
    reason = next((said(found) for found, said in matches if found), text)
    if context := getattr(error, "ctx", None):
        hint = message("Try `{command} --help`.", command=context.command_path)
        print(context.get_usage(), shown(hint), sep="\n", file=sys.stderr)  # noqa: T201
    print(shown(message("error: {reason}", reason=reason)), file=sys.stderr)  # noqa: T201
    return error.exit_code


def speak_danish_by_default() -> None:
    """Choose Danish for a command for reporters, unless a language is chosen."""
    os.environ.setdefault(VARIABLE, Language.da.value)


def split_language(args: Sequence[str]) -> tuple[list[str], str | None]:
    """Return the other arguments, and the value of ``--language`` or None."""
    rest: list[str] = []
    language = None
    waiting = iter(args)
    for one in waiting:
        option, equals, value = one.partition("=")
        if one == "--":
            return [*rest, one, *waiting], language
        if option == OPTION:
            language = value if equals else next(waiting, "")
        else:
            rest.append(one)
    return rest, language


def commands(command: Any) -> Iterator[TyperCommand | TyperGroup]:
    """Yield a command and all commands below it."""
    yield command
    for below in getattr(command, "commands", {}).values():
        yield from commands(below)


def help_texts(command: TyperCommand | TyperGroup) -> Iterator[str]:
    """The help texts of a command and its parameters, and the names of its arguments.

    A help text of several paragraphs gives each paragraph.
    """
    for text in (command.help, *(one.help for one in _parameters(command))):
        yield from _paragraphs(text or "")
    yield from (one.display_name_raw for one in _arguments(command))


def _translate_help(command: TyperCommand | TyperGroup) -> None:
    for element in (command, *_parameters(command)):
        if element.help:
            element.help = "\n\n".join(map(translated, _paragraphs(element.help)))
    for argument in _arguments(command):
        name = argument.display_name_raw
        if (shown_name := translated(name)) != name:
            argument.metavar = shown_name


def _arguments(command: TyperCommand | TyperGroup) -> list[TyperArgument]:
    return [one for one in command.params if isinstance(one, TyperArgument)]


def _parameters(command: TyperCommand | TyperGroup) -> list[TyperArgument | TyperOption]:
    return [one for one in command.params if isinstance(one, TyperArgument | TyperOption)]


def _paragraphs(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split("\n\n") if one.strip()]


class _Help(typer.Context.formatter_class):  # type: ignore[misc, valid-type]
    """Writes help in which Typer's headings and remarks are in the language of the command."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the first line."""
        args = _in_language(args, (message("[OPTIONS]"), message("COMMAND"), message("[ARGS]")))
        super().write_usage(prog, args, prefix or shown(message("Usage: ")))

    def section(self, name: str) -> AbstractContextManager[None]:
        """Begin a section, and remember its name for :meth:`write_dl`."""
        self._section = name
        return super().section(shown(_HEADINGS[name]))  # type: ignore[no-any-return]

    def write_dl(self, rows: Sequence[tuple[str, str]], *more: Any, **options: Any) -> None:
        """Write names with their help; the section of options also gets ``--language``."""
        written = [(_value_type(name), _remarks(text)) for name, text in rows]
        if self._section == "Options":
            own = message("Language of messages and help; default: KLYNGE_LANGUAGE, or else en.")
            written.append((f"{OPTION} <da|en>", shown(own)))
        super().write_dl(written, *more, **options)


#: Typer's names of types of values -> the words for them.
_TYPES = {
    "str": message("text"),
    "int": message("whole number"),
    "int range": message("whole number"),
    "float": message("decimal number"),
    "float range": message("decimal number"),
    "path": message("path"),
    "file": message("file"),
    "directory": message("folder"),
    "list[str]": message("texts"),
    "list[Path]": message("paths"),
}


def _value_type(name: str) -> str:
    """The name of a parameter, with the type of its value in the language of the command."""
    if current_language() is Language.en:
        return name
    return re.sub(r"<([^<>|]+)>", lambda found: f"<{shown(_TYPES.get(found[1], found[1]))}>", name)


def _remarks(text: str) -> str:
    """Translate Typer's own remarks in a help text into the language of the command."""
    own = (
        message("Show this message and exit."),
        message("[required]"),
        message("[default: "),
    )
    return _in_language(text, own)


def _in_language(text: str, remarks: Iterable[Message]) -> str:
    """Translate these remarks in a text of Typer into the language of the command."""
    for remark in remarks:
        text = text.replace(remark, shown(remark))
    return text


class _Context(typer.Context):
    formatter_class = _Help
