"""Find the metric, dimensions and values that a person's question names, or refuse the question."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from klynge.metrics import refusals
from klynge.metrics.declarations import (
    BASIS,
    COUNTRY,
    FIGURE,
    ORGANISATION,
    PERIOD,
    SO_FAR,
    Catalogue,
    Dimension,
    Metric,
)
from klynge.metrics.requests import Request
from klynge.metrics.words import fold

#: Other words for a dimension, besides its name and labels.
_SYNONYMS = {"year": PERIOD, "år": PERIOD, "aar": PERIOD}

#: Each value of a dimension has a key, a Danish name, an English name, and a flag. The flag says
#: whether the metric has figures for the value.
Values = Sequence[tuple[str, str, str, bool]]
#: A function that returns the values of a metric's dimension in the release.
ReadValues = Callable[[Metric, Dimension], Values]
#: A function that returns how many reporters have reported a period, and how many are due. Only the
#: reports from which the metric is computed count.
ReadReporters = Callable[[Metric, str], tuple[int, int] | None]


@dataclass(frozen=True)
class Question:
    """A metric, the dimensions to group by, and the chosen keys of each filtered dimension."""

    metric: Metric
    by: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]]


def resolve(
    catalogue: Catalogue, read_values: ReadValues, read_reporters: ReadReporters, request: Request
) -> Question:
    """Find the metric, the dimensions and the keys that a written question names.

    Names and values may be written in any case. A metric, a dimension or a value may be given by
    its key or by its Danish or English name. Raises :class:`~klynge.metrics.refusals.RefusalError`
    for an unknown name or value, and for a value without figures.

    The key of a period that not all organisations have reported ends with ``_so_far``. A question
    by organisation, or about chosen organisations, also finds this key if it names the period
    itself, because an organisation that has figures has reported the whole period.
    """
    metric = find_metric(catalogue, request.metric)
    dimensions = catalogue.dimensions(metric)
    grouped = [_find_dimension(catalogue, metric, one) for one in request.by]
    for one in grouped:
        if grouped.count(one) > 1:
            raise refusals.twice(one)
    filters: dict[str, tuple[str, ...]] = {}
    filtered = [_find_dimension(catalogue, metric, given) for given in request.where]
    is_whole = ORGANISATION not in (*grouped, *filtered)
    for found, values in zip(filtered, request.where.values(), strict=True):
        if found in filters:
            raise refusals.twice(found)
        asked = [values] if isinstance(values, str) else [str(value) for value in values]
        _refuse_other_series(catalogue, metric, dimensions[found], asked, read_values)
        filters[found] = _find_keys(
            metric, dimensions[found], asked, read_values, read_reporters if is_whole else None
        )
    if request.basis is not None:
        if BASIS in filters:
            raise refusals.twice(BASIS)
        held = _held(read_values(metric, dimensions[BASIS]))
        # without any figures, the answer is empty, and says why
        if held and request.basis not in held:
            raise refusals.wrong_basis(metric, request.basis, held)
        filters[BASIS] = (request.basis,)
    return Question(metric, tuple(grouped), filters)


def with_own_names(catalogue: Catalogue, request: Request) -> Request:
    """Return the request with the names of its metric and dimensions instead of other words.

    Words that name nothing stay as they are.
    """
    try:
        metric = find_metric(catalogue, request.metric)
    except refusals.RefusalError:
        return request

    def own(word: str) -> str:
        try:
            return _find_dimension(catalogue, metric, word)
        except refusals.RefusalError:
            return word

    return replace(
        request,
        metric=metric.name,
        by=tuple(map(own, request.by)),
        where={own(word): values for word, values in request.where.items()},
    )


def find_metric(catalogue: Catalogue, name: str) -> Metric:
    """The metric with this name or label; raises ``RefusalError`` if there is none."""
    wanted = fold(name)
    for metric in catalogue.metrics.values():
        if wanted in (fold(metric.name), fold(metric.label_da), fold(metric.label_en)):
            return metric
    raise refusals.unknown_metric(name, catalogue)


def _find_dimension(catalogue: Catalogue, metric: Metric, name: str) -> str:
    dimensions = catalogue.dimensions(metric)
    wanted = fold(name)
    for one in dimensions.values():
        if wanted in (fold(one.name), fold(one.label_da), fold(one.label_en)):
            return one.name
    if (synonym := _SYNONYMS.get(wanted)) in dimensions and synonym is not None:
        return synonym
    # accept the first or the last word of a name, such as "source" for funding_source. A dimension
    # of other metrics is not such a word: participation does not mean years_of_participation
    parts = [one for one in dimensions if wanted in (one.split("_")[0], one.split("_")[-1])]
    others = {fold(one) for table in catalogue.tables.values() for one in table.dimensions}
    if len(parts) == 1 and wanted not in others:
        return parts[0]
    raise refusals.unknown_dimension(name, metric, catalogue)


def _find_keys(
    metric: Metric,
    dimension: Dimension,
    asked: Sequence[str],
    read_values: ReadValues,
    read_reporters: ReadReporters | None,
) -> tuple[str, ...]:
    """Find the keys of values; ``read_reporters`` is None in a question about organisations."""
    values = read_values(metric, dimension)
    held = _held(values)
    keys = {fold(name): key for key, *names, _ in values for name in names}
    # a key is preferred to a name with the same spelling
    keys |= {fold(key): key for key, *_ in values}
    found = []
    for value in asked:
        if fold(value) not in keys:
            raise refusals.unknown_value(value, dimension, values)
        key = keys[fold(value)]
        if metric.kind == FIGURE and key not in held and key.removesuffix(SO_FAR) in held:
            # a mart has the period itself; its rows say that not all have reported
            key = key.removesuffix(SO_FAR)
        if f"{key}{SO_FAR}" in held and key not in held:
            if read_reporters is not None:
                raise refusals.period_so_far(metric, dimension, key, read_reporters(metric, key))
            key = f"{key}{SO_FAR}"
        if held and key not in held:
            is_country = dimension.name == ORGANISATION and key == COUNTRY
            if is_country and metric.kind != FIGURE:
                raise refusals.no_country(metric)
            raise refusals.no_figures(metric, dimension, key, held)
        found.append(key)
    return tuple(dict.fromkeys(found))


def _refuse_other_series(
    catalogue: Catalogue,
    metric: Metric,
    dimension: Dimension,
    asked: Sequence[str],
    read: ReadValues,
) -> None:
    """Refuse periods that only the metric ``other_series`` has."""
    if metric.other_series is None or dimension.name != PERIOD:
        return
    other = catalogue.metrics[metric.other_series]
    theirs = catalogue.dimensions(other)[PERIOD]
    own = set(map(fold, _held(read(metric, dimension))))
    beyond = set(map(fold, _held(read(other, theirs)))) - own
    for value in asked:
        if fold(value) in beyond:
            raise refusals.other_series(metric, value)


def _held(values: Values) -> list[str]:
    """The keys for which a metric has figures."""
    return [key for key, *_, has_figures in values if has_figures]
