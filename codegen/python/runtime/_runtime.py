"""What all modules of this package share."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from typing import ClassVar, Final, Protocol, TypeAlias, TypeVar, Union, cast

Json: TypeAlias = Union[None, bool, int, float, str, "list[Json]", "dict[str, Json]"]
"""What json.loads returns."""


class Unset(enum.Enum):
    """The type of UNSET, which stands for a member that is absent where null is valid too."""

    UNSET = "UNSET"

    def __repr__(self) -> str:
        return "UNSET"

    def __bool__(self) -> bool:
        return False


UNSET: Final = Unset.UNSET


class PayloadError(ValueError):
    """A value that does not have the structure of its type.

    pointer is the JSON pointer of the place, empty for the payload itself.
    """

    def __init__(self, pointer: str, message: str) -> None:
        super().__init__(f"{pointer or 'payload'}: {message}")
        self.pointer = pointer
        self.message = message


class Payload(Protocol):
    """What the classes of all events have."""

    EVENT: ClassVar[str]
    VERSION: ClassVar[str]
    DIGEST: ClassVar[str]

    @classmethod
    def from_json(cls, value: object) -> Payload: ...

    def to_json(self) -> dict[str, Json]: ...


T = TypeVar("T")
U = TypeVar("U")
E = TypeVar("E", bound=enum.Enum)
Decode: TypeAlias = Callable[[object, str], T]


def _found(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)):
        return "a number"
    for kind, name in ((str, "a string"), (list, "a list"), (dict, "an object")):
        if isinstance(value, kind):
            return name
    return type(value).__name__


def text(value: object, at: str) -> str:
    if isinstance(value, str):
        return value
    raise PayloadError(at, f"found {_found(value)}, expected a string")


def integer(value: object, at: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    raise PayloadError(at, f"found {_found(value)}, expected a whole number")


def number(value: object, at: str) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    raise PayloadError(at, f"found {_found(value)}, expected a number")


def boolean(value: object, at: str) -> bool:
    if isinstance(value, bool):
        return value
    raise PayloadError(at, f"found {_found(value)}, expected a boolean")


def anything(value: object, at: str) -> Json:
    return cast(Json, value)


def nothing(value: object, at: str) -> str:
    raise PayloadError(at, f"found {_found(value)}, expected null")


def either(first: Decode[T], second: Decode[U]) -> Decode[T | U]:
    """A value of the first type that takes it."""

    def decode(value: object, at: str) -> T | U:
        try:
            return first(value, at)
        except PayloadError:
            return second(value, at)

    return decode


def or_null(one: Decode[T]) -> Decode[T | None]:
    return lambda value, at: None if value is None else one(value, at)


def list_of(one: Decode[T]) -> Decode[list[T]]:
    def decode(value: object, at: str) -> list[T]:
        if not isinstance(value, list):
            raise PayloadError(at, f"found {_found(value)}, expected a list")
        return [one(item, f"{at}/{i}") for i, item in enumerate(value)]

    return decode


def map_of(one: Decode[T]) -> Decode[dict[str, T]]:
    def decode(value: object, at: str) -> dict[str, T]:
        return {key: one(item, below(at, key)) for key, item in members(value, at).items()}

    return decode


def known(kind: type[E]) -> Decode[E]:
    """A value of a closed enum."""
    values = {(type(one.value), one.value): one for one in kind}

    def decode(value: object, at: str) -> E:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        try:
            return values[type(value), value]
        except (KeyError, TypeError):
            raise PayloadError(at, f"found {value!r}, expected a value of {kind.__name__}") from None

    return decode


def known_or(kind: type[E], other: Decode[T]) -> Decode[E | T]:
    """A value of an open enum: unknown ones stay as they are."""
    closed = known(kind)

    def decode(value: object, at: str) -> E | T:
        try:
            return closed(value, at)
        except PayloadError:
            return other(value, at)

    return decode


def below(at: str, key: str) -> str:
    return at + "/" + key.replace("~", "~0").replace("/", "~1")


def members(value: object, at: str) -> dict[str, object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value)
    raise PayloadError(at, f"found {_found(value)}, expected an object")


def required(found: Mapping[str, object], key: str, at: str, one: Decode[T]) -> T:
    if key not in found:
        raise PayloadError(at, f"member {key!r} is missing")
    return one(found[key], below(at, key))


def optional(found: Mapping[str, object], key: str, at: str, one: Decode[T]) -> T | None:
    return one(found[key], below(at, key)) if key in found else None


def settable(found: Mapping[str, object], key: str, at: str, one: Decode[T]) -> T | Unset:
    return one(found[key], below(at, key)) if key in found else UNSET


def declared(found: Mapping[str, object], keys: frozenset[str], at: str) -> None:
    for key in found:
        if key not in keys:
            raise PayloadError(below(at, key), "the member is not declared")


def others(found: Mapping[str, object], keys: frozenset[str], at: str, one: Decode[T]) -> dict[str, T]:
    return {key: one(value, below(at, key)) for key, value in found.items() if key not in keys}


def tag(value: object, key: str, at: str) -> str:
    """What the discriminator of a union says."""
    return text(required(members(value, at), key, at, anything), below(at, key))


def untagged(value: object, key: str, at: str) -> dict[str, object]:
    return {name: item for name, item in members(value, at).items() if name != key}


def tagged(key: str, name: str, value: object) -> Json:
    encoded = encode(value)
    assert isinstance(encoded, dict)
    return {key: name, **encoded}


class _HasJson(Protocol):
    def to_json(self) -> Json: ...


def encode(value: object) -> Json:
    """The JSON of a value of any type of this package."""
    if isinstance(value, enum.Enum):
        return cast(Json, value.value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    return cast(_HasJson, value).to_json()
