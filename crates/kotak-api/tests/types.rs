//! The types with decoders of their own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use kotak_session_api::types::{Login, Session};
use serde_json::{Value, json};

#[test]
fn a_response_is_read_in_any_envelope_and_written_without() {
    let bare = json!({ "oneTimeToken": "made-up", "userid": "S4MPL3" });
    for value in [bare.clone(), json!({ "Success": bare }), json!({ "success": bare, "Success": null })] {
        let login: Login = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&login).unwrap(), bare, "{value}");
    }
    for value in [json!({ "Success": [] }), json!({ "Success": {} }), json!([]), Value::Null] {
        assert!(serde_json::from_value::<Login>(value.clone()).is_err(), "{value}");
    }
}

#[test]
fn a_property_is_read_in_each_spelling_and_written_in_one() {
    let session =
        json!({ "sessionToken": "made-up", "userID": "S4MPL3", "apiToken": { "sessionID": "made-up" } });
    let session: Session = serde_json::from_value(session).unwrap();
    let written =
        json!({ "sessionToken": "made-up", "userId": "S4MPL3", "apiToken": { "sessionId": "made-up" } });
    assert_eq!(serde_json::to_value(&session).unwrap(), written);
}

#[test]
fn their_schemas_have_their_names() {
    let schema = schemars::schema_for!(Session);
    assert_eq!(schema.get("title"), Some(&json!("Session")));
    assert!(schema.pointer("/properties/userId").is_some() && schema.pointer("/$defs/ApiToken").is_some());
}
