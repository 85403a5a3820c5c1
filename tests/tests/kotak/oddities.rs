//! What is odd about this broker's wire, one by one: in what is sent, and in responses that go well.

use broker_session::{
    Error, ErrorKind,
    kotak::{Client, Session, User},
};
use contract_tests::{
    MockBroker, MockResponse,
    brokers::kotak::{Kotak, client, userid},
    secret,
};
use serde_json::{Value, json};

/// A broker for which everything goes well, except for what a test sets.
pub(crate) struct Broker(MockBroker<Kotak>);

impl Broker {
    pub(crate) async fn new() -> Self {
        Self(MockBroker::new().await)
    }

    /// Sets the response of an operation.
    pub(crate) fn respond_with(self, operation: &str, response: MockResponse) -> Self {
        Self(self.0.respond_with(operation, response))
    }

    pub(crate) fn with(self, operation: &str, body: Value) -> Self {
        Self(self.0.with(operation, &body))
    }

    pub(crate) fn client(&self) -> Client {
        self.client_for(userid())
    }

    fn client_for(&self, user: User) -> Client {
        client(&self.0.at(), user).unwrap()
    }

    pub(crate) async fn session(&self) -> Result<Session, Error> {
        self.client().login(&secret("made-up-password")).await?.submit_access_code(&secret("0000")).await
    }

    pub(crate) fn count(&self, operation: &str) -> usize {
        self.0.count(operation)
    }

    /// The body of the only request with this ending of its path.
    fn body(&self, ending: &str) -> String {
        let requests = self.0.requests();
        let request = requests.iter().find(|request| request.uri().path().ends_with(ending));
        request.expect("a request").body_string()
    }
}

#[tokio::test]
async fn access_code_keeps_leading_zeros() {
    let broker = Broker::new().await;
    broker.session().await.unwrap();
    let body: Value = serde_json::from_str(&broker.body("/2FA/accesscode")).unwrap();
    assert_eq!(body, json!({ "userid": "S4MPL3", "accessCode": "0000" }));
}

#[tokio::test]
async fn empty_ip_and_app_id_are_sent() {
    let broker = Broker::new().await;
    broker.client().init().await.unwrap();
    let request = broker.0.requests().remove(0);
    for name in ["ip", "appid"] {
        let value = request.headers_vec().iter().find(|(header, _)| header.eq_ignore_ascii_case(name));
        assert_eq!(value.map(|(_, value)| value.as_str()), Some(""), "{name}");
    }
}

#[tokio::test]
async fn the_session_may_come_in_another_spelling() -> Result<(), Error> {
    let odd =
        json!({ "success": { "sessionToken": "made-up", "emailID": "a@b.example", "userID": "1T040" } });
    let session = Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
    assert_eq!(session.profile().email_id.as_deref(), Some("a@b.example"));
    assert_eq!(session.profile().user_id.as_deref(), Some("1T040"));
    Ok(())
}

#[tokio::test]
async fn the_login_time_may_be_an_epoch() -> Result<(), Error> {
    for epoch in [json!(1_629_698_375_000_u64), json!("8/23/2021 11:29:35 AM")] {
        let odd = json!({ "success": { "sessionToken": "made-up", "loginTime": epoch } });
        let session = Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
        let time = session.login_time().map(|time| time.to_string());
        assert_eq!(time.as_deref(), Some("2021-08-23T05:59:35Z"));
    }
    Ok(())
}

#[tokio::test]
async fn invalid_login_time_is_tolerated() -> Result<(), Error> {
    for odd in [json!("-"), json!(""), json!("yesterday"), Value::Null, json!(i64::MAX)] {
        let odd = json!({ "success": { "sessionToken": "made-up", "loginTime": odd } });
        let session = Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
        assert!(session.login_time().is_none());
    }
    Ok(())
}

#[tokio::test]
async fn unknown_fields_are_ignored() -> Result<(), Error> {
    let odd = json!({ "success": { "sessionToken": "made-up", "new": { "deep": [1, null] } }, "more": true });
    Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
    Ok(())
}

#[tokio::test]
async fn null_means_missing() -> Result<(), Error> {
    let odd = json!({ "success": {
        "sessionToken": "made-up", "clientName": null, "redirect": null, "enabledProducts": null,
        "enabledExchangeSegments": null, "weblink": { "host": null, "port": null },
    } });
    let session = Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
    let profile = session.profile();
    assert!(profile.client_name.is_none() && profile.redirect.is_none());
    assert!(profile.enabled_products.is_none() && profile.enabled_exchange_segments.is_none());
    assert!(profile.weblink.as_ref().is_none_or(|weblink| weblink.host.is_none()));
    Ok(())
}

