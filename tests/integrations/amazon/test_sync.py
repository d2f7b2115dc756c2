"""Amazon to the cent: the days equal what the seller's story adds up to, whatever fails on the way."""

import pytest

from integrations.models import ChannelAccount
from tests.integrations.amazon.shops import read, told
from tests.integrations.amazon.world import sold
from tests.integrations.stubs.amazon import AmazonStub

pytestmark = pytest.mark.django_db


def test_one_pass_reads_two_years_to_the_cent(world: AmazonStub, seller: ChannelAccount) -> None:
    result = read(seller)
    assert result.error == ""
    assert told(seller) == sold(world)
