"""Notes on an answer: what its rows do not say, and the findings that name its printed figures."""

from collections.abc import Iterator

from klynge.messages import Message, counted, label, message
from klynge.metrics.answers import Answer
from klynge.metrics.declarations import ORGANISATION
from klynge.metrics.printed import FINDINGS
from klynge.metrics.rows import PUBLISHED

#: The dimension of grants, and the key of rows that are not divided by grant.
_GRANT, _BOTH = "grant_type", "both"
#: At most this many findings are named.
_NAMED = 3


def describe_notes(answer: Answer) -> Iterator[Message]:
    """Yield each note that applies, such as a note on withheld rows or on findings."""
    if withheld := _withheld(answer):
        yield message("note: withheld (confidential): {names}", names=withheld)
    for dimension, keys in answer.missing.items():
        names = [answer.label(dimension, key) for key in keys]
        yield message(
            "note: no row for {names}: there is no printed or reported figure", names=names
        )
    if meaning := _zeros(answer):
        yield meaning
    if answer.shares is not None:
        yield message(
            "note: the print has rounded shares of these organisations: `{command}`",
            command=f'klynge query "{answer.shares}"',
        )
    if _is_undivided(answer):
        yield message(
            "note: these printed figures are of both grants together; this does not say that the "
            "applications are joint"
        )
    if answer.findings:
        yield _describe_findings(answer)


def _withheld(answer: Answer) -> list[str]:
    by = answer.question.by
    if ORGANISATION not in by:
        return []
    keys = {row.keys[by.index(ORGANISATION)] for row in answer.rows if row.is_withheld}
    return [answer.label(ORGANISATION, key) for key in sorted(keys)]


def _zeros(answer: Answer) -> Message | None:
    """Name the organisations with the value 0, if 0 has a meaning of its own."""
    first, by = answer.operands[0], answer.question.by
    if first.zero_en is None or ORGANISATION not in by:
        return None
    keys = {row.keys[by.index(ORGANISATION)] for row in answer.rows if row.value == 0}
    if not keys:
        return None
    return message(
        "note: 0 means: {meaning} ({names})",
        meaning=label(first.zero_en, first.zero_da or first.zero_en),
        names=[answer.label(ORGANISATION, key) for key in sorted(keys)],
    )


def _is_undivided(answer: Answer) -> bool:
    by, where = answer.question.by, answer.question.where
    published = [row for row in answer.rows if PUBLISHED in row.bases]
    if _GRANT in by:
        return any(row.keys[by.index(_GRANT)] == _BOTH for row in published)
    return bool(published) and _BOTH in where.get(_GRANT, ())


def _describe_findings(answer: Answer) -> Message:
    named = [*answer.findings[:_NAMED]]
    if rest := len(answer.findings) - len(named):
        named.append(message("{rest:,} more", rest=rest))
    # the figures of one table have the same text before the first full stop
    tables = ", ".join(sorted({f"'{one.partition('.')[0]}'" for one in answer.figures}))
    condition = f"split_part(figure_id, '.', 1) in ({tables})"
    return counted(
        "note: {count:,} finding is about printed figures of this answer: {findings}; see "
        "`{command}`",
        "note: {count:,} findings are about printed figures of this answer: {findings}; see "
        "`{command}`",
        len(answer.findings),
        findings=named,
        command=f'klynge query "from {FINDINGS} where {condition}"',
    )
