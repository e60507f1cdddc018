"""The errors that refuse a question; each says why there is no answer and what to ask instead."""

import difflib
from collections.abc import Callable, Iterable, Sequence

from klynge.errors import InputError
from klynge.messages import Message, label, message, one_of
from klynge.metrics.declarations import (
    BASIS,
    COUNTRY,
    DIFFERENCE,
    ORGANISATION,
    PERIOD,
    SO_FAR,
    Catalogue,
    Dimension,
    Metric,
)
from klynge.metrics.requests import Change, Request, as_command, as_python
from klynge.metrics.words import find_alike, find_by_words, fold, stems

#: How similar a name must be to be suggested, from 0 to 1.
_SIMILARITY = 0.5
#: At most this many metrics are suggested.
_SUGGESTED = 5

#: The sentence for each reason why figures of a metric are not added.
NOT_ADDED: dict[str, Callable[[], Message]] = {
    "distinct": lambda: message(
        "the same company can be in several years, organisations and categories, so numbers of "
        "distinct companies are not added"
    ),
    "percent": lambda: message("percentages are neither added nor averaged"),
    "median": lambda: message("a median cannot be computed from other medians"),
    "average": lambda: message("averages are neither added nor averaged"),
    "total": lambda: message("a total and its parts are not added"),
    "target": lambda: message("values of different years and indicators are not added"),
}


class RefusalError(InputError):
    """A question that has no meaningful answer.

    ``reason`` says why. ``changes`` are changes of the question that may have an answer. ``advice``
    are the changed questions that have one; the message names them.
    """

    def __init__(
        self,
        reason: str,
        changes: Sequence[Change] = (),
        advice: Sequence[Request] = (),
        write: Callable[[Request], str] = as_command,
    ) -> None:
        self.reason, self.changes, self.advice = reason, tuple(changes), tuple(advice)
        super().__init__(with_advice(reason, advice, write))

    def advised(self, advice: Sequence[Request]) -> "RefusalError":
        """Return the same refusal with questions that have an answer, or that there are none."""
        if advice or not self.changes:
            return RefusalError(self.reason, self.changes, advice)
        none = message(
            "{reason}; no similar question has an answer in this release", reason=self.reason
        )
        return RefusalError(none, self.changes)

    def in_python(self) -> "RefusalError":
        """Return the same refusal with its advice written in Python."""
        return RefusalError(self.reason, self.changes, self.advice, as_python)


