"""The alias is installed before the tests of this directory are imported, as before a scenario file."""

from collections.abc import Iterator

import pytest

from pare.compat import install
from pare.scenarios.utils.registry import registry

install()


@pytest.fixture(autouse=True)
def _others_find_the_registry_as_it_was() -> Iterator[None]:
    known = registry.get_all_scenarios()
    before, state = dict(known), dict(vars(registry))
    yield
    vars(registry).update(state)
    known.clear()
    known.update(before)
