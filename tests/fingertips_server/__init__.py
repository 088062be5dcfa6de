"""A Fingertips to test against: the real formats from figures that are plainly made up, or from the recordings where they are there.

    with FingertipsServer() as server:
        server.misbehave("all_data", "429", times=1, retry_after="2")
        Fingertips(HttpSession("Fingertips"), [server.url]).fetch(["219"], "pcn", "E54000901")
        assert server.count("all_data") == 2
"""

from tests.fingertips_server.areas import Areas
from tests.fingertips_server.fake_time import FakeTime
from tests.fingertips_server.figures import Figures
from tests.fingertips_server.server import FingertipsServer

__all__ = ["Areas", "FakeTime", "Figures", "FingertipsServer"]
