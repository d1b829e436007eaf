"""Policies, rival views and uncertain worlds: compared, explored and analysed."""
