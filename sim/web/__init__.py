"""The what-if page: a scenario in the browser, with sliders for what can be moved in it."""