def with_advice(reason: str, advice: Sequence[Request], write: Callable[[Request], str]) -> str:
    """Add the questions that have an answer to the reason why another has none."""
    if not advice:
        return reason
    asked = one_of([f"`{write(one)}`" for one in advice])
    if reason.endswith("?"):
        return message("{reason} Ask {questions}", reason=reason, questions=asked)
    return message("{reason}; ask {questions}", reason=reason, questions=asked)


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return up to three known names that resemble a name; names that contain it come first."""
    names = list(dict.fromkeys(known))
    parts = [part for part in (name.casefold(), *stems([name])[:1]) if part]
    containing = [one for part in parts for one in names if part in one.casefold()]
    close = difflib.get_close_matches(name, names, n=3, cutoff=_SIMILARITY)
    return list(dict.fromkeys([*containing, *close]))[:3]


def with_label(name: str, label_da: str, label_en: str) -> str:
    """A label with the name that a user types, such as "Deltagere (participants)"."""
    texts = [
        name if fold(text) == fold(name) else f"{text} ({name})" for text in (label_en, label_da)
    ]
    return label(*texts)


def unknown_metric(name: str, catalogue: Catalogue) -> RefusalError:
    """The name of a metric is not known."""
    labels = {
        text.casefold(): metric
        for metric in catalogue.metrics.values()
        for text in (metric.name, metric.label_da, metric.label_en, *metric.words)
    }
    near = {metric.name: metric for metric in find_by_words(catalogue, [name])}
    near |= {labels[text].name: labels[text] for text in nearest(name.casefold(), labels)}
    names = [with_label(one.name, one.label_da, one.label_en) for one in near.values()]
    if not near:
        hint = message("`klynge metrics list` shows them")
    else:
        hint = message("did you mean {names}?", names=names[:_SUGGESTED])
    return RefusalError(message("no metric {name!r}: {hint}", name=name, hint=hint))


def unknown_dimension(name: str, metric: Metric, catalogue: Catalogue) -> RefusalError:
    """A metric cannot be grouped or filtered by a dimension."""
    dimensions = catalogue.dimensions(metric)
    own = list(dimensions)
    alike = [
        other.name for other in find_alike(catalogue, metric) if name in catalogue.dimensions(other)
    ]
    every = {one for other in catalogue.metrics.values() for one in catalogue.dimensions(other)}
    if name in every and not alike:
        return RefusalError(
            message(
                "{metric} is not known by {dimension}: ask it by {own}",
                metric=metric.name,
                dimension=name,
                own=one_of(own),
            ),
            [Change(without=(name,))],
        )
    if alike:
        return RefusalError(
            message(
                "{metric} is not known by {dimension}: ask it by {own}; {others} can be asked by "
                "{dimension}",
                metric=metric.name,
                dimension=name,
                own=one_of(own),
                others=one_of(alike[:3]),
            )
        )
    labels = {
        text: one
        for one in dimensions.values()
        for text in (one.name, one.label_da.casefold(), one.label_en.casefold())
    }
    near = list(dict.fromkeys(labels[text].name for text in nearest(name.casefold(), labels)))
    found = (dimensions[one] for one in near)
    names = [with_label(one.name, one.label_da, one.label_en) for one in found]
    hint = message("did you mean {names}?", names=names) if names else _ask_by(own)
    return RefusalError(
        message(
            "{metric} has no dimension {dimension!r}: {hint}",
            metric=metric.name,
            dimension=name,
            hint=hint,
        )
    )


def _ask_by(names: Sequence[str]) -> Message:
    return message("ask it by {names}", names=one_of(names))


def twice(dimension: str) -> RefusalError:
    """A dimension is given twice."""
    return RefusalError(message("{dimension} is given twice: give it once", dimension=dimension))


def unknown_value(
    value: str, dimension: Dimension, values: Iterable[tuple[str, str, str, bool]]
) -> RefusalError:
    """A dimension has no such value.

    ``values`` are the key, the Danish name and the English name of each known value, and whether
    the metric has figures for it.
    """
    held = {key: (danish, english) for key, danish, english, has_figures in values if has_figures}
    labels = {text.casefold(): key for key, texts in held.items() for text in texts}
    labels |= {key.casefold(): key for key in held}
    near = dict.fromkeys(labels[text] for text in nearest(value.casefold(), labels))
    names = [with_label(key, *held[key]) for key in near]
    hint = message(": did you mean {names}?", names=names) if names else ""
    return RefusalError(
        message(
            "{dimension} has no value {value!r}{hint}",
            dimension=dimension.name,
            value=value,
            hint=hint,
        ),
        [*_choose(dimension.name, [*near] or [*held]), Change(without=(dimension.name,))],
    )


def no_figures(
    metric: Metric, dimension: Dimension, value: str, keys: Sequence[str]
) -> RefusalError:
    """The value is known, but the metric has no figure for it.

    ``keys`` are the values for which it has figures. The nearest are asked for first.
    """
    near = nearest(value, keys)
    ordered = [*near, *(key for key in reversed(keys) if key not in near)]
    return RefusalError(
        message(
            "{metric} has no figures for {dimension} {value}",
            metric=metric.name,
            dimension=dimension.name,
            value=value,
        ),
        _choose(dimension.name, ordered),
    )


def period_so_far(
    metric: Metric, dimension: Dimension, period: str, reporters: tuple[int, int] | None
) -> RefusalError:
    """The question names a whole period, but there are only figures for the period so far."""
    if reporters is None:
        why = message("not all organisations have reported {period}", period=period)
    else:
        why = message(
            "{count} of {due} reporters have reported {period}",
            count=reporters[0],
            due=reporters[1],
            period=period,
        )
    return RefusalError(
        message(
            "{metric} has no figures for the whole of {period}, because {why}",
            metric=metric.name,
            period=period,
            why=why,
        ),
        [
            Change(where={dimension.name: (f"{period}{SO_FAR}",)}),
            Change(by=(ORGANISATION,)),
        ],
    )


def no_country(metric: Metric) -> RefusalError:
    """A sum has no row for the whole country; a question without organisations gives its figure."""
    return RefusalError(
        message(
            "{metric} has no figures for {dimension} {country}: without a choice of organisations, "
            "the answer is the figure of the whole country",
            metric=metric.name,
            dimension=ORGANISATION,
            country=COUNTRY,
        ),
        [Change(without=(ORGANISATION,))],
    )


def _choose(dimension: str, values: Iterable[str]) -> list[Change]:
    """Return changes that choose one of the values; for a dimension of bases, one of the bases."""
    if dimension == BASIS:
        return [Change(basis=value) for value in dict.fromkeys(values)]
    return [Change(where={dimension: (value,)}) for value in dict.fromkeys(values)]


def other_series(metric: Metric, value: str) -> RefusalError:
    """The value belongs to another series, and the two series are not comparable."""
    return RefusalError(
        message(
            "{metric} has no {value}, which is beyond a break in the series: figures before and "
            "after it cannot be compared or added; {other} has {value}",
            metric=metric.name,
            value=value,
            other=metric.other_series,
        ),
        [Change(metric=metric.other_series, where={PERIOD: (value,)})],
    )


def wrong_basis(metric: Metric, basis: str, held: Sequence[str]) -> RefusalError:
    """The metric has no rows of this basis."""
    return RefusalError(
        message(
            "{metric} has no figures of the basis {basis!r}: this release has it as {held}",
            metric=metric.name,
            basis=basis,
            held=one_of(held),
        ),
        [Change(basis=one) for one in held],
    )


def several_bases(metric: Metric, group: str, bases: Sequence[str]) -> RefusalError:
    """The rows of one answer are of several bases."""
    return RefusalError(
        message(
            "{metric}{group} would add figures of the bases {bases}, which are never added",
            metric=metric.name,
            group=group,
            bases=list(bases),
        ),
        [
            Change(by=(BASIS,)),
            # a difference has no dimension period
            *([] if metric.kind == DIFFERENCE else [Change(by=(PERIOD,))]),
            *(Change(basis=one) for one in bases),
        ],
    )


def incomplete_period(metric: Metric, group: str, periods: Sequence[str]) -> RefusalError:
    """A period that not all organisations have reported would be added to other periods."""
    return RefusalError(
        message(
            "{metric}{group} would add {periods}: not all organisations have reported one of these "
            "periods, so the sum would be neither of the whole country nor of a whole period",
            metric=metric.name,
            group=group,
            periods=periods,
        ),
        [Change(by=(PERIOD,)), *_choose(PERIOD, periods)],
    )


def unlike_operands(
    metric: Metric, group: str, dimension: str, first: Sequence[str], second: Sequence[str]
) -> RefusalError:
    """The two values of a ratio or of a difference are of different periods or bases."""
    both = [one for one in first if one in second]
    return RefusalError(
        message(
            "{metric}{group} would compare figures of {first} with figures of {second}",
            metric=metric.name,
            group=group,
            first=list(first),
            second=list(second),
        ),
        [
            Change(by=(dimension,)),
            *_choose(dimension, [*both, *first, *second]),
        ],
    )


def not_added(metric: Metric, group: str, dimension: str, values: Sequence[str]) -> RefusalError:
    """The question asks for one figure, but there are several figures that cannot be added."""
    return RefusalError(
        message(
            "{metric}{group} has a figure for each of {values}, and {reason}",
            metric=metric.name,
            group=group,
            values=_some(values),
            reason=NOT_ADDED[metric.not_added or "total"](),
        ),
        [Change(by=(dimension,)), *_choose(dimension, values)],
    )


def no_total(metric: Metric, dimension: str) -> RefusalError:
    """There are figures for the values of a dimension, but no figure for the whole dimension."""
    return RefusalError(
        message(
            "{metric} has no figure for all of {dimension} together, and {reason}",
            metric=metric.name,
            dimension=dimension,
            reason=NOT_ADDED[metric.not_added or "total"](),
        ),
        [Change(by=(dimension,))],
    )


def total_with_parts(
    dimension: Dimension, totals: Sequence[str], parts: Sequence[str]
) -> RefusalError:
    """A filter chooses a total and its parts together."""
    return RefusalError(
        message(
            "in {dimension}, {totals} is a total of other values, so it cannot be added to {parts}",
            dimension=dimension.name,
            totals=one_of(totals),
            parts=_some(parts),
        ),
        [
            Change(where={dimension.name: tuple(totals)}),
            Change(where={dimension.name: tuple(parts)}),
            Change(by=(dimension.name,)),
        ],
    )


def _some(values: Sequence[str]) -> str:
    """Name up to five values; if there are more, name four and count the rest."""
    if len(values) <= 5:
        return message("{names}", names=list(values))
    return message("{names} and {rest:,} more", names=list(values[:4]), rest=len(values) - 4)
