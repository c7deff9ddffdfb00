"""What shapes of answers are made of: each member with what the description says of it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields


def text(words: str, *, is_maybe: bool = False) -> fields.String:
    """A text."""
    return fields.String(allow_none=is_maybe, metadata={"description": words})


def whole(words: str, *, is_maybe: bool = False) -> fields.Integer:
    """A whole number."""
    return fields.Integer(allow_none=is_maybe, metadata={"description": words})


def day(words: str) -> fields.Date:
    """A day, or null."""
    return fields.Date(allow_none=True, metadata={"description": words})


def moment(words: str) -> fields.DateTime:
    """A time in UTC, or null."""
    return fields.DateTime(format="iso", allow_none=True, metadata={"description": words})


def listed(each: Any, words: str = "", *, is_maybe: bool = False) -> fields.List[Any]:
    """A list."""
    return fields.List(each, allow_none=is_maybe, metadata={"description": words} if words else {})


class Shape(Schema):
    """An object all of whose members are always there; what is unknown is null."""

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:
        """Say so in the description."""
        field_obj.required = True


class FaultSchema(Shape):
    """What is wrong with an argument."""

    parameter = text("the argument")
    detail = text("what is wrong with it")


class ProblemSchema(Schema):
    """An error (RFC 9457)."""

    type = fields.String(required=True, metadata={"description": "where it is explained"})
    title = fields.String(required=True, metadata={"description": "the status in words"})
    status = fields.Integer(required=True, metadata={"description": "the status"})
    detail = fields.String(required=True, metadata={"description": "what happened, and what to do"})
    errors = fields.List(fields.Nested(FaultSchema), metadata={"description": "by argument"})


class CountSchema(Shape):
    """A value and how many releases have it."""

    value = text("the value, to filter by")
    count = whole("releases")
