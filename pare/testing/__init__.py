"""The public test kit: for scenario authors, and for pare's own tests.

``mutants`` tells whether a validator accepts what it should and rejects what it should.
"""

from pare.testing.mutants import KINDS, Mutant, mutants
from pare.testing.paraphrase import paraphrase

__all__ = ["KINDS", "Mutant", "mutants", "paraphrase"]
