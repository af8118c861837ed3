"""Which board is meant, how amounts read, and where the bars of the chart stand."""
