"""A package: this file runs once, on the first import from the folder."""

print("The field guide is opened.")

EDITION = 3
