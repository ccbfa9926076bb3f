"""The settings document that Set… operations change, and how it is kept."""
