"""The OpenAPI document, `docs/openapi.json`, made of what the code says already (`make openapi`).

The routes are template.yaml's, their summaries the handlers' docstrings, requests the pydantic models, errors the tree
in `event_api.errors`. Only what the code says nowhere is written here: what answers look like, which route can answer
which error, and examples. A package of its own, because neither the layer nor the local run needs it to run: both would
carry its imports, and the layer its size.
"""
