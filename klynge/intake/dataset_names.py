"""The names of datasets for readers: in Danish, the contract's label; in English, the id."""

from functools import cache

from klynge import checkout
from klynge.intake.contracts import read_contracts
from klynge.messages import Message, label, message


def name_dataset(dataset: str) -> Message:
    """Return a dataset's name, such as ``Aktiviteter``, or its id if no contract describes it."""
    return label(dataset, _labels().get(dataset, dataset))


def name_with_id(dataset: str) -> Message:
    """The name of a dataset and the id that a user types, such as ``Aktiviteter (activities)``."""
    name = _labels().get(dataset)
    return label(dataset, f"{name} ({dataset})" if name else dataset)


def describe_slot(slot: tuple[str, str, str]) -> Message:
    """The reporter, the dataset and the period of a submission, in one text."""
    reporter, dataset, period = slot
    return message(
        "{reporter} {dataset} {period}",
        reporter=reporter,
        dataset=name_dataset(dataset),
        period=period,
    )


@cache
def _labels() -> dict[str, str]:
    return {name: one.label_da for name, one in read_contracts(checkout.CONTRACTS).items()}
