"""What all tests share: a fixed choice of examples by hypothesis, so that a failure is never a matter of luck."""

from hypothesis import settings

settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("searching", deadline=None, print_blob=True)
settings.load_profile("fixed")  # `pytest --hypothesis-profile=searching` draws new examples each time


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write the golden numbers anew")
