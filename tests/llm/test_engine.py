"""An engine says which model answers, where, and how it is asked; what is none is refused with a hint."""

import pickle

import pytest
from pydantic import ValidationError

from pare.llm.connect import site_of
from pare.llm.engine import AcceptedParameters, EngineConfig
from pare.llm.keys import KeySource
from pare.llm.providers import PROVIDERS
from pare.llm.types import SamplingParameters


def engine(**fields):
    return EngineConfig.model_validate({"provider": "openai", "model": "m"} | fields)


def test_a_provider_brings_its_defaults():
    plain = engine()
    assert plain.urls == ("https://api.openai.com/v1",)
    assert plain.key_source == KeySource(env="OPENAI_API_KEY")
    assert plain.auth == ("Authorization", "Bearer")
    assert plain.needs_key
    assert plain.default_parameters == AcceptedParameters("max_completion_tokens")
    assert plain.sampling == SamplingParameters()
    assert not plain.sends_labels


def test_an_endpoint_of_the_users_own_may_need_no_key():
    own = engine(endpoints="http://localhost:8000/v1/")
    assert (own.urls, own.needs_key) == (("http://localhost:8000/v1",), False)
    assert engine(endpoints=own.urls, key={"env": "K"}).needs_key
    assert engine(provider="vllm").key_source is None
    assert not engine(provider="vllm").needs_key


@pytest.mark.parametrize("path", ["", "/", "/chat/completions", "/chat/completions/", "/messages"])
def test_a_url_may_end_in_the_path_of_the_api(path):
    assert engine(endpoints=f"http://a/v1{path}").urls == ("http://a/v1",)


def test_azure_has_a_header_of_its_own():
    azure = engine(
        provider="azure", endpoints="https://x.test/openai/deployments/d", query={"api-version": "2024-10-21"}
    )
    assert azure.auth == ("api-key", "")
    assert azure.query == (("api-version", "2024-10-21"),)
    assert engine(auth_header="X-Key").auth == ("X-Key", "")
    assert engine(auth_header="X-Key", auth_scheme="Token").auth == ("X-Key", "Token")
    assert engine(provider="azure").urls == ()


def test_anthropic_speaks_its_own_api():
    claude = engine(provider="anthropic", headers={"anthropic-version": "2024-01-01", "anthropic-beta": "x"})
    assert claude.api == "anthropic"
    headers = (("anthropic-version", "2024-01-01"), ("anthropic-beta", "x"))
    assert site_of(claude, claude.urls[0]).headers == headers


def test_an_unknown_provider_is_taken_as_compatible():
    unknown = engine(provider="acme", endpoints=["http://a/v1", "http://b/v1"])
    assert (unknown.known_provider, unknown.key_source, unknown.api) == (None, None, "openai")
    assert (unknown.default_parameters, unknown.needs_key) == (AcceptedParameters(), False)
    assert unknown.urls == ("http://a/v1", "http://b/v1")


def test_only_scripted_endpoints_learn_labels_unasked():
    assert engine(provider="scripted").sends_labels
    assert engine(label_headers=True).sends_labels
    assert [name for name in PROVIDERS if engine(provider=name).sends_labels] == ["scripted"]


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"modle": "m"}, "unknown field 'modle'. Did you mean 'model'"),
        ({"sampling": {"temprature": 0}}, "unknown field 'temprature'. Did you mean 'temperature'"),
        ({"key": {"envv": "K"}}, "unknown field 'envv'. Did you mean 'env'"),
        ({"model": ""}, "at least 1 character"),
        ({"sampling": {"max_tokens": 0}}, "max_tokens must be at least 1"),
        ({"sampling": {"max_tokens": float("inf")}}, "finite"),
        ({"sampling": {"temperature": -1}}, "temperature must be a finite number"),
        ({"sampling": {"top_p": float("nan")}}, "top_p must be a finite number"),
        ({"extra_body": [1]}, "must be a mapping"),
        ({"extra_body": "nonsense"}, "extra_body"),
        ({"headers": {"Authorization": "Bearer abc"}}, "looks like a key"),
        ({"query": {"key": "abc"}}, "looks like a key"),
        ({"headers": {"X-A": "a\r\nX-B: b"}}, "no header"),
        ({"headers": {"X A": "a"}}, "no header"),
        ({"headers": {"X-A": "日本"}}, "no header"),
        ({"auth_header": "X A"}, "no header"),
        ({"endpoints": "https://me:word@host/v1"}, "user name or password"),
    ],
)
def test_what_is_no_engine_is_refused_with_a_hint(fields, hint):
    with pytest.raises(ValidationError) as caught:
        engine(**fields)
    assert hint in str(caught.value)


def test_an_engine_is_a_value():
    first = engine(headers={"X-A": "1"}, extra_body={"b": 1, "a": [2]}, sampling={"stop": ["x"]})
    again = EngineConfig.model_validate(first.model_dump())
    assert first == again
    assert len({first, again, pickle.loads(pickle.dumps(first))}) == 1
    assert EngineConfig.model_validate_json(first.model_dump_json()) == first
    assert first.model_dump()["extra_body"] == {"a": [2], "b": 1}
    with pytest.raises(ValidationError, match="frozen"):
        first.model = "other"


def test_every_field_says_whether_it_is_part_of_the_hash():
    extras = {name: field.json_schema_extra for name, field in EngineConfig.model_fields.items()}
    assert {name for name, extra in extras.items() if extra == {"part": "identity"}} == {
        "revision",
        "sampling",
        "extra_body",
    }
    assert {extra["part"] for extra in extras.values()} == {"identity", "transport", "display"}
