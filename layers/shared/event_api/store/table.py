"""One table: reads and conditional writes; AWS errors are translated into the API's own.

In every expression here an attribute is written ``#attribute`` (many attribute names would otherwise be among
DynamoDB's 573 reserved words), a value ``:value``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, TypeVar, cast

from event_api.domain.errors import UnavailableError
from event_api.store import aws_errors
from event_api.store.attributes import Item, Value, from_attributes, to_attribute, to_attributes

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import QueryOutputTypeDef

BATCH_GET_KEYS = 100  # the most that one BatchGetItem takes
BATCH_WRITE_ITEMS = 25  # the same of BatchWriteItem
QUERY_PAGE_ITEMS = 1000  # a page of this size stays below the 1 MB at which DynamoDB would cut it anyway
_BATCH_TRIES = 6
_FIRST_PAUSE = 0.05  # seconds; doubles with each try

_NAME = re.compile(r"#(\w+)")
_THROTTLED = {
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionInProgressException",
}
_SOMEBODY_WAS_QUICKER = {
    "ConditionalCheckFailedException",
    "ConditionalCheckFailed",
    # The item is in the midst of a transaction; nothing was written here.
    "TransactionConflictException",
    "TransactionConflict",
}
_SERVER_ERROR = 500


RawItem: TypeAlias = Mapping[str, Mapping[str, str]]
"""Strings and numbers of an item, as DynamoDB's JSON has them."""


class RawPage(NamedTuple):
    """A page of items, and the range key up to which it came; None if there is nothing behind it."""

    items: list[RawItem]
    last: str | None


class ConditionFailedError(Exception):
    """The condition of a write did not hold, or another process is writing the item; nothing was written."""


@contextmanager
def translate_aws_errors() -> Iterator[None]:
    """Translate AWS errors into the API's own.

    Raises ConditionFailedError for a condition that did not hold, UnavailableError for a failure that a retry may mend.
    Any other error (a request that DynamoDB refuses) is a defect in our code and passes through.
    """
    try:
        yield
    except aws_errors.refusals() as error:
        code = error.response["Error"]["Code"]
        if code in _SOMEBODY_WAS_QUICKER:
            raise ConditionFailedError from None
        if code == "TransactionCanceledException":
            reasons: Any = error.response.get("CancellationReasons", ())  # missing in the stubs
            if any(reason.get("Code") in _SOMEBODY_WAS_QUICKER for reason in reasons):
                raise ConditionFailedError from None
            raise UnavailableError("the database is busy") from error
        if code in _THROTTLED or error.response["ResponseMetadata"]["HTTPStatusCode"] >= _SERVER_ERROR:
            raise UnavailableError("the database is busy") from error
        raise
    except aws_errors.outages() as error:
        raise UnavailableError("the database cannot be reached") from error


_Parameters: TypeAlias = dict[str, Any]  # the stubs have a type for each request


def expressions(values: Mapping[str, Value] | None = None, **texts: str | None) -> _Parameters:
    """Return the request parameters of some expressions: the texts, and the names and values that they use."""
    given = {parameter: text for parameter, text in texts.items() if text}
    names = {name for text in given.values() for name in _NAME.findall(text)}
    parameters: _Parameters = dict(given)
    if names:
        parameters["ExpressionAttributeNames"] = {f"#{name}": name for name in sorted(names)}
    if values:
        parameters["ExpressionAttributeValues"] = {f":{name}": to_attribute(value) for name, value in values.items()}
    return parameters


def projection(attributes: Iterable[str] | None) -> str | None:
    """Return the projection expression of some attributes; None is all of them."""
    return None if attributes is None else ", ".join(f"#{name}" for name in sorted(attributes))


def _pauses() -> Iterator[float]:
    """Return the seconds to wait after each try of a batch."""
    return (_FIRST_PAUSE * 2**number for number in range(_BATCH_TRIES))


def _absent(hash_key: str | None) -> str | None:
    return f"attribute_not_exists(#{hash_key})" if hash_key else None


Element = TypeVar("Element")


def batches(elements: Iterable[Element], size: int) -> Iterator[list[Element]]:
    """Cut an iterable into lists of at most ``size``, lazily."""
    iterator = iter(elements)
    while batch := list(islice(iterator, size)):
        yield batch


class Meter(Protocol):
    """Counts the reads of many items, and may stop them."""

    def check_time(self) -> None:
        """Raise if nothing more may be read; asked before each request."""
        ...

    def add(self, capacity_units: float, scanned: int, returned: int) -> None:
        """Count a request: its consumed capacity, and the items that DynamoDB examined and sent."""
        ...


