"""Read by schemathesis: what it asks of one engine is asked of the other too, and all its checks look at both answers.

To think of a request takes it ten times as long as to send one, and what it thinks of does not depend on the engine.
"""

import os
from typing import Any

import requests
import schemathesis
from requests.structures import CaseInsensitiveDict

ONE, OTHER = os.environ["FUZZ_ADDRESSES"].split()
KEY, OTHER_KEY = os.environ["FUZZ_KEYS"].split()
_SESSION = requests.Session()


def _with_other_key(headers: CaseInsensitiveDict[str]) -> CaseInsensitiveDict[str]:
    """The headers, in which the key of the one book (and no invented one) is that of the other."""
    return CaseInsensitiveDict({name: OTHER_KEY if value == KEY else value for name, value in headers.items()})


@schemathesis.check
def holds_on_the_other_engine(ctx: Any, response: Any, case: Any) -> None:
    """The same bytes, and the checks over again."""
    request = response.request.copy()
    request.url = OTHER + request.url.removeprefix(ONE)
    request.headers = _with_other_key(request.headers)
    answer = _SESSION.send(request, allow_redirects=False, timeout=30)
    headers = _with_other_key(ctx.internals.headers)
    again = {**ctx.internals.transport_kwargs, "base_url": OTHER, "headers": headers, "connection": _SESSION}
    case.validate_response(
        answer, headers=headers, transport_kwargs=again, recorder=ctx.internals.recorder,
        excluded_checks=[holds_on_the_other_engine],
    )  # fmt: skip
