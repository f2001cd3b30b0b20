"""From a reply to an object of JSON, or to the error that it is or holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from pare.errors import shown
from pare.llm.client import EndpointError
from pare.llm.exchange import Reply
from pare.llm.failures import ErrorBody, kind_of
from pare.llm.reading import read_json

_NOTHING = object()


def read_object(reply: Reply, url: str) -> dict[str, Any]:
    """Read the JSON object that a reply is.

    Raises:
        EndpointError: it is none.
    """
    kind = shown(reply.headers.get("content-type", "no content type"))
    data = _json_or_nothing(reply.body)
    if data is _NOTHING:
        refuse(url, "not_json", f"the answer is no JSON, or not all of it ({kind})")
    if not isinstance(data, dict):
        refuse(url, "not_completion", f"the answer is JSON, but no completion ({kind})")
    return data


def _json_or_nothing(body: bytes) -> Any:
    try:
        return read_json(body)
    except ValueError:
        return _NOTHING


def raise_error_in(data: Mapping[str, Any], url: str) -> None:
    """Raise the error that a reply with status 200 holds, if it holds one.

    Raises:
        EndpointError: it does.
    """
    error = data.get("error")
    if error:
        code = error.get("code") if isinstance(error, dict) else None
        status = code if isinstance(code, int) and 400 <= code < 600 else 500
        body = ErrorBody.of(data)
        raise EndpointError(
            kind_of(status, body), f"{url}: {body.line}", status=status, cause="error_in_reply"
        )


def refuse(url: str, cause: str, said: str) -> NoReturn:
    """Say that an answer is no completion; another attempt may get one.

    Raises:
        EndpointError: always.
    """
    raise EndpointError("transient", f"{url}: {said}", cause=cause)
