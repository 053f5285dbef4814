"""Reasons why a delivery is finished later."""


class DeferredError(Exception):
    """Nothing failed, but the delivery is not finished yet: it has to be gone on with."""


class DeadlineExceededError(DeferredError):
    """The time to answer, or the invocation, ends before the delivery is finished."""
