"""The suites: one folder for each, one file for each chapter."""
