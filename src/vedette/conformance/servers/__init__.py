"""Servers that the tester runs itself while a case needs them."""
