"""The play of a Market: quarters, decisions, bets, news, and what each decision did."""
