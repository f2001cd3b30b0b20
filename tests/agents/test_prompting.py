"""Prompts hold what the reference asks for, say it the same way every time, and can be replaced.

`UPDATE_SNAPSHOTS=1 pytest tests/agents/test_prompting.py` writes the snapshots anew.
"""

import os
import re
from pathlib import Path
from shutil import copytree

import pytest

from pare.agents.formats import FORMATS
from pare.agents.news import notified_tools
from pare.agents.prompting import ELEMENTS, OUR_PROMPTS, Prompts, hour
from pare.apps import AgentUserInterface, StatefulEmailApp
from pare.errors import ConfigError
from pare.notifications import VerbosityLevel
from tests.agents.table import START, WAIT, Model, Phone, Rules, accept, alone, pair, say

SNAPSHOTS = Path(__file__).parent / "snapshots"
TASK = "You are Ines, who prefers mornings."
FORMAT_NAMES = sorted(FORMATS)


async def asked(role: str, action_format: str, prompts: Prompts | None = None, task: str = TASK) -> list:
    """Give the messages of the first request in a role."""
    rules = Rules(format=action_format, prompts=prompts or Prompts(), task=task)
    model = Model(user=[WAIT, accept()], observe=[say("Plan tea?")])
    if role == "default":
        phone = Phone(interface=AgentUserInterface())
        phone.message(0, "Plan tea.")
        await alone(phone, model, rules).play(max_turns=1)
        return model.messages("execute")[0]
    await pair(Phone(), model, rules).play(max_turns=2)
    return model.messages(role)[0]


def as_page(messages: list) -> str:
    return "\n".join(f"=== {message.role}\n{message.content}" for message in messages) + "\n"


@pytest.mark.parametrize("action_format", FORMAT_NAMES)
@pytest.mark.parametrize("role", ELEMENTS)
async def test_filled_prompts(role, action_format):
    page = as_page(await asked(role, action_format))
    snapshot = SNAPSHOTS / f"{role}_{action_format}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.parent.mkdir(exist_ok=True)
        snapshot.write_text(page)
    assert page == snapshot.read_text()


def test_no_snapshot_is_left_over():
    expected = {f"{role}_{action_format}.txt" for role in ELEMENTS for action_format in FORMATS}
    assert {path.name for path in SNAPSHOTS.iterdir()} == expected


# -- what the reference asks for -------------------------------------------------------------------

EVERYWHERE = {
    "the hour of the start": r"2025-01-06 09\b",
    "think first": r"[Tt]hought",
    "a worked example": r"For example.*Calendar__search_events",
    "one call a step": r"[Oo]ne (action|call)|exactly one",
    "valid JSON": r"valid JSON",
    "real values": r"real values",
    "an empty object for no input": r"\{\} where|empty object",
    "lower-case booleans": r"true and false in lower case",
    "never write the observation": r"Never write an observation yourself",
}
WANTED = {
    "user": {
        "the phrase that trace readers know": r"simulating a real human user",
        "only what the screen offers": r"one screen at a time",
        "open_app": r"open_app .*home screen only",
        "switch_app": r"switch_app .*background.*where you left it.*home screen is not one of them",
        "go_home": r"go_home leads there",
        "the conversation's tools": r"always offered.*no app to open or to switch to",
        "the apps": r"- Emails\n- Calendar\n",
        "the system's tools, described": (
            rf"{AgentUserInterface.__name__}__accept_proposal: Accept.*reject_proposal: Reject.*"
            r"System__go_home: Go.*System__open_app: Open.*System__switch_app: Switch"
        ),
        "what is announced": r"announced to you.*only by opening the app",
        "when to accept": r"Accept only if.*clearly follows.*apps listed above",
        "when to reject": r"Reject it.*wrong, vague, of no help or impossible.*not sure",
        "the task": rf"<meta_task_description>\n{TASK}\n</meta_task_description>",
    },
    "observe": {
        "the phrase that trace readers know": r"proactive assistant that monitors",
        "what it watches": r"what the user does, and what arrives",
        "exploring": r"only read.*several calls in a turn",
        "one concrete proposal, or waiting": r"exactly one proposal.*what you would do, for whom.*Wait:",
        "when to propose": r"When to propose:",
        "when to stay silent": r"When to stay silent:.*disturbs the user",
        "what ends its turn": r"ends your turn.*ends your turn.*also ends after a number of calls",
        "the notified tools": r"Emails__send_email_to_user_with_id.*Calendar__add_calendar_event_by_attendee",
    },
    "execute": {
        "the phrase that trace readers know": r"proactive assistant executing",
        "as approved": r"completely, on the user's behalf, and exactly as it was approved",
        "silently": r"Work silently",
        "alternatives": r"try another way",
        "finding things out": r"Find out yourself",
        "asking when blocked": r"parts that are clear, and ask the user only where you are blocked",
        "one message": r"only when everything is done, or to say what cannot be done",
        "in the user's name": r"in the user's name",
        "the notified tools": r"Emails__send_email_to_user_with_id.*Calendar__add_calendar_event_by_attendee",
    },
    "default": {"the task": re.escape(TASK), "the end of a turn": r"message to the user.*ends your turn"},
}


