"""The words of a question: guarded, taken apart, rewritten for other engines; evaluates nothing."""
