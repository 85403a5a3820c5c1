"""Signs in to Kotak with the client that OpenAPI Generator has made, and out again."""

import os

from client import ApiClient, Configuration, SecondFactorApi, SessionApi
from client.exceptions import ApiException
from client.models import LoginByUserid, SecondFactorAccessCode

userid = os.environ["KOTAK_USERID"]
settings = Configuration(
    host=os.environ["KOTAK_BASE_URL"],
    access_token=os.environ["KOTAK_ACCESS_TOKEN"],
    api_key={"consumerKey": os.environ["KOTAK_CONSUMER_KEY"], "ip": "127.0.0.1", "appId": "made-up"},
)
with ApiClient(settings) as client:
    sessions, second_factor = SessionApi(client), SecondFactorApi(client)

    init = sessions.session_init(userid).actual_instance.success
    assert init.redirect.host.startswith(settings.host.rsplit("/", 1)[0]), init

    credentials = LoginByUserid(userid=userid, password=os.environ["KOTAK_PASSWORD"])
    login = sessions.session_login_userid(credentials).actual_instance.success
    one_time_token = login.one_time_token.get_secret_value()
    assert one_time_token and one_time_token not in repr(login), login.userid

    # A wrong code is the broker's own refusal, with its form and its status.
    wrong = SecondFactorAccessCode(userid=userid, accessCode="0000")
    try:
        second_factor.session2fa_accesscode_post(one_time_token, wrong)
        raise AssertionError("a wrong access code was taken")
    except ApiException as refusal:
        assert refusal.status in (400, 401, 403) and refusal.data, refusal

    right = SecondFactorAccessCode(userid=userid, accessCode=os.environ["KOTAK_ACCESS_CODE"])
    session = second_factor.session2fa_accesscode_post(one_time_token, right).actual_instance.success
    session_token = session.session_token.get_secret_value()
    assert session_token, session.userid

    assert sessions.session_logout(session_token, userid).actual_instance.success
    try:
        sessions.session_logout(session_token, userid)
        raise AssertionError("the session is still there after the sign-out")
    except ApiException as refusal:
        # As the broker says it (99999, "Login again").
        assert (refusal.status, refusal.data.actual_instance.fault.code.actual_instance) == (400, 99999), refusal
