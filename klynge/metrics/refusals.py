"""The errors that refuse a question; each says why there is no answer and what to ask instead."""

import difflib
from collections.abc import Callable, Iterable, Sequence

from klynge.errors import InputError
from klynge.messages import Message, label, message, one_of
from klynge.metrics.declarations import (
    COUNTRY,
    DIFFERENCE,
    ORGANISATION,
    SO_FAR,
    Catalogue,
    Dimension,
    Metric,
)
from klynge.metrics.words import find_by_words, fold, stems

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
    """A question that has no meaningful answer; the message says what to ask instead."""


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
    own = list(catalogue.dimensions(metric))
    others = [
        other.name
        for other in catalogue.metrics.values()
        if name in catalogue.dimensions(other) and other.name != metric.name
    ]
    if others:
        return RefusalError(
            message(
                "{metric} is not known by {dimension}: ask it by {own}; {others} can be asked by "
                "{dimension}",
                metric=metric.name,
                dimension=name,
                own=one_of(own),
                others=one_of(others[:3]),
            )
        )
    dimensions = catalogue.dimensions(metric)
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
    hint = message("did you mean {names}?", names=names) if names else _held(dimension, list(held))
    return RefusalError(
        message(
            "{dimension} has no value {value!r}: {hint}",
            dimension=dimension.name,
            value=value,
            hint=hint,
        )
    )


def no_figures(
    metric: Metric, dimension: Dimension, value: str, keys: Sequence[str]
) -> RefusalError:
    """The value is known, but the metric has no figure for it."""
    return RefusalError(
        message(
            "{metric} has no figures for {dimension} {value}: {hint}",
            metric=metric.name,
            dimension=dimension.name,
            value=value,
            hint=_held(dimension, keys),
        )
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
            "{metric} has no figures for the whole of {period}: {why}; ask with --where "
            "{dimension}={so_far} for the figures so far, or add --by organisation for the figures "
            "of each organisation that has reported {period}",
            metric=metric.name,
            period=period,
            why=why,
            dimension=dimension.name,
            so_far=f"{period}{SO_FAR}",
        )
    )


def no_country(metric: Metric) -> RefusalError:
    """A sum has no row for the whole country; a question without organisations gives its figure."""
    return RefusalError(
        message(
            "{metric} has no figures for {dimension} {country}: without --where {dimension}=… and "
            "without --by {dimension}, the answer is the figure of the whole country",
            metric=metric.name,
            dimension=ORGANISATION,
            country=COUNTRY,
        )
    )


def _held(dimension: Dimension, keys: Sequence[str]) -> Message:
    if not keys:
        return message("this release has none at all")
    if len(keys) <= 20:
        return message("it has {names}", names=list(keys))
    return message("`--by {dimension}` shows which it has", dimension=dimension.name)


def other_series(metric: Metric, value: str) -> RefusalError:
    """The value belongs to another series, and the two series are not comparable."""
    return RefusalError(
        message(
            "{metric} has no {value}, which is beyond a break in the series: figures before and "
            "after it cannot be compared or added; ask {other} for {value}",
            metric=metric.name,
            value=value,
            other=metric.other_series,
        )
    )


def wrong_basis(metric: Metric, basis: str, held: Sequence[str]) -> RefusalError:
    """The metric has no rows of this basis."""
    return RefusalError(
        message(
            "{metric} has no figures of the basis {basis!r}: this release has it as {held}; leave "
            "out --basis, or look in the marts, which hold every basis",
            metric=metric.name,
            basis=basis,
            held=one_of(held),
        )
        if held
        else message("{metric} has no figures in this release", metric=metric.name)
    )


def several_bases(metric: Metric, group: str, bases: Sequence[str]) -> RefusalError:
    """The rows of one answer are of several bases."""
    # a difference has no dimension period
    apart = ["--by basis"] if metric.kind == DIFFERENCE else ["--by basis", "--by period"]
    return RefusalError(
        message(
            "{metric}{group} would add figures of the bases {bases}, which are never added: ask "
            "with {apart}, or choose one with --basis",
            metric=metric.name,
            group=group,
            bases=list(bases),
            apart=one_of(apart),
        )
    )


def incomplete_period(metric: Metric, group: str, periods: Sequence[str]) -> RefusalError:
    """A period that not all organisations have reported would be added to other periods."""
    return RefusalError(
        message(
            "{metric}{group} would add {periods}: not all organisations have reported one of these "
            "periods, so the sum would be neither of the whole country nor of a whole period; ask "
            "with --by period, or choose one with --where period=…",
            metric=metric.name,
            group=group,
            periods=periods,
        )
    )


def unlike_operands(
    metric: Metric, group: str, dimension: str, first: Sequence[str], second: Sequence[str]
) -> RefusalError:
    """The two values of a ratio or of a difference are of different periods or bases."""
    return RefusalError(
        message(
            "{metric}{group} would compare figures of {first} with figures of {second}: ask with "
            "--by {dimension}, or choose one with --where {dimension}=…",
            metric=metric.name,
            group=group,
            first=list(first),
            second=list(second),
            dimension=dimension,
        )
    )


def not_added(metric: Metric, group: str, dimension: str, values: Sequence[str]) -> RefusalError:
    """The question asks for one figure, but there are several figures that cannot be added."""
    return RefusalError(
        message(
            "{metric}{group} has a figure for each of {values}, and {reason}: ask with --by "
            "{dimension}, or choose one with --where {dimension}=…",
            metric=metric.name,
            group=group,
            dimension=dimension,
            values=_some(values),
            reason=NOT_ADDED[metric.not_added or "total"](),
        )
    )


def no_total(metric: Metric, dimension: str) -> RefusalError:
    """There are figures for the values of a dimension, but no figure for the whole dimension."""
    return RefusalError(
        message(
            "{metric} has no figure for all of {dimension} together, and {reason}: ask with --by "
            "{dimension}, or choose one with --where {dimension}=…",
            metric=metric.name,
            dimension=dimension,
            reason=NOT_ADDED[metric.not_added or "total"](),
        )
    )


def total_with_parts(
    dimension: Dimension, totals: Sequence[str], parts: Sequence[str]
) -> RefusalError:
    """A filter chooses a total and its parts together."""
    return RefusalError(
        message(
            "in {dimension}, {totals} is a total of other values, so it cannot be added to "
            "{parts}: ask for the total or for its parts, or add --by {dimension}",
            dimension=dimension.name,
            totals=one_of(totals),
            parts=_some(parts),
        )
    )


def _some(values: Sequence[str]) -> str:
    """Name up to five values; if there are more, name four and count the rest."""
    if len(values) <= 5:
        return message("{names}", names=list(values))
    return message("{names} and {rest:,} more", names=list(values[:4]), rest=len(values) - 4)
