//! `token` and `revoke`: the tokens they hand out really open the session calls, until they do not.

mod common;

use std::time::Duration;

use broker_session_sandbox::Fault;
use broker_session_sandbox::kotak::{Operation, Sandbox};
use common::{Result, Wire, fault, text};
use reqwest::{Response, StatusCode};
use serde_json::{Value, json};

async fn post(wire: &Wire, url: String, form: &[(&str, &str)]) -> Result<Response> {
    let request = wire.http.post(url).basic_auth("sandbox-consumer-key", Some("sandbox-consumer-secret"));
    Ok(request.form(form).send().await?)
}

async fn issue(sandbox: &Sandbox, wire: &Wire, form: &[(&str, &str)]) -> Result<Value> {
    let answer = post(wire, format!("{}/token", sandbox.root_url()), form).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    Ok(answer.json().await?)
}

#[tokio::test]
async fn an_issued_token_opens_the_session_calls_until_it_expires() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let mut wire = Wire::new(&sandbox)?;
    let answer = issue(&sandbox, &wire, &[("grant_type", "client_credentials")]).await?;
    assert_eq!(
        (&answer["token_type"], &answer["expires_in"], answer.get("refresh_token")),
        (&json!("Bearer"), &json!(3600), None)
    );
    wire.account.access_token = text(&answer, "/access_token")?;
    wire.session_token().await?;
    sandbox.advance(Duration::from_secs(3600));
    assert_eq!(fault(wire.init().await?).await?, (StatusCode::UNAUTHORIZED, 900901));
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_is_good_for_one_use() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let form =
        [("grant_type", "password"), ("username", "sample-nickname"), ("password", "sandbox-password")];
    let refresh = text(&issue(&sandbox, &wire, &form).await?, "/refresh_token")?;
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())];
    let next = text(&issue(&sandbox, &wire, &form).await?, "/refresh_token")?;
    assert_ne!(next, refresh);
    let again: Value = post(&wire, format!("{}/token", sandbox.root_url()), &form).await?.json().await?;
    assert_eq!(again["error"], "invalid_grant");
    Ok(())
}

#[tokio::test]
async fn a_revoked_token_is_refused_and_revoking_it_again_is_no_error() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    assert_eq!(wire.init().await?.status(), StatusCode::OK);
    for base in [sandbox.root_url(), sandbox.base_url()] {
        let form = [("token", "sandbox-access-token"), ("token_type_hint", "access_token")];
        let answer = post(&wire, format!("{base}/revoke"), &form).await?;
        assert_eq!((answer.status(), answer.bytes().await?.len()), (StatusCode::OK, 0));
    }
    assert_eq!(fault(wire.init().await?).await?, (StatusCode::UNAUTHORIZED, 900901));
    Ok(())
}

#[tokio::test]
async fn errors_are_in_oauths_form() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    let url = format!("{}/token", sandbox.base_url());
    let wrong_password = [("grant_type", "password"), ("username", "S4MPL3"), ("password", "wrong")];
    for (form, error) in [
        (&[("grant_type", "implicit")][..], "unsupported_grant_type"),
        (&[("x", "y")][..], "invalid_request"),
        (
            &[("grant_type", "client_credentials"), ("grant_type", "client_credentials")][..],
            "invalid_request",
        ),
        (&[("grant_type", "password")][..], "invalid_request"),
        (&[("grant_type", "refresh_token")][..], "invalid_request"),
        (&wrong_password[..], "invalid_grant"),
    ] {
        let answer = post(&wire, url.clone(), form).await?;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        let answer: Value = answer.json().await?;
        assert_eq!(answer["error"], error);
        assert!(answer["error_description"].is_string());
    }
    assert_eq!(sandbox.bad_tries("S4MPL3"), 1);

    // What the broker's own client sends: the pair without its scheme.
    let request = wire.http.post(&url).header("Authorization", "c2FuZGJveDpzYW5kYm94");
    let answer = request.form(&[("grant_type", "client_credentials")]).send().await?;
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    assert!(answer.headers().contains_key("www-authenticate"));
    assert_eq!(answer.json::<Value>().await?["error"], "invalid_client");
    Ok(())
}

#[tokio::test]
async fn an_injected_status_has_an_oauth_error_for_a_body() -> Result {
    let sandbox = Sandbox::builder().start().await?;
    let wire = Wire::new(&sandbox)?;
    sandbox.inject(Operation::Token, Fault::status(StatusCode::SERVICE_UNAVAILABLE));
    let form = [("grant_type", "client_credentials")];
    let answer = post(&wire, format!("{}/token", sandbox.root_url()), &form).await?;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.json::<Value>().await?["error"], "server_error");
    Ok(())
}
