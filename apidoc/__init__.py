"""Generate the OpenAPI document, `docs/openapi.json`, from the code (`make openapi`).

The routes come from template.yaml, their summaries from the handlers' docstrings, requests and EventInfo from the
pydantic models, errors from the tree in `event_api.domain.errors`. Only facts that the code states nowhere are written
here: the shapes of responses, the errors of each route, and examples. This is a package by itself, because neither the
layer nor the local run needs it.
"""
