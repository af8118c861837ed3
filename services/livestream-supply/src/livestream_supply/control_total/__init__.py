"""Control totals: what a partner counted, held against what was counted here."""
