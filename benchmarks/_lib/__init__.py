"""What several benchmarks share: records, texts, and going on with what was begun."""
