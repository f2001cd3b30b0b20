"""The data that noise is made from: where it is found, what it must be, and what the bundled set holds."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from pare.errors import ConfigError
from pare.noise import (
    AugmentationDataError,
    augmentation_data_path,
    load_augmentation_data,
    parse_augmentation_data,
)
from pare.noise.augmentation import BUNDLED, VARIABLE
from pare.noise.data.make import document
from pare.scenarios.utils.registry import registry
from tests.noise.worlds import noise_of, phone

EMAIL = {
    "sender": "a@b.example",
    "recipients": ["c@d.example"],
    "subject": "s",
    "content": "c",
    "email_id": "m",
}
OWN = {"apps": [{"name": "Emails", "app_state": {"folders": {"INBOX": {"emails": [EMAIL]}}}}]}


def written(path: Path, value: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


# --- where it is found ------------------------------------------------------------------------------------


def test_the_variable_comes_first_then_the_working_directory_then_the_bundled_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.chdir(tmp_path)
    assert augmentation_data_path() == BUNDLED
    here = written(tmp_path / "data" / "metaare_augmentation_data.json", {"apps": []})
    assert augmentation_data_path().absolute() == here
    assert noise_of(phone(rate=10)) == []
    named = written(tmp_path / "own.json", OWN)
    monkeypatch.setenv(VARIABLE, str(named))
    assert augmentation_data_path() == named
    assert [event.event_id for event in noise_of(phone(rate=10))] == ["env_expansion_email_m"]


def test_a_file_that_is_named_and_not_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere.json"))
    with pytest.raises(
        ValueError, match=r"ENV_AUGMENTATION_DATA_PATH names '.*nowhere.json', and there is no such"
    ):
        phone(rate=10)


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    path = written(tmp_path / "own.json", OWN)
    first = load_augmentation_data(path)
    assert load_augmentation_data(path) is first
    written(path, {"apps": []})
    assert load_augmentation_data(path).emails == {}


# --- what it must be --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["{", "", "[1, 2"])
def test_what_is_no_json_is_refused_by_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(AugmentationDataError, match=r"own.json: is no JSON"):
        load_augmentation_data(written(tmp_path / "own.json", text))


def test_all_broken_items_are_named_at_once() -> None:
    emails = [EMAIL, {**EMAIL, "sender": "nobody"}, {"subject": "s"}, {**EMAIL, "content": "{{own}}"}]
    variant = {"price": -1, "item_id": "i"}
    broken = {
        "apps": [
            {"name": "Emails", "app_state": {"folders": {"INBOX": {"emails": emails}}}},
            {
                "name": "Chats",
                "app_state": {"conversations": {"c": {"participant_ids": ["a"], "messages": []}}},
            },
            {
                "name": "Shopping",
                "app_state": {"products": {"p": {"name": "Lamp", "variants": {"i": variant}}}},
            },
            {"name": "RentAFlat", "app_state": {"apartments": {"a": {"name": "Loft"}}}},
            {"app_state": {}},
        ]
    }
    with pytest.raises(AugmentationDataError) as caught:
        parse_augmentation_data(broken, "own.json")
    text = str(caught.value)
    assert text.startswith("own.json: 12 broken items\n")
    inbox = "apps[0].app_state.folders.INBOX.emails"
    for place in (
        f"{inbox}[1].sender: Value error, an address: 'nobody' is no email address",
        f"{inbox}[2].sender: Field required",
        f"{inbox}[3].content: Value error, reads as a placeholder",
        "apps[1].app_state.conversations.c.messages: Tuple should have at least 1 item",
        "apps[2].app_state.products.p.variants.i.price: Input should be greater than or equal to 0",
        "apps[3].app_state.apartments.a.location: Field required",
        "apps[4].name: Field required",
    ):
        assert place in text


def test_many_broken_items_are_counted() -> None:
    broken = {"apps": [{"app_state": {}}] * 50}
    with pytest.raises(ConfigError, match=r"50 broken items[\s\S]*and 30 more"):
        parse_augmentation_data(broken, "own.json")


@pytest.mark.parametrize("value", [3, "x", None, {"apps": 3}, {"apps": [3]}])
def test_what_is_no_document_is_refused(value: Any) -> None:
    with pytest.raises(AugmentationDataError, match=r"own.json: a broken item"):
        parse_augmentation_data(value, "own.json")


def test_the_published_shapes_are_read() -> None:
    flat = {"name": "Loft", "location": "L", "zip_code": 10115, "price": 900, "square_footage": 400}
    data = parse_augmentation_data(
        {
            "augmentation": {
                "apps": [
                    {
                        "name": "Messages",
                        "app_state": {
                            "conversations": {"c": {"messages": [{"sender": "x", "content": "Hi"}]}}
                        },
                    },
                    {
                        "name": "Chats",
                        "app_state": {
                            "conversations": {"c": {"messages": [{"sender_id": "y", "content": "Ho"}]}}
                        },
                    },
                    {
                        "name": "Emails",
                        "app_state": {
                            "folders": {"INBOX": {"emails": [{**EMAIL, "cc": [], "attachments": None}]}}
                        },
                    },
                    {
                        "name": "RentAFlat",
                        "app_state": {"apartments": {"a": {**flat, "number_of_bedrooms": 1, "bathrooms": 1}}},
                    },
                    {"name": "Calendar", "app_state": {"events": {"anything": 1}}},
                ],
                "tool_names_mapping": {"Chats__send_message": "Chats__post_text"},
            }
        },
        "own.json",
    )
    assert data.conversations["c"].people == ["x"]  # of one id the first counts
    assert data.emails["m"].subject == "s"
    assert (data.apartments["a"].zip_code, data.apartments["a"].bedrooms) == ("10115", 1)
    assert data.tool_names_mapping == {"Chats__send_message": "Chats__post_text"}


def test_the_digest_goes_by_content() -> None:
    one = parse_augmentation_data(OWN, "a")
    assert (
        parse_augmentation_data(json.loads(json.dumps(OWN, indent=2, sort_keys=True)), "b").digest
        == one.digest
    )
    changed = json.loads(json.dumps(OWN).replace('"subject": "s"', '"subject": "t"'))
    assert parse_augmentation_data(changed, "c").digest != one.digest


# --- the bundled set --------------------------------------------------------------------------------------


def test_the_bundled_file_is_what_its_maker_makes() -> None:
    assert json.loads(BUNDLED.read_bytes()) == document()
    assert BUNDLED.stat().st_size < 600_000


def test_the_bundled_set_is_large_enough_and_names_nothing_twice() -> None:
    data = load_augmentation_data(BUNDLED)
    assert len(data.emails) >= 300
    assert len([item for item in data.conversations.values() if len(item.messages) == 4]) >= 75
    assert len([item for item in data.products.values() if len(item.variants) == 2]) >= 100
    assert len(data.apartments) >= 300
    assert not data.tool_names_mapping
    assert not data.tool_descriptions_mapping
    texts = [item.content for item in data.emails.values()]
    texts += [message.content for item in data.conversations.values() for message in item.messages]
    for things in (
        texts,
        [item.name for item in data.products.values()],
        [item.name for item in data.apartments.values()],
        list(data.names.values()),
        [person for item in data.conversations.values() for person in item.people],
    ):
        assert [thing for thing, count in Counter(things).items() if count > 1] == []


def test_the_bundled_people_and_firms_are_in_no_scenario() -> None:
    data = load_augmentation_data(BUNDLED)
    domains = {email.sender.partition("@")[2] for email in data.emails.values()}
    assert all(domain.endswith(".example") for domain in domains)
    modules = {cls.__module__ for cls in registry.get_all_scenarios().values()}
    folder = Path(__file__).parents[2] / "pare" / "scenarios" / "benchmark"
    stories = "".join(path.read_text() for path in sorted(folder.glob("*.py")))
    assert modules
    assert [word for word in (*domains, *data.names.values()) if word in stories] == []


def test_no_pattern_was_left_unfilled() -> None:
    text = BUNDLED.read_text()
    assert "{}" not in text
    data = load_augmentation_data(BUNDLED)
    words = [item.content + item.subject for item in data.emails.values()]
    words += [message.content for item in data.conversations.values() for message in item.messages]
    assert [text for text in words if "{" in text or "}" in text] == []