@pytest.mark.parametrize("action_format", FORMAT_NAMES)
@pytest.mark.parametrize("role", ELEMENTS)
async def test_prompts_hold_every_element(role, action_format):
    system = (await asked(role, action_format))[0].content
    wanted = EVERYWHERE | WANTED[role]
    assert [name for name, text in wanted.items() if not re.search(text, system, re.DOTALL)] == []
    assert "<<" not in system
    if role != "user":
        described = "send_message_to_user: Send a message to the user" in system
        assert described is (action_format == "react_json")


async def test_a_task_of_none_leaves_its_place_empty():
    system = (await asked("user", "react_json", task=""))[0].content
    assert re.search(r"<meta_task_description>\s*</meta_task_description>", system)


async def test_only_the_user_and_an_agent_alone_are_told_the_task():
    for role, is_told in (("user", True), ("observe", False), ("execute", False), ("default", True)):
        assert (TASK in as_page(await asked(role, "react_json"))) is is_told


async def test_the_hour_is_that_of_the_start_also_where_work_begins_later():
    phone = Phone()
    phone.email(7200)
    model = Model(user=[WAIT, WAIT, accept()], observe=[WAIT, say("Plan tea?")])
    await pair(phone, model).play(max_turns=3)
    assert "2025-01-06 09 (year" in model.messages("execute")[0][0].content
    assert hour(START) == "2025-01-06 09"


# -- prompts of one's own --------------------------------------------------------------------------


def own(tmp_path: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (tmp_path / f"{name}.md").write_text(text)
    return tmp_path


async def test_a_directory_replaces_the_prompts_it_has(tmp_path):
    text = "Watch. <<tool_descriptions>> <<notification_system_description>> <<curent_time_description>>"
    prompts = Prompts(own(tmp_path, observe=text))
    assert (await asked("observe", "react_json", prompts))[0].content.startswith("Watch. - PAREAgent")
    ours, theirs = await asked("user", "react_json"), await asked("user", "react_json", prompts)
    assert as_page(theirs) == as_page(ours)


async def test_the_protocol_can_be_replaced(tmp_path):
    prompts = Prompts(own(tmp_path, protocol_react_json="Just act."))
    system = (await asked("observe", "react_json", prompts))[0].content
    assert "Just act." in system
    assert "Never write an observation" not in system


async def test_a_default_prompt_without_a_place_for_the_task_has_it_at_its_end(tmp_path):
    text = "Act with <<tool_names>>: <<tool_descriptions>> <<curent_time_description>>"
    system = (await asked("default", "react_json", Prompts(own(tmp_path, default=text))))[0].content
    assert system.startswith("Act with AgentUserInterface__send_message_to_user, ")
    assert system.endswith(f"\n\n{TASK}")


async def test_marks_in_what_is_filled_in_are_left_alone():
    task = "Say <<available_apps>> and <<protocol>> and <<nothing>>."
    assert task in (await asked("user", "react_json", task=task))[0].content


async def test_marks_that_nothing_stands_for_are_left_alone(tmp_path):
    text = "<<other>> <<tool_descriptions>> <<notification_system_description>> <<curent_time_description>>"
    system = (await asked("observe", "react_json", Prompts(own(tmp_path, observe=text))))[0].content
    assert system.startswith("<<other>> - PARE")


def test_what_is_announced_depends_on_the_level():
    emails = StatefulEmailApp(name="Mail")
    assert notified_tools([emails], VerbosityLevel.LOW) == []
    assert "Mail__send_email_to_user_only" in notified_tools([emails], VerbosityLevel.MEDIUM)


def test_all_elements_that_are_missing_are_named(tmp_path):
    own(tmp_path, user="You are a user. <<available_apps>>", observe="Watch.", execute="", default="Go.")
    with pytest.raises(ConfigError) as caught:
        Prompts(tmp_path)
    expected = "; ".join(
        f"{tmp_path / name}.md lacks {', '.join(mark for mark in marks if mark != '<<available_apps>>')}"
        for name, marks in ELEMENTS.items()
    )
    assert str(caught.value) == expected


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        ({}, "holds no prompt; the prompt files are user.md, observe.md"),
        ({"README": "How I made them."}, "holds no prompt"),
        ({"obsrve": "Watch."}, "holds what is no prompt: obsrve.md Did you mean 'observe'"),
    ],
)
def test_a_directory_with_other_files_is_refused(tmp_path, files, complaint):
    with pytest.raises(ConfigError, match=re.escape(complaint)):
        Prompts(own(tmp_path, **files))


def test_a_directory_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="there is no directory"):
        Prompts(tmp_path / "prompts")


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "user.md").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match=r"user\.md cannot be read"):
        Prompts(tmp_path)


@pytest.mark.parametrize("name", [*ELEMENTS, "protocol_react_json", "protocol_tool_calls"])
def test_the_digest_is_of_the_content(tmp_path, name):
    copy = Path(copytree(OUR_PROMPTS, tmp_path / "prompts"))
    assert Prompts(copy).digest() == Prompts().digest()
    assert Prompts(copy) != Prompts()
    (copy / f"{name}.md").write_text((copy / f"{name}.md").read_text() + "\nBe kind.")
    assert Prompts(copy).digest() != Prompts().digest()


def test_prompts_are_read_once(tmp_path):
    copy = Path(copytree(OUR_PROMPTS, tmp_path / "prompts"))
    prompts = Prompts(copy)
    digest = prompts.digest()
    (copy / "user.md").write_text("gone")
    assert (prompts.digest(), prompts.text("user")) == (digest, Prompts().text("user"))
