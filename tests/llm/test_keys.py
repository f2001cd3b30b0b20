"""Keys are read from where the user keeps them, again when refused, and shown to nobody."""

import copy
import pickle
import sys
import traceback

import anyio
import pytest
from pydantic import ValidationError

from pare.llm.keys import ApiKey, Key, KeySource, MissingKeyError, dotenv_value

SECRET = "sk-0123456789"


def key_of(clock=lambda: 0.0, is_optional=False, environ=None, **source):
    return ApiKey(KeySource(**source), environ=environ or {}, clock=clock, is_optional=is_optional)


async def text_of(key):
    value = await key.value()
    return value.text if value else None


async def test_a_key_comes_from_the_environment(tmp_path):
    assert await text_of(key_of(env="K", env_file=tmp_path / ".env", environ={"K": f" {SECRET}\n"})) == SECRET


async def test_a_key_comes_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_bytes(b"\xef\xbb\xbf" + SECRET.encode() + b"\r\n")
    assert await text_of(key_of(file=file)) == SECRET


async def test_a_key_comes_from_a_dotenv_file_where_the_environment_lacks_it(tmp_path):
    (tmp_path / ".env").write_text("K=in-file\n")
    source = {"env": "K", "env_file": tmp_path / ".env"}
    assert await text_of(key_of(**source)) == "in-file"
    assert await text_of(key_of(**source, environ={"K": "outside"})) == "outside"


async def test_a_key_comes_from_a_command():
    command = [sys.executable, "-c", f"print('{SECRET}'); print('second line')"]
    assert await text_of(key_of(command=command)) == SECRET


@pytest.mark.parametrize(
    "line",
    ["K=v", " export K = v ", "K='v'", 'K="v" # note', "K=v # note", "K=old\nK=v", "# K=x\nK=v\nKEY=w"],
)
def test_a_dotenv_file_is_read(line):
    assert dotenv_value(line, "K") == "v"


def test_a_dotenv_file_may_lack_a_name():
    assert dotenv_value("KEY=v\nK", "K") == ""


@pytest.mark.parametrize(
    "source",
    [
        {"env": "K", "env_file": "/nowhere/.env"},
        {"file": "/nowhere/key"},
        {"file": "~nobody-of-that-name/key"},
        {"file": sys.executable},
        {"command": "/nowhere/command"},
        {"command": (sys.executable, "-c", f"print('{SECRET}'); exit(1)")},
        {"command": (sys.executable, "-c", "pass")},
    ],
)
async def test_a_missing_key_is_told_with_its_source(source):
    named = source.get("env") or str(source.get("file") or "") or "the command"
    with pytest.raises(MissingKeyError, match=f"no key: set .*{named}"):
        await key_of(**source).value()
    assert await key_of(**source, is_optional=True).value() is None


@pytest.mark.parametrize("text", ["two words", "two\nlines", "naïve", "tab\there"])
async def test_what_no_header_carries_is_no_key(text):
    with pytest.raises(MissingKeyError, match="the environment variable K") as caught:
        await key_of(env="K", environ={"K": text}).value()
    assert text not in str(caught.value)


async def test_a_refused_key_is_read_again(tmp_path):
    file = tmp_path / "key"
    file.write_text("old")
    key = key_of(file=file)
    old = await key.value()
    file.write_text("new")
    assert await text_of(key) == "old"
    assert await key.renew(old)
    assert await text_of(key) == "new"
    assert await key.renew(old), "another call has renewed it already"


async def test_a_refused_key_of_the_environment_gives_way_to_the_dotenv_file(tmp_path):
    file = tmp_path / ".env"
    key = key_of(env="K", env_file=file, environ={"K": "old"})
    old = await key.value()
    file.write_text("K=new")
    assert await key.renew(old)
    assert await text_of(key) == "new"


async def test_calls_that_are_refused_together_share_one_reading(tmp_path):
    count = tmp_path / "count"
    script = f"f = open({str(count)!r}, 'a'); f.write('.'); f.close(); print('same')"
    now = [100.0]
    key = key_of(command=(sys.executable, "-c", script), clock=lambda: now[0])
    refused = await key.value()
    renewed = []

    async def renew():
        renewed.append(await key.renew(refused))

    async def renew_together():
        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(renew)

    await renew_together()
    assert (renewed, count.read_text()) == ([False] * 20, "..")
    now[0] += 10
    await renew_together()
    assert (renewed, count.read_text()) == ([False] * 40, "...")


async def test_a_key_that_went_missing_is_not_renewed(tmp_path):
    file = tmp_path / "key"
    file.write_text("old")
    key = key_of(file=file)
    old = await key.value()
    file.unlink()
    assert not await key.renew(old)
    assert await text_of(key) == "old"


async def test_a_key_is_never_shown():
    key = key_of(env="K", environ={"K": SECRET})
    value = await key.value()
    shown = [repr(key), str(key), repr(value), str(value), f"{[value]}", repr(vars(key).get("_value"))]
    assert SECRET not in "".join(shown)
    assert "K" in repr(key)
    for secret in (key, value):
        with pytest.raises(TypeError, match="not stored"):
            pickle.dumps(secret)
        with pytest.raises(TypeError, match="not stored"):
            copy.deepcopy(secret)
    with pytest.raises(TypeError):
        hash(value)


async def test_a_traceback_shows_no_key():
    key = key_of(env="K", environ={"K": SECRET + " "})

    async def fail():
        value = await key.value()
        raise RuntimeError(f"failed with {value}")

    with pytest.raises(RuntimeError) as caught:
        await fail()
    shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert SECRET not in shown


def test_keys_are_compared_by_what_they_are():
    assert Key("a") == Key("a")
    assert Key("a") != Key("b")
    assert Key("a") != "a"


@pytest.mark.parametrize("source", [{}, {"env": "A", "file": "b"}, {"command": []}, {"env": ""}])
def test_a_source_is_exactly_one(source):
    with pytest.raises(ValidationError):
        KeySource.model_validate(source)


def test_a_command_may_be_one_text():
    assert KeySource.model_validate({"command": "vault read 'my key'"}).command == ("vault", "read", "my key")
