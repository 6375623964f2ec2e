"""docs/against.md says what the programs find today."""

import theirs
from aside import PEERS


def test_the_page_is_written_anew_by_its_script():
    """`python tests/against_page.py` writes it."""
    for name in PEERS:
        theirs.need(name)
    import against_page

    assert against_page.PAGE.read_text(encoding="utf-8") == against_page.page()
