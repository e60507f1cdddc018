"""The form of the what-if: its fields, and the changes that they give."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from dashboard.code_words import RULES
from dashboard.view import View
from klynge.errors import InputError
from klynge.messages import message
from klynge.whatif.calls import Call
from klynge.whatif.changes import Changes

#: A Danish number whose points stand between thousands, such as 200.000.000 or 1.500,50.
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")
#: The labels of the amounts, percentages and scores that may be changed.
_NUMBERS = {
    "cap_percent": message("Cap of an award, per cent of the amount applied for"),
    "cap_kr": message("Cap of an award, kr."),
    "floor_percent": message("Floor of an award, per cent of the amount applied for"),
    "floor_kr": message("Floor of an award, kr."),
    "minimum_average": message("Minimum average score, 0 to 10"),
}
_OF_CRITERIA = {"minimum_criterion": message("Minimum score of each criterion, 0 to 10")}
_POT, _WEIGHT = "pot_", "weight_"
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True)
class Field:
    """A text field of the form: ``hint`` is the call's own value, which an empty field keeps."""

    name: str
    label: str
    value: str
    hint: str = ""


@dataclass(frozen=True)
class FieldGroup:
    """Fields under a common heading. The group of the pots is open, and so is one with values."""

    title: str
    fields: Sequence[Field]
    always_open: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the fields are shown before the reader opens the group."""
        return self.always_open or any(field.value for field in self.fields)


def list_fields(view: View, call: Call, *, has_criteria: bool) -> list[FieldGroup]:
    """Return the fields of the form with the values of the address."""
    numbers = _NUMBERS | (_OF_CRITERIA if has_criteria else {})
    groups = [
        FieldGroup(
            view.text(message("Pots, kr.")),
            [
                _field(view, f"{_POT}{grant}", _grant_name(view, grant), _plain(pot))
                for grant, pot in call.pots.items()
            ],
            always_open=True,
        ),
        FieldGroup(
            view.text(message("Minimum, caps and floors")),
            [_field(view, name, view.text(label)) for name, label in numbers.items()],
        ),
    ]
    if has_criteria:
        groups += [_weight_fields(view, call, grant) for grant in call.pots]
    return groups


def _weight_fields(view: View, call: Call, grant: str) -> FieldGroup:
    fields = [
        _field(
            view,
            f"{_WEIGHT}{one.criterion_id}",
            one.code,
            (Decimal(100) * one.weight.numerator / one.weight.denominator).quantize(_HUNDREDTH),
        )
        for one in call.criteria
        if one.grant_type_id == grant
    ]
    title = message("Weights of {grant}, per cent", grant=_grant_name(view, grant))
    return FieldGroup(view.text(title), fields)


def _field(view: View, name: str, label: str, own: Decimal | None = None) -> Field:
    """Return a field with the address's value; ``own`` is the call's value, if it is known."""
    hint = "" if own is None else view.text(message("the call: {value:,}", value=own))
    return Field(name, label, _given(view, name), hint)


def _grant_name(view: View, grant: str) -> str:
    row = view.connection.execute(
        f"select label_{view.language.value} from core.dim_grant_type where grant_type_id = $id",
        {"id": grant},
    ).fetchone()
    return str(row[0]) if row else grant


def _plain(pot: Decimal) -> Decimal:
    whole = pot.to_integral_value()
    return whole if whole == pot else pot


def _given(view: View, name: str) -> str:
    values = view.parameters.get(name, ())
    return values[-1].strip() if values else ""


def read_changes(view: View, call: Call) -> Changes:
    """Return the changes that the address gives. Raises InputError for what is no number."""
    numbers = {
        name: _number(label, text)
        for name, label in {**_NUMBERS, **_OF_CRITERIA}.items()
        if (text := _given(view, name))
    }
    pots = {
        grant: _number(message("the pot of {grant}", grant=_grant_name(view, grant)), text)
        for grant in call.pots
        if (text := _given(view, f"{_POT}{grant}"))
    }
    weights = {
        one.criterion_id: text
        for one in call.criteria
        if (text := _given(view, f"{_WEIGHT}{one.criterion_id}"))
    }
    rules = {name: _given(view, name) or None for name in RULES}
    return Changes(
        rule=rules["rule"],
        scope=rules["scope"],
        competition=rules["competition"],
        pots=pots,
        minimum_average=numbers.get("minimum_average"),
        minimum_criterion=numbers.get("minimum_criterion"),
        weights=_as_text(weights),
        cap_percent=numbers.get("cap_percent"),
        cap_kr=numbers.get("cap_kr"),
        floor_percent=numbers.get("floor_percent"),
        floor_kr=numbers.get("floor_kr"),
    )


def _as_text(weights: Mapping[str, str]) -> str | None:
    """Write weights as the what-if reads them: with a decimal point, and commas between."""
    if not weights:
        return None
    return ",".join(f"{name}={value.replace(',', '.')}" for name, value in weights.items())


def _number(label: str, text: str) -> Decimal:
    plain = text.replace("\u00a0", "").replace(" ", "")
    if _THOUSANDS.fullmatch(plain):
        plain = plain.replace(".", "")
    try:
        return Decimal(plain.replace(",", "."))
    except InvalidOperation:
        raise InputError(
            message(
                "{label}: {text!r} is not a number: write digits, such as 200.000.000 or 6,5",
                label=label,
                text=text,
            )
        ) from None
