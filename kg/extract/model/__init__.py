"""The trained encoder at work: windows of word pieces in, judgements about words out; knows no grammar and no rules."""

from kg.extract.model.reader import Judgements, judge

__all__ = ["Judgements", "judge"]
