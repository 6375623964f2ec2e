"""How the documentation is built: `python -m sphinx -W --keep-going -n -E -j auto docs docs/_build`.

Pages are not merely read: commands on them are run, and the reference is written from the records, while it is built.
Nothing is fetched from elsewhere, neither while it is built nor when it is read.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE / "_ext"), str(HERE.parent), str(HERE.parent / "tests")]

import sim  # noqa: E402

project = "supplyshock"
version = release = sim.__version__
html_title = f"{project} {release}"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx_click",
    "sphinx_copybutton",
    "formulas",
    "generated",
    "live",
    "notebook_links",
]
exclude_patterns = ["_build", "_ext"]

# Notebooks are shown as they are kept; tests/test_notebooks.py runs them.
nb_execution_mode = "off"
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3

# Documentation strings say names in single backticks, as the rest of the project does.
default_role = "code"
# An option is --set, and what is quoted is typed with plain quotes.
smartquotes = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
# Types of other libraries, and our own that nobody makes by hand, are named and not linked.
nitpick_ignore_regex = [("py:.*", r"(?!sim\.[A-Za-z]+$).*")]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["narrow.css"]
html_extra_path = ["scenario.schema.json"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
pygments_style = "friendly"
pygments_dark_style = "native"
html_theme_options = {"top_of_page_buttons": []}

copybutton_prompt_text = "$ "
copybutton_line_continuation_character = "\\"
copybutton_selector = "div.highlight-console pre, div.highlight-python pre, div.highlight-yaml pre"
