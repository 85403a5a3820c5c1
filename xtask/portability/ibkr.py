"""Uses a session of the Client Portal Gateway with the client that OpenAPI Generator has made, and ends it."""

import os

from client import ApiClient, BrokerageSessionApi, Configuration, SingleSignOnApi
from client.exceptions import ApiException
from client.models import SsodhInitRequest

with ApiClient(Configuration(host=os.environ["IBKR_BASE_URL"])) as client:
    brokerage, sign_on = BrokerageSessionApi(client), SingleSignOnApi(client)

    assert sign_on.sso_validate_get().actual_instance.result is True
    brokerage.iserver_auth_ssodh_init_post(SsodhInitRequest(publish=True, compete=False))
    status = brokerage.iserver_auth_status_post().actual_instance
    assert status.authenticated is True and status.connected is True, status

    tickle = sign_on.tickle_post().actual_instance
    assert tickle.session.get_secret_value() and tickle.iserver.auth_status.authenticated is True
    assert tickle.session.get_secret_value() not in repr(tickle)

    assert sign_on.logout_post().actual_instance.status is True
    try:
        brokerage.iserver_auth_status_post()
        raise AssertionError("the session is still there after the sign-out")
    except ApiException as refusal:
        assert refusal.status == 401, refusal
