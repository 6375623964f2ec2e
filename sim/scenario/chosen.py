"""Fields that hold one of several records: a word under one key says which.

Each record is built when a file first says its word. A file says few of the words there are, and building all of them
takes longer than everything else that is done to read it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from pydantic_core import PydanticKnownError

from sim.scenario.record import Record

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema


@dataclass(frozen=True, eq=False)  # compared and hashed by identity, like all that tells pydantic about a type
class OneOf:
    """Stands after a union of records, as in `Annotated[Mine | Refiner, OneOf("kind")]`."""

    key: str
    """The field of each whose word says that it is this record."""

    def __get_pydantic_core_schema__(self, source: Any, handler: "GetCoreSchemaHandler") -> "CoreSchema":
        from pydantic_core import core_schema

        records = {word: one for one in get_args(source) for word in get_args(one.model_fields[self.key].annotation)}

        def read(given: object) -> object:
            return given if isinstance(given, tuple(records.values())) else self._read(given, records)

        return core_schema.no_info_plain_validator_function(read, metadata={"records": records})

    def __get_pydantic_json_schema__(self, schema: "CoreSchema", handler: "GetJsonSchemaHandler") -> dict[str, object]:
        return dict(handler(choice(schema["metadata"]["records"], self.key)))

    def _read(self, given: object, records: Mapping[str, type[Record]]) -> Record:
        """The record of the word that is said. Raises what pydantic itself raises, so that it is told alike."""
        if not isinstance(given, Mapping):
            raise PydanticKnownError("model_attributes_type")
        if self.key not in given:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": self.key})
        word = given[self.key]
        if not isinstance(word, str) or word not in records:
            known = {"discriminator": self.key, "tag": str(word), "expected_tags": ", ".join(records)}
            raise PydanticKnownError("union_tag_invalid", known)
        return records[word].model_validate(given)


def choice(records: Mapping[str, type[Record]], key: str) -> "CoreSchema":
    """The same as pydantic has it: every record built, for what is shown to an editor."""
    from pydantic_core import core_schema

    for record in records.values():
        record.model_rebuild()
    return core_schema.tagged_union_schema({word: one.__pydantic_core_schema__ for word, one in records.items()}, key)
