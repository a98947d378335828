"""Carries out lock operations for the conformance suite (spec/driver.md)."""
