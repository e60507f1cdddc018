"""Find metrics by words, in Danish or English."""

from collections.abc import Sequence

from klynge.metrics.declarations import Catalogue, Metric
from klynge.metrics.questions import fold


def search(catalogue: Catalogue, words: Sequence[str]) -> list[Metric]:
    """The metrics that contain every word in their names, labels, words or descriptions.

    Metrics with the words in the name or label come first. If no word is given, all metrics.
    """
    wanted = [fold(word) for word in words]
    found = [
        metric
        for metric in catalogue.metrics.values()
        if all(word in _text(metric) for word in wanted)
    ]
    return sorted(found, key=lambda metric: not all(word in _title(metric) for word in wanted))


def _title(metric: Metric) -> str:
    return " ".join(map(fold, (metric.name, metric.label_da, metric.label_en)))


def _text(metric: Metric) -> str:
    others = (
        *metric.words,
        metric.description_da,
        metric.description_en,
        metric.population_da,
        metric.population_en,
    )
    return " ".join((_title(metric), *map(fold, others)))
