"""Types -> the schemas that answers are described and written by.

A field or property is a member of the API where its type says what it means:
`title: Annotated[str, "the title"]`. All members are always there; what is unknown is null.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache, partial
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from marshmallow import Schema, fields, validate

Field = fields.Field[Any]
PLAIN: dict[Any, Callable[..., Field]] = {
    str: fields.String,
    int: fields.Integer,
    float: fields.Float,
    bool: fields.Boolean,
    date: fields.Date,
    datetime: partial(fields.DateTime, format="iso"),
}


@cache
def schema_of(shape: type) -> type[Schema]:
    """The schema of a type, from its members."""
    hints = get_type_hints(shape, include_extras=True)
    for name, each in vars(shape).items():
        if isinstance(each, property):
            hints[name] = get_type_hints(each.fget, include_extras=True)["return"]
    members = {name: _member(hint) for name, hint in hints.items() if get_origin(hint) is Annotated}
    return Schema.from_dict(members, name=shape.__name__)


def _member(hint: Any) -> Field:
    kind, description = get_args(hint)
    return _field(kind, required=True, metadata={"description": description})


def _field(kind: Any, **how: Any) -> Field:
    """The field of a type; a pair of a value and a number is a Count."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in PLAIN:
        return PLAIN[kind](**how)
    if NoneType in inner:
        return _field(next(each for each in inner if each is not NoneType), allow_none=True, **how)
    if origin is Literal:
        return fields.String(validate=validate.OneOf(inner), **how)
    if origin is dict:
        return fields.Dict(keys=_field(inner[0]), values=_field(inner[1]), **how)
    if inner == (str, int):
        return CountField(schema_of(Count), **how)
    if inner:
        return fields.List(_field(inner[0]), **how)
    return fields.Nested(lambda: schema_of(kind), **how)


class Count:
    """A value, and how many releases have it."""

    value: Annotated[str, "the value"]
    count: Annotated[int, "how many releases have it"]


class CountField(fields.Nested):
    """A pair as a Count."""

    def _serialize(self, value: Any, *given: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        value, count = value
        return {"value": value, "count": count}
