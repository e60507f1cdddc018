"""What the figures of an answer are: what is counted, and of which periods and calls."""

from collections.abc import Iterable, Sequence

from klynge.messages import Message, label, message
from klynge.metrics.answers import Answer
from klynge.metrics.declarations import CALL, FIGURE, PERIOD


def describe_scope(answer: Answer) -> list[Message]:
    """Lines under the title: the description, the population, and the periods and calls.

    Periods and calls that the rows are grouped by are not repeated.
    """
    metric = answer.metric
    lines = [
        label(metric.description_en, metric.description_da),
        label(metric.population_en, metric.population_da),
    ]
    if answer.rows and PERIOD not in answer.question.by:
        lines.append(_describe_periods(answer))
    if CALL in answer.dimensions and CALL not in answer.question.by:
        lines += _describe_calls(answer)
    return lines


def _describe_periods(answer: Answer) -> Message:
    pairs = {row.operand_periods for row in answer.rows if len(set(row.operand_periods)) > 1}
    if len(pairs) == 1:
        parts = [
            message(
                "{label}: {periods}",
                label=label(one.label_en, one.label_da),
                periods=_names(answer, PERIOD, keys),
            )
            for one, keys in zip(answer.operands, *pairs, strict=True)
        ]
        return message("Periods: {parts}", parts=parts)
    asked = {tuple(answer.own_period(row, key) for key in row.periods) for row in answer.rows}
    every = sorted({key for keys in asked for key in keys})
    periods = _names(answer, PERIOD, every)
    if len(every) == 1:
        return message("Period: {periods}", periods=periods)
    if len(asked) > 1:
        return message(
            "Periods: {periods}; the rows do not have the same periods, and `--by period` shows "
            "those of each row",
            periods=periods,
        )
    if answer.metric.kind == FIGURE or not answer.metric.recurs:
        return message("Sum of {periods}", periods=_and(periods))
    return message(
        "Sum of {periods}: who is there in several years counts once in each of them; "
        "`--by period` shows each year",
        periods=_and(periods),
    )


def _describe_calls(answer: Answer) -> Iterable[Message]:
    calls = sorted({call for row in answer.rows for call in row.calls})
    names = _names(answer, CALL, calls)
    if len(calls) == 1:
        yield message("Call: {calls}", calls=names)
    elif any(len(row.calls) > 1 for row in answer.rows):
        yield message("Sum of the calls {calls}; `--by call` shows each call", calls=_and(names))
    elif calls:
        yield message("Calls: {calls}; `--by call` shows each call", calls=_and(names))


def _and(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return message("{names} and {last}", names=names[:-1], last=names[-1])


def _names(answer: Answer, dimension: str, keys: Sequence[str]) -> list[Message]:
    return [answer.label(dimension, key) for key in keys]
