"""Shows an access token that the broker did not hand out, as one is that has expired."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if "Authorization" in case.headers and case.headers["Authorization"].startswith("Bearer "):
        case.headers["Authorization"] = "Bearer made-up-stranger"
