"""The store: the only place that knows DynamoDB.

One module a table, each with the operations that the service needs and no others. `table` is the thin layer under
them: attribute values, conditions as return values, and AWS's failures as `UnavailableError`.
"""
