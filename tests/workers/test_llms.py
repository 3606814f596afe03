"""Which language models the settings name, and what asking them through the engines gives."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from schemas.errors import LlmFailed
from schemas.llm import LlmName, LlmTraits, Question
from schemas.settings import Settings
from tests.fakes.chat_server import ScriptedServer, says
from workers.children import EngineChild
from workers.doctor.elsewhere import models
from workers.llms import endpoints, open_llms

QUESTION = Question("Answer.", "What?")


def test_without_settings_there_is_none_and_asking_says_so() -> None:
    engines = EngineChild(Settings())
    assert engines.llms == frozenset()
    with pytest.raises(LlmFailed, match="OCTAVO_LLM_BASE_URL"):
        engines.answer(QUESTION, LlmName.TENSORLAKE)
    with pytest.raises(LlmFailed, match="OCTAVO_LLM_BASE_URL"):
        engines.llm_traits(LlmName.TENSORLAKE)


def test_one_model_serves_all_names() -> None:
    settings = Settings(llm_base_url="http://gpu/v1", llm_model="m", llm_vision=True, llm_max_tokens=300)
    models = open_llms(settings)
    assert set(models) == set(LlmName)
    (model,) = set(models.values())
    assert model.traits == LlmTraits(32_768, 300, sees_pictures=True)
    model.close()


def test_a_name_may_have_a_server_or_a_model_of_its_own() -> None:
    settings = Settings(
        llm_base_url="http://gpu/v1",
        llm_model="m",
        llm_api_key="one",
        llm_vision=True,
        llm_sonnet_base_url="https://other/v1",
        llm_sonnet_vision=False,
        llm_gemini3_model="large",
        llm_gpt_4o_mini_api_key="two",
    )
    found = {
        name: (
            endpoint.base_url,
            endpoint.model,
            endpoint.api_key and endpoint.api_key.get_secret_value(),
            endpoint.sees_pictures,
            endpoint.settings,
        )
        for name, endpoint in endpoints(settings).items()
    }
    assert found == {
        "tensorlake": ("http://gpu/v1", "m", "one", True, "OCTAVO_LLM"),
        "gpt_4o_mini": ("http://gpu/v1", "m", "two", True, "OCTAVO_LLM_GPT_4O_MINI"),
        "sonnet": ("https://other/v1", "m", None, False, "OCTAVO_LLM_SONNET"),
        "gemini3": ("http://gpu/v1", "large", "one", True, "OCTAVO_LLM_GEMINI3"),
    }


def test_only_one_name_may_be_served() -> None:
    settings = Settings(llm_sonnet_base_url="http://gpu/v1", llm_sonnet_model="m")
    assert set(endpoints(settings)) == {LlmName.SONNET}


def test_variables_that_are_set_and_empty_count_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for of in ("", "_SONNET", "_GEMINI3", "_GPT_4O_MINI"):
        for name in ("BASE_URL", "MODEL", "API_KEY", "VISION"):
            monkeypatch.setenv(f"OCTAVO_LLM{of}_{name}", "")
    assert endpoints(Settings()) == {}


@pytest.mark.parametrize(
    ("given", "setting", "words"),
    [
        ({"llm_base_url": "http://gpu/v1"}, "llm_model", "OCTAVO_LLM_BASE_URL"),
        ({"llm_base_url": "gpu", "llm_model": "m"}, "llm_base_url", "https"),
        ({"llm_model": "m"}, "llm_model", "OCTAVO_LLM_BASE_URL"),
        ({"llm_sonnet_base_url": "http://gpu/v1"}, "llm_sonnet_model", "OCTAVO_LLM_SONNET_BASE_URL"),
        ({"llm_sonnet_model": "m"}, "llm_sonnet_model", "OCTAVO_LLM_SONNET_BASE_URL"),
        ({"llm_context_tokens": "4096", "llm_max_tokens": "4000"}, "llm_max_tokens", "half"),
    ],
)
def test_settings_that_contradict_themselves_are_named(
    given: dict[str, str], setting: str, words: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        Settings(**given)
    assert setting in [problem["loc"][0] for problem in caught.value.errors()]
    assert words in str(caught.value)


def test_the_key_may_come_from_a_file_and_is_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "key").write_text("secret-key\n", encoding="utf-8")
    monkeypatch.setenv("OCTAVO_LLM_SONNET_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("OPENAI_API_KEY", "of-another-server")
    monkeypatch.setenv("OPENAI_ORG_ID", "of-another-server")
    with ScriptedServer(says("A thing.")).running() as server:
        settings = Settings(llm_base_url=server.url, llm_model="m", llm_sonnet_model="s")
        engines = EngineChild(settings)
        assert engines.answer(QUESTION, LlmName.SONNET).data == "A thing."
        assert engines.answer(QUESTION, LlmName.GEMINI3).data == "A thing."
        engines.close()
    assert server.keys == ["Bearer secret-key", "Bearer none"]
    assert [request["model"] for request in server.requests] == ["s", "m"]
    assert "of-another-server" not in str(server.headers)
    assert "secret-key" not in repr(settings)


def test_the_doctor_tells_what_is_set_up_and_no_secrets() -> None:
    settings = Settings(
        llm_base_url="https://user:secret@host:8000/v1?key=secret",
        llm_model="m",
        llm_api_key="secret",
        llm_sonnet_model="s",
        llm_sonnet_vision=True,
        vision_base_url="http://gpu:8000/v1",
        vision_model="v",
    )
    told = {finding.name: finding.detail for finding in models(settings, lambda endpoint: ("", ""))}
    assert told == {
        "language model (tensorlake, gpt_4o_mini, gemini3)": "m at host:8000, with a key",
        "language model (sonnet)": "s at host:8000, with a key, sees pictures",
        "vision model (gemini3, tables)": "v at gpu:8000, without a key",
    }
    (none,) = models(Settings())
    assert none.ok
    assert "without" in none.detail