#[tokio::test]
async fn mistyped_fields_are_converted_or_dropped() -> Result<(), Error> {
    let odd = json!({ "success": {
        "sessionToken": "made-up", "clientCode": 12345, "isNRI": true, "clientName": {},
        "redirect": { "host": "https://tradeapi.kotaksecurities.com/apim", "port": "443" },
        "enabledProducts": "MIS", "loginTime": [],
    } });
    let session = Broker::new().await.with("session_2fa_accesscode_post", odd).session().await?;
    let profile = session.profile();
    assert_eq!(profile.client_code.as_deref(), Some("12345"));
    assert!(profile.client_name.is_none() && profile.enabled_products.is_none());
    assert_eq!(profile.redirect.as_ref().and_then(|host| host.port), Some(443));
    assert!(session.login_time().is_none());
    Ok(())
}

#[tokio::test]
async fn misspelled_and_unknown_values_are_kept() {
    let odd = json!({ "Success": {
        "encryption": { "keySize": 0, "publickKey": "", "type": "NEW" }, "userType": "Z", "status": "Success",
    } });
    let broker = Broker::new().await.with("session_init", odd);
    assert!(broker.client().init().await.is_ok());
}

#[tokio::test]
async fn a_host_may_come_without_https_and_with_a_port() {
    for (host, port) in [
        ("tradeapi.kotaksecurities.com", json!(443)),
        ("tradeapi.kotaksecurities.com/apim", json!(443)),
        ("https://tradeapi.kotaksecurities.com:443/apim", json!(443)),
        ("https://tradeapi.kotaksecurities.com/apim", Value::Null),
        ("https://tradeapi.kotaksecurities.com/apim", json!(0)),
    ] {
        let redirect =
            json!({ "Success": { "status": "Success", "redirect": { "host": host, "port": port } } });
        let broker = Broker::new().await.with("session_init", redirect);
        let initialized = broker.client().init().await;
        assert!(initialized.is_ok(), "{host} {port}: {initialized:?}");
    }
}

#[tokio::test]
async fn port_is_part_of_the_checked_host() {
    for port in [8443, 80, 70_000] {
        let host = "https://tradeapi.kotaksecurities.com/apim";
        let redirect =
            json!({ "Success": { "status": "Success", "redirect": { "host": host, "port": port } } });
        let broker = Broker::new().await.with("session_init", redirect);
        let outcome = broker.client().init().await;
        let refused = outcome.is_err_and(|error| error.kind() == ErrorKind::HostNotAllowed);
        assert!(refused, "{port}");
    }
}

#[tokio::test]
async fn inactive_account_sends_no_password() {
    for status in ["Inactive", "Deactive", "Closed", "INACTIVE", "something new"] {
        let odd = json!({ "Success": {
            "status": status, "message": "Client is not active.",
            "weblink": { "host": "https://mtrade.kotaksecurities.com/", "port": 443 },
        } });
        let broker = Broker::new().await.with("session_init", odd);
        let error = broker.session().await.unwrap_err();
        assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, Some(200)), "{status}");
        assert_eq!(error.broker_message(), Some("Client is not active."));
        assert_eq!(broker.count("session_login_userid"), 0, "{status}");
    }
    for status in ["Success", "Active"] {
        let odd = json!({ "Success": { "status": status } });
        assert!(Broker::new().await.with("session_init", odd).session().await.is_ok(), "{status}");
    }
}

#[tokio::test]
async fn code_request_may_renew_the_one_time_token() -> Result<(), Error> {
    let odd = json!({ "Success": { "oneTimeToken": "made-up-second-token" } });
    let broker = Broker::new().await.with("session_2fa_accesscode_get", odd);
    let pending = broker.client().login(&secret("made-up-password")).await?;
    pending.request_access_code().await?;
    pending.submit_access_code(&secret("0000")).await?;
    let requests = broker.0.requests();
    let last = requests.last().unwrap().headers();
    assert_eq!(last["onetimetoken"], "made-up-second-token");
    Ok(())
}

#[tokio::test]
async fn unknown_nickname_is_an_error() {
    let broker = Broker::new().await;
    let anonymous = broker.with("session_init_nickname", json!({ "Success": { "status": "Success" } }));
    let anonymous = anonymous.with("session_login_nickname", json!({ "oneTimeToken": "made-up" }));
    let client = anonymous.client_for(User::Nickname("nobody".into()));
    let error = client.login(&secret("made-up-password")).await.unwrap_err();
    assert_eq!((error.kind(), error.operation()), (ErrorKind::Protocol, Some("session_login_nickname")));
}

#[tokio::test]
async fn odd_user_names_stay_one_path_segment() {
    let broker = Broker::new().await;
    let client = broker.client_for(User::Nickname("a/../b?c#d e%".into()));
    client.init().await.unwrap();
    let requests = broker.0.requests();
    let uri = requests[0].uri();
    assert_eq!(uri.path(), "/apim/session/1.0/session/init/nickname/a%2F..%2Fb%3Fc%23d%20e%25");
    assert_eq!(uri.query(), None);
}
