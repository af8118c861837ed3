"""A demonstration whose totals are published figures and whose parts are illustrative.

Names of parks and plans are facts; enterprises, platforms and single orders are made up, carry
`示例`/`illustrative` in their names and `DEMO` in their order numbers, and only add up to what was
published.
"""

LABEL = "Illustrative data: the totals were published, the orders they are split into are made up."
