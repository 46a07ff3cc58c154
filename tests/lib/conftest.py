"""The publishers that several tests of the fakes ask: each with a few hundred notices."""

import make_notice
import pytest
from client import DAY
from fake_boamp import FakeBoamp
from fake_ted import FakeTed


@pytest.fixture
def many_boamp():
    with FakeBoamp() as boamp:
        for day, first, count in (("2026-09-09", 1, 30), (DAY, 101, 250), ("2026-09-11", 401, 7)):
            for _, xml in make_notice.many(count, make_notice.flux_fnsimple, first, day):
                boamp.add(xml)
        yield boamp


@pytest.fixture
def many_ted():
    with FakeTed() as ted:
        for day, first, count in (("2026-09-09", 1, 20), (DAY, 101, 260)):
            for _, xml in make_notice.many(count, make_notice.eforms, first, day):
                ted.add(xml)
        ted.add(make_notice.eforms(ref="1-2026", published=DAY), country="BEL")
        yield ted
