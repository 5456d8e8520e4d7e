"""A class, and a method for each kind of comparison.

Try: python -m unittest unittest_style
"""

import unittest

from chapters.ch09_testing.first.tally import total


class TotalTests(unittest.TestCase):
    def test_both_are_counted(self) -> None:
        self.assertEqual(total(2, 3), 5)
