"""Stand-ins for AWS that the tests and the benchmarks share."""
