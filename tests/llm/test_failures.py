"""What servers write into their refusals gives the kind of the error."""

import httpx
import pytest

from pare.llm.failures import ErrorBody, http_failure, kind_of


def error(text="", **fields):
    return {"error": {"message": text} | fields}


@pytest.mark.parametrize(
    ("status", "data", "kind"),
    [
        # quota or rate limit
        (429, error("Rate limit reached for gpt-5", code="rate_limit_exceeded"), "rate_limit"),
        (429, error("You exceeded your current quota", type="insufficient_quota"), "quota"),
        (429, [error("You exceeded your current quota", status="RESOURCE_EXHAUSTED")], "rate_limit"),
        (429, error("The engine is overloaded", code="engine_overloaded"), "overload"),
        (400, error("Your credit balance is too low", type="invalid_request_error"), "quota"),
        (402, {"error": "Insufficient Balance"}, "quota"),
        (403, error("insufficient credits"), "quota"),
        # context
        (400, error("This model's maximum context length is 8192 tokens."), "context_overflow"),
        (400, error("prompt is too long: 210000 tokens > 200000 maximum"), "context_overflow"),
        (400, error("input length and `max_tokens` exceed context limit: 1 + 2 > 2"), "context_overflow"),
        (400, error("the request exceeds the available context size"), "context_overflow"),
        (
            400,
            error("The input token count exceeds the maximum number of tokens allowed"),
            "context_overflow",
        ),
        (
            400,
            {"object": "error", "message": "Please reduce the length of the messages."},
            "context_overflow",
        ),
        # content
        (
            400,
            error(code="content_filter", innererror={"code": "ResponsibleAIPolicyViolation"}),
            "content_filter",
        ),
        (400, error(innererror={"code": "ResponsibleAIPolicyViolation"}), "content_filter"),
        (403, error("Your input was flagged"), "content_filter"),
        # model
        (404, error("The model `x` does not exist", code="model_not_found"), "model_gone"),
        (404, {"error": "model 'x' not found, try pulling it first"}, "model_gone"),
        (404, error(code="DeploymentNotFound"), "model_gone"),
        (400, error("The model `x` has been decommissioned"), "model_gone"),
        (403, error("Project has no access", code="model_not_found"), "model_gone"),
        (410, None, "model_gone"),
        # key
        (400, error("API key not valid. Please pass a valid API key."), "auth"),
        (400, error("Incorrect API key provided: x"), "auth"),
        (401, error("the model was flagged"), "auth"),
        (403, error("Country not supported"), "auth"),
        # the request
        (400, error("Unsupported parameter: 'max_tokens' is not supported with this model."), "bad_request"),
        (400, error("'max_tokens' of this model is deprecated", code="unsupported_parameter"), "bad_request"),
        (400, error("max_tokens is too large: 100000", param="max_tokens"), "bad_request"),
        (422, {"detail": "field required"}, "bad_request"),
        (418, "teapot", "bad_request"),
        # the server
        (500, error("context length"), "transient"),
        (500, error("Overloaded", type="overloaded_error"), "overload"),
        (503, None, "overload"),
        (529, None, "overload"),
        (520, 7, "transient"),
        (408, [], "transient"),
        (301, None, "model_gone"),
        (199, None, "transient"),
    ],
)
def test_a_refusal_is_told_from_others(status, data, kind):
    assert kind_of(status, ErrorBody.of(data)) == kind


def test_html_is_read_as_its_text():
    body = ErrorBody.read(b"<html><style>p {color: red}</style><title>502</title><p>Bad  gateway</p></html>")
    assert body.line == "502 Bad gateway"


def test_an_empty_body_explains_nothing():
    assert ErrorBody.read(b"").line == "no explanation"


def test_a_prompt_that_a_server_repeats_is_not_read():
    data = {"detail": [{"loc": ["body"], "msg": "bad", "input": "insufficient quota"}, "also bad"]}
    assert ErrorBody.of(data).text == "bad; also bad"


def test_a_message_is_one_short_line():
    failed = http_failure(500, httpx.Headers(), b"a\n" * 5000, "http://a/v1")
    assert len(str(failed)) < 600
    assert "\n" not in str(failed)


def test_a_message_names_the_parameter():
    content = b'{"error": {"message": "no", "param": "stop"}}'
    failed = http_failure(400, httpx.Headers(), content, "http://a/v1")
    assert str(failed) == "http://a/v1: HTTP 400: no (parameter 'stop')"
    assert (failed.status, failed.retry_after, failed.cause) == (400, None, "http_400")


def test_only_what_may_pass_is_waited_for():
    headers = httpx.Headers({"retry-after": "9"})
    waits = [http_failure(status, headers, b"", "u").retry_after for status in (429, 503, 500, 401, 404, 400)]
    assert waits == [9.0, 9.0, 9.0, None, None, None]
