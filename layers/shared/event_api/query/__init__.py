"""The search language: values, operators, what they make of a row, and where its rows are read."""