class _NoMeter:
    def check_time(self) -> None:
        pass

    def add(self, capacity_units: float, scanned: int, returned: int) -> None:
        pass


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition of an index with a range key, and the items in it that count.

    ``hash_key`` and ``range_key`` are attributes, ``key`` is the hash key's value; ``filtered`` is a condition, if any,
    and ``values`` what it names.
    """

    index: str
    hash_key: str
    key: str
    range_key: str
    filtered: str | None
    values: Mapping[str, Value]

    def whole(self) -> Partition:
        """Return the same partition with all of its items."""
        return replace(self, filtered=None, values={})

    def between(self, low: str, high: str) -> tuple[str, dict[str, Value]]:
        """Return the key condition for ``low`` to ``high``, both included, and all values."""
        condition = f"#{self.hash_key} = :key AND #{self.range_key} BETWEEN :low AND :high"
        return condition, {**self.values, "key": self.key, "low": low, "high": high}


NewItem: TypeAlias = Mapping[str, Any]
"""An item to be put together with another write: an element of a transaction's request."""


class Update(NamedTuple):
    """A change of one item, on a condition."""

    key: Item
    update: str
    values: Mapping[str, Value]
    condition: str


class Table:
    """A table and a client. Every method raises UnavailableError when DynamoDB cannot do it just now.

    Every single write of a table with ``records`` puts those items, too, all or none.
    """

    def __init__(
        self, client: DynamoDBClient, name: str, meter: Meter | None = None, records: tuple[NewItem, ...] = ()
    ) -> None:
        self._client = client
        self._name = name
        self._meter = meter or _NoMeter()
        self._records = records

    def metered(self, meter: Meter) -> Table:
        """Return the same table, whose reads of many items are counted."""
        return Table(self._client, self._name, meter)

    def recorded(self, record: NewItem) -> Table:
        """Return the same table, whose next write puts a record of it, too, which may be another table's item."""
        return Table(self._client, self._name, records=(*self._records, record))

    def new_item(self, item: Mapping[str, Value | None]) -> NewItem:
        """Return an item of this table, to be put together with another write."""
        return {"Put": {"TableName": self._name, "Item": to_attributes(item)}}

    def get(self, key: Item, *, attributes: Iterable[str] | None = None, consistent: bool = False) -> Item | None:
        """Read an item, or only some of its attributes; return None if it does not exist."""
        with translate_aws_errors():
            answer = self._client.get_item(
                TableName=self._name,
                Key=to_attributes(key),
                ConsistentRead=consistent,
                **expressions(ProjectionExpression=projection(attributes)),
            )
        return from_attributes(answer["Item"]) if "Item" in answer else None

    def get_latest(self, key: Item, *, attributes: Iterable[str] | None = None) -> Item | None:
        """Read an item that changes seldom or never once it exists.

        A read that may be a second old comes first, at half the price; the latest state is read only if that finds
        nothing.
        """
        return self.get(key, attributes=attributes) or self.get(key, attributes=attributes, consistent=True)

    def put(
        self,
        item: Mapping[str, Value | None],
        *,
        unless_exists: str | None = None,
        condition: str | None = None,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        """Write an item; ``unless_exists`` names its hash key, ``condition`` is one on the item that it replaces.

        Raises ConditionFailedError if it was to be new and is not, or the condition does not hold.
        """
        parameters = expressions(values, ConditionExpression=_absent(unless_exists) or condition)
        parameters |= {"TableName": self._name, "Item": to_attributes(item)}
        with translate_aws_errors():
            if not self._records:
                self._client.put_item(**parameters)
            else:
                self._transact({"Put": parameters})

    def put_all(self, items: Iterable[Mapping[str, Value | None]]) -> None:
        """Write items, and replace whatever has their keys; raise UnavailableError if some are not written."""
        for batch in batches(items, BATCH_WRITE_ITEMS):
            self._write_batch([{"PutRequest": {"Item": to_attributes(item)}} for item in batch])

    def put_and_update(
        self,
        item: Mapping[str, Value | None],
        *,
        unless_exists: str,
        other: Item,
        update: str,
        condition: str,
        values: Mapping[str, Value],
    ) -> None:
        """Write a new item and change another item of the table, both or none.

        Raises ConditionFailedError if the item exists, or the other does not meet the condition.
        """
        # Not _Parameters, which the stubs refuse inside of a list.
        put: Any = {"TableName": self._name, "Item": to_attributes(item)}
        change: Any = {"TableName": self._name, "Key": to_attributes(other)}
        put |= expressions(ConditionExpression=_absent(unless_exists))
        change |= expressions(values, UpdateExpression=update, ConditionExpression=condition)
        with translate_aws_errors():
            self._transact({"Update": change}, {"Put": put})

    def update(self, key: Item, update: str, values: Mapping[str, Value], *, condition: str | None = None) -> None:
        """Change an item; raise ConditionFailedError if the condition does not hold."""
        parameters = expressions(values, UpdateExpression=update, ConditionExpression=condition)
        parameters |= {"TableName": self._name, "Key": to_attributes(key)}
        with translate_aws_errors():
            if not self._records:
                self._client.update_item(**parameters)
            else:
                self._transact({"Update": parameters})

    def update_together(self, updates: Iterable[Update]) -> None:
        """Change some items, all or none; raise ConditionFailedError if one of the conditions does not hold."""
        changes: list[Any] = []  # as above
        for key, update, values, condition in updates:
            parameters = expressions(values, UpdateExpression=update, ConditionExpression=condition)
            changes.append({"Update": {**parameters, "TableName": self._name, "Key": to_attributes(key)}})
        with translate_aws_errors():
            self._transact(*changes)

    def update_and_read(self, key: Item, update: str, values: Mapping[str, Value]) -> Item:
        """Update an item, creating it if it does not exist, and return the changed attributes."""
        with translate_aws_errors():
            answer = self._client.update_item(
                TableName=self._name,
                Key=to_attributes(key),
                ReturnValues="UPDATED_NEW",
                **expressions(values, UpdateExpression=update),
            )
        return from_attributes(answer["Attributes"])

    def delete(self, key: Item, *, condition: str | None = None, values: Mapping[str, Value] | None = None) -> None:
        """Delete an item; raise ConditionFailedError if the condition does not hold."""
        parameters = expressions(values, ConditionExpression=condition)
        parameters |= {"TableName": self._name, "Key": to_attributes(key)}
        with translate_aws_errors():
            if not self._records:
                self._client.delete_item(**parameters)
            else:
                self._transact({"Delete": parameters})

    def _transact(self, *writes: Any) -> None:  # noqa: ANN401  # the client's own parameters
        """Make some writes, and those of the records if there are any: all or none."""
        records: Any = self._records
        self._client.transact_write_items(TransactItems=[*writes, *records])

    def delete_all(self, keys: Iterable[Item]) -> None:
        """Delete items that may not exist; raise UnavailableError if some are not deleted."""
        for batch in batches(keys, BATCH_WRITE_ITEMS):
            self._write_batch([{"DeleteRequest": {"Key": to_attributes(key)}} for key in batch])

    def _write_batch(self, writes: list[dict[str, Any]]) -> None:
        request: Any = {self._name: writes}
        for pause in _pauses():
            with translate_aws_errors():
                request = self._client.batch_write_item(RequestItems=request)["UnprocessedItems"]
            if not request:
                return
            time.sleep(pause)
        raise UnavailableError("the database is busy")

    def scan(
        self,
        filtered: str | None = None,
        values: Mapping[str, Value] | None = None,
        *,
        attributes: Iterable[str] | None = None,
    ) -> Iterator[Item]:
        """Read the whole table for the items that meet a condition: for operators only, because all of it is paid."""
        parameters = expressions(values, FilterExpression=filtered, ProjectionExpression=projection(attributes))
        while True:
            with translate_aws_errors():
                page = self._client.scan(TableName=self._name, Limit=QUERY_PAGE_ITEMS, **parameters)
            yield from map(from_attributes, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def query(
        self,
        key_condition: str,
        values: Mapping[str, Value],
        *,
        index: str | None = None,
        filtered: str | None = None,
        attributes: Iterable[str] | None = None,
        descending: bool = False,
        consistent: bool = False,
        first_page: int = QUERY_PAGE_ITEMS,
    ) -> Iterator[Item]:
        """Read the items of one partition in order, page by page as they are asked for.

        ``first_page``: how many items the caller expects to need; later pages grow from there.
        """
        parameters = expressions(
            values,
            KeyConditionExpression=key_condition,
            FilterExpression=filtered,
            ProjectionExpression=projection(attributes),
        )
        pages = self._pages(
            index, first_page, {**parameters, "ScanIndexForward": not descending, "ConsistentRead": consistent}
        )
        return (from_attributes(item) for page in pages for item in page["Items"])

    def query_range(
        self,
        partition: Partition,
        low: str,
        high: str,
        *,
        attributes: Iterable[str] | None = None,
        descending: bool = False,
        first_page: int = QUERY_PAGE_ITEMS,
    ) -> Iterator[Item]:
        """Read the items of an index's partition from ``low`` to ``high``, both included."""
        condition, values = partition.between(low, high)
        return self.query(
            condition,
            values,
            index=partition.index,
            filtered=partition.filtered,
            attributes=attributes,
            descending=descending,
            first_page=first_page,
        )

    def raw_pages(self, partition: Partition, low: str, high: str, *, attributes: Iterable[str]) -> Iterator[RawPage]:
        """Read the items of an index's partition from ``low`` to ``high``, page by page, as DynamoDB sends them.

        For those that take few attributes of many items: converting them all would take most of the time.
        """
        condition, values = partition.between(low, high)
        parameters = expressions(
            values,
            KeyConditionExpression=condition,
            FilterExpression=partition.filtered,
            ProjectionExpression=projection(attributes),
        )
        for page in self._pages(partition.index, QUERY_PAGE_ITEMS, parameters):
            last: Any = page.get("LastEvaluatedKey")
            yield RawPage(
                cast("list[RawItem]", page["Items"]), None if last is None else last[partition.range_key]["S"]
            )

    def count_range(
        self, partition: Partition, low: str, high: str, *, most_pages: int | None = None
    ) -> tuple[int, Item | None]:
        """Count the items from ``low`` to ``high``, both included, without reading them out.

        Returns the key of the last one that was looked at where ``most_pages`` end before ``high``.
        """
        condition, values = partition.between(low, high)
        parameters = expressions(values, KeyConditionExpression=condition, FilterExpression=partition.filtered)
        pages = self._pages(partition.index, QUERY_PAGE_ITEMS, {**parameters, "Select": "COUNT"})
        counted, last = 0, None
        for page in islice(pages, most_pages):
            counted += page["Count"]
            last = page.get("LastEvaluatedKey")
        return counted, None if last is None else from_attributes(last)

    def _pages(self, index: str | None, first_page: int, parameters: _Parameters) -> Iterator[QueryOutputTypeDef]:
        if index is not None:
            parameters["IndexName"] = index
        limit = min(first_page, QUERY_PAGE_ITEMS)
        while True:
            self._meter.check_time()
            with translate_aws_errors():
                page = self._client.query(
                    TableName=self._name, Limit=limit, ReturnConsumedCapacity="TOTAL", **parameters
                )
            units = page.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
            self._meter.add(units, page["ScannedCount"], len(page.get("Items", ())))
            yield page
            if "LastEvaluatedKey" not in page:
                return
            parameters["ExclusiveStartKey"] = page["LastEvaluatedKey"]
            limit = min(limit * 2, QUERY_PAGE_ITEMS)

    def batch_get(self, keys: Iterable[Item], *, attributes: Iterable[str] | None = None) -> Iterator[Item]:
        """Read many items by key, in no order; those that do not exist are not in the answer."""
        wanted = projection(attributes)
        for batch in batches(keys, BATCH_GET_KEYS):
            request = {"Keys": [to_attributes(key) for key in batch], **expressions(ProjectionExpression=wanted)}
            for _, item in self._batch_get({self._name: request}):
                yield item

    def get_with(self, key: Item, other: Table, other_key: Item) -> tuple[Item | None, Item | None]:
        """Read an item of this table and one of another in one call, both in their latest state."""
        request = {
            table._name: {"Keys": [to_attributes(one)], "ConsistentRead": True}  # noqa: SLF001  # it is a table as well
            for table, one in ((self, key), (other, other_key))
        }
        found = dict(self._batch_get(request))
        return found.get(self._name), found.get(other._name)

    def _batch_get(self, request: Any) -> Iterator[tuple[str, Item]]:  # noqa: ANN401  # the client's own parameter
        """Read the keys of a request; yield items with the names of their tables."""
        for pause in _pauses():
            self._meter.check_time()
            with translate_aws_errors():
                answer = self._client.batch_get_item(RequestItems=request, ReturnConsumedCapacity="TOTAL")
            units = sum(consumed["CapacityUnits"] for consumed in answer.get("ConsumedCapacity", ()))
            number = sum(map(len, answer["Responses"].values()))
            self._meter.add(units, number, number)
            for name, items in answer["Responses"].items():
                yield from ((name, from_attributes(item)) for item in items)
            request = answer["UnprocessedKeys"]
            if not request:
                return
            time.sleep(pause)
        raise UnavailableError("the database is busy")
