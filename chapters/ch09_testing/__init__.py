"""Chapter 9: small services, and a suite of tests that notices when one breaks.

Run the suite: cd chapters/ch09_testing/suite, then python -m pytest
"""
