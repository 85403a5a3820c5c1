//! Tokens as they may come: with characters that no header can carry, and with a time of their end or without.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use broker_session::{Error, ErrorKind};
use contract_tests::{
    MockBroker,
    brokers::neo::{CODE, MPIN, Neo, client, trade, view},
    secret,
};
use serde_json::{Value, json};

use crate::support::in_india;

const LOGIN: &str = "trade_api_login";
const VALIDATE: &str = "trade_api_validate";

/// A JSON Web Token with this payload, which has no signature.
fn jwt(payload: &str) -> String {
    let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.{}", part(r#"{"alg":"HS256"}"#), part(payload), part("made-up"))
}

fn session(token: &Value, sid: &Value) -> Value {
    json!({ "data": { "token": token, "sid": sid, "kType": "Trade", "baseUrl": "https://e43.kotaksecurities.com" } })
}

async fn broker(token: &str) -> MockBroker<Neo> {
    let response = session(&json!(token), &json!("made-up-sid"));
    MockBroker::<Neo>::new().await.with(LOGIN, &response).with(VALIDATE, &response)
}

#[tokio::test]
async fn the_end_of_a_session_is_that_of_its_token() -> Result<(), Error> {
    for (payload, end) in [
        (r#"{"exp":1773167400}"#, "2026-03-11T00:00:00+05:30"),
        (r#"{"exp":1773167400.75}"#, "2026-03-11T00:00:00+05:30"),
        (r#"{"exp":1.7731674e9,"sub":"MADE1"}"#, "2026-03-11T00:00:00+05:30"),
        (r#"{"exp":"1773167400"}"#, "2026-03-11T00:00:00+05:30"),
        (r#"{"exp":0}"#, "1970-01-01T05:30:00+05:30"),
        (r#"{"exp":-19800}"#, "1970-01-01T00:00:00+05:30"),
        (r#"{"exp":4102444800}"#, "2100-01-01T05:30:00+05:30"),
    ] {
        let broker = broker(&jwt(payload)).await;
        let session = trade(&broker.at()).await?;
        assert_eq!(session.expires_at().map(in_india).as_deref(), Some(end), "{payload}");
        assert_eq!(view(&broker.at()).await?.expires_at(), session.expires_at(), "{payload}");
        assert_eq!(session.save().expires_at().cloned(), session.expires_at(), "{payload}");
        assert_eq!(session.is_expired(), session.save().is_expired(), "{payload}");
        if let Some(expected) =
            [("1970", true), ("2100", false)].iter().find(|(year, _)| end.starts_with(year))
        {
            assert_eq!(session.is_expired(), expected.1, "{payload}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn expired_token_still_makes_a_session() -> Result<(), Error> {
    let broker = broker(&jwt(r#"{"exp":1}"#)).await;
    let view = view(&broker.at()).await?;
    assert!(view.is_expired());
    // Clocks may be wrong; the broker has the last word.
    let session = view.validate(&secret(MPIN)).await?;
    assert!(session.is_expired() && session.save().is_expired());
    session.logout().await
}

#[tokio::test]
async fn token_without_expiry_makes_a_session() -> Result<(), Error> {
    let odd = [
        "made-up-token".to_owned(),
        "a.b".to_owned(),
        "a.b.c.d".to_owned(),
        "..".to_owned(),
        jwt("{}"),
        jwt("[1773167400]"),
        jwt("null"),
        jwt("not JSON"),
        jwt(r#"{"exp":"tomorrow"}"#),
        jwt(r#"{"exp":""}"#),
        jwt(r#"{"exp":null}"#),
        jwt(r#"{"exp":true}"#),
        jwt(r#"{"exp":{}}"#),
        jwt(r#"{"exp":1e300}"#),
        jwt(r#"{"exp":-1e300}"#),
        jwt(r#"{"exp":9223372036854775807}"#),
        jwt(r#"{"exp":99999999999999999999999999}"#),
    ];
    for token in odd {
        let broker = broker(&token).await;
        let view = view(&broker.at()).await?;
        let session = view.validate(&secret(MPIN)).await?;
        assert_eq!((view.expires_at(), session.expires_at()), (None, None), "{token}");
        assert!(!view.is_expired() && !session.is_expired() && !session.save().is_expired(), "{token}");
        assert_eq!(session.save().expires_at(), None, "{token}");
        session.logout().await?;
    }
    Ok(())
}

#[tokio::test]
async fn invalid_issue_time_keeps_the_expiry() -> Result<(), Error> {
    for issued in [r#""yesterday""#, "null", "[]", "{}", "true"] {
        let broker = broker(&jwt(&format!(r#"{{"iat":{issued},"exp":1773167400}}"#))).await;
        let session = trade(&broker.at()).await?;
        let end = session.expires_at().map(in_india);
        assert_eq!(end.as_deref(), Some("2026-03-11T00:00:00+05:30"), "{issued}");
        assert_eq!(session.login_time(), None);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_that_no_header_can_carry_is_no_success() {
    for odd in [
        json!(""),
        json!(" "),
        json!("made up"),
        json!("made\r\nX-Evil: 1"),
        json!("made-up-\u{e9}"),
        json!("\u{0}"),
    ] {
        for (token, sid) in [(odd.clone(), json!("made-up-sid")), (json!("made-up-token"), odd.clone())] {
            let response = session(&token, &sid);
            let broker = MockBroker::<Neo>::new().await.with(LOGIN, &response);
            let error = view(&broker.at()).await.unwrap_err();
            assert_eq!((error.kind(), error.status()), (ErrorKind::Protocol, Some(200)), "{odd}: {error}");
            assert_eq!((error.operation(), broker.count(VALIDATE)), (Some(LOGIN), 0));
            let broker = MockBroker::<Neo>::new().await.with(VALIDATE, &response);
            let error = trade(&broker.at()).await.unwrap_err();
            assert_eq!((error.kind(), error.operation()), (ErrorKind::Protocol, Some(VALIDATE)), "{odd}");
            assert!(!format!("{error} {error:?}").contains("X-Evil"), "{error:?}");
        }
    }
}

#[tokio::test]
async fn response_without_required_fields_is_no_success() {
    let whole = session(&json!("made-up-token"), &json!("made-up-sid"));
    let mut odd = vec![
        json!({}),
        json!({ "data": null }),
        json!({ "data": {} }),
        json!({ "data": [] }),
        json!({ "data": "made-up-token" }),
        json!({ "data": [whole["data"]] }),
        json!({ "status": "success" }),
        json!({ "token": "made-up-token", "sid": "made-up-sid" }),
    ];
    for field in ["token", "sid"] {
        for value in [Value::Null, json!(5), json!(["made-up"]), json!({})] {
            let mut response = whole.clone();
            response["data"][field] = value;
            odd.push(response);
        }
        let mut response = whole.clone();
        response["data"].as_object_mut().unwrap().remove(field);
        odd.push(response);
    }
    for response in odd {
        for operation in [LOGIN, VALIDATE] {
            let broker = MockBroker::<Neo>::new().await.with(operation, &response);
            let error = trade(&broker.at()).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.status()),
                (ErrorKind::Protocol, Some(200)),
                "{response}: {error}"
            );
            assert_eq!((error.operation(), broker.count(operation)), (Some(operation), 1), "{response}");
        }
    }
}

#[tokio::test]
async fn a_session_that_may_only_look_is_no_trade_session() -> Result<(), Error> {
    for k_type in ["View", "VIEW", "view", " View ", "something new", ""] {
        let mut response = session(&json!("made-up-token"), &json!("made-up-sid"));
        response["data"]["kType"] = k_type.into();
        let broker = MockBroker::<Neo>::new().await.with(VALIDATE, &response);
        let view = client(&broker.at())?.login_totp(&secret(CODE)).await?;
        let error = view.validate(&secret(MPIN)).await.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Refused | ErrorKind::Protocol), "{k_type}: {error}");
        assert_eq!((error.status(), error.operation()), (Some(200), Some(VALIDATE)), "{k_type}");
        assert!(!error.is_retryable() && !error.is_unsent());
    }
    for k_type in [json!("Trade"), json!("TRADE"), json!("trade")] {
        let mut response = session(&json!("made-up-token"), &json!("made-up-sid"));
        response["data"]["kType"] = k_type;
        trade(&MockBroker::<Neo>::new().await.with(VALIDATE, &response).at()).await?;
    }
    Ok(())
}
