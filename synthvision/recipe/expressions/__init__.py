"""Arithmetic over named values, as recipes write it: ``2 * wear + 0.1``, ``night > 0.5 and count < 3``.

Numbers, names, ``+ - * / // % **``, comparisons (not chained), ``and``, ``or``, ``not``, ``A if C else B`` and
parentheses, with Python's precedence. Nothing else: no calls, attributes, indices or texts, and nothing is ever given
to Python's own evaluation.
"""

from synthvision.recipe.expressions.expression import Expression, parse
from synthvision.recipe.expressions.tokens import KEYWORDS, LONGEST

__all__ = ["KEYWORDS", "LONGEST", "Expression", "parse"]
