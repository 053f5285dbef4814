"""The search language: values, operators, their tests on a row, and the plan of the read."""
