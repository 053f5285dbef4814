"""Reasons why a delivery is finished later."""


class DeferredError(Exception):
    """Nothing failed, but the delivery is not finished yet: it has to be gone on with."""


class DeadlineExceededError(DeferredError):
    """The time to answer, or the invocation, ends before the delivery is finished."""


class OtherContentError(Exception):
    """The id of a delivery is stored with other content, which came at the same moment."""
