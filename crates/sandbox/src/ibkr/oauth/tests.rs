use std::collections::HashMap;

use axum::body::Body;
use bytes::Bytes;
use serde_json::Value;

use super::*;

const ROOT: &str = "https://127.0.0.1:1";

/// The broker of the vectors' client.
fn oauth() -> OAuth {
    let options = OAuthOptions {
        lifetime: Duration::from_secs(60),
        is_consumer_active: true,
        exchange: Exchange::Right,
        is_paper: false,
    };
    OAuth::new(of_the_vectors(), options, ROOT.to_owned()).unwrap()
}

/// A request of the vectors, some seconds after it was signed. A change replaces something of its header.
fn request(vector: &Value, seconds: i64, (old, new): (&str, &str)) -> ReceivedRequest {
    let header = vector["authorization"].as_str().unwrap();
    assert!(header.contains(old), "{old}");
    let parameters = Parameters::read(header.strip_prefix("OAuth ").unwrap()).unwrap();
    let signed: i64 = parameters.get("oauth_timestamp").parse().unwrap();
    let url = vector["url"].as_str().unwrap_or("https://api.ibkr.com/v1/api/oauth/live_session_token");
    let query: Vec<String> = vector["query"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}={}", value.as_str().unwrap()))
        .collect();
    let path = format!("{}?{}", url.strip_prefix("https://api.ibkr.com").unwrap(), query.join("&"));
    let (head, _) = http::Request::builder()
        .method(vector["method"].as_str().unwrap_or("POST"))
        .uri(path.trim_end_matches('?'))
        .header("host", "api.ibkr.com")
        .header("authorization", header.replace(old, new))
        .body(Body::empty())
        .unwrap()
        .into_parts();
    let at = Timestamp::from_second(signed + seconds).unwrap();
    ReceivedRequest { head, path_parameters: HashMap::new(), body: Some(Bytes::new()), at, violation: None }
}

/// A live session token of the vectors.
fn agreed(oauth: &mut OAuth) {
    let vectors = test_vectors();
    let token = vectors["key_cases"]["top-bit-set"]["live_session_token"].as_str().unwrap();
    oauth.live.push(LiveSessionToken {
        access_token: oauth.credentials.access_token.clone(),
        key: hmac::Key::new(hmac::HMAC_SHA256, &BASE64_STANDARD.decode(token).unwrap()),
        ends: Timestamp::from_second(1_700_000_120).unwrap(),
    });
}

const SAME: (&str, &str) = ("", "");

#[test]
fn the_requests_of_the_vectors_are_let_in_once() {
    let vectors = test_vectors();
    for vector in vectors["protected_requests"].as_array().unwrap() {
        let mut oauth = oauth();
        assert_eq!(oauth.admit(None, &request(vector, 0, SAME)), Err(Denial::NotSigned), "no token yet");
        agreed(&mut oauth);
        assert_eq!(oauth.admit(None, &request(vector, 0, SAME)), Ok(false));
        assert_eq!(oauth.admit(None, &request(vector, 0, SAME)), Err(Denial::Signature), "the nonce");
    }
    let mut oauth = oauth();
    let operation = Some(Operation::OauthLiveSessionTokenPost);
    let request = request(&vectors["lst_request"], 0, SAME);
    assert_eq!(oauth.admit(operation, &request), Ok(false));
    assert_eq!(oauth.admit(operation, &request), Err(Denial::Signature), "the nonce");
}

#[test]
fn what_is_wrong_decides_the_refusal() {
    let unknown = Denial::AccessToken("00112233445566778890".to_owned());
    let vectors = test_vectors();
    let signed = &vectors["protected_requests"][1];
    for (change, seconds, denial, of_token) in [
        (("MADEUPKEY", "MADEUPKEZ"), 0, Denial::Consumer, Denial::Consumer),
        (("66778899", "66778890"), 0, Denial::NotSigned, unknown),
        (("-SHA256", "-SHA1"), 0, Denial::Signature, Denial::Signature),
        (("%3D", ""), 0, Denial::Signature, Denial::Signature),
        (("realm=\"limited_poa\"", "more=\"1\""), 0, Denial::Signature, Denial::Signature),
        (("oauth_nonce", "nonce"), 0, Denial::Signature, Denial::Signature),
        (SAME, 301, Denial::Signature, Denial::Signature),
        (SAME, -301, Denial::Signature, Denial::Signature),
        // Milliseconds.
        (
            ("oauth_timestamp=\"17000000", "oauth_timestamp=\"17000000000"),
            0,
            Denial::Signature,
            Denial::Signature,
        ),
        (("OAuth ", "Basic "), 0, Denial::NotSigned, Denial::NotSigned),
        (("OAuth ", "Bearer "), 0, Denial::NotSigned, Denial::NotSigned),
    ] {
        let mut oauth = oauth();
        agreed(&mut oauth);
        oauth.live[0].ends = Timestamp::MAX;
        assert_eq!(oauth.admit(None, &request(signed, seconds, change)), Err(denial), "{change:?}");
        let operation = Some(Operation::OauthLiveSessionTokenPost);
        let request = request(&vectors["lst_request"], seconds, change);
        assert_eq!(oauth.admit(operation, &request), Err(of_token), "{change:?}");
    }
    for seconds in [-300, 300] {
        let mut oauth = oauth();
        agreed(&mut oauth);
        oauth.live[0].ends = Timestamp::MAX;
        assert_eq!(oauth.admit(None, &request(signed, seconds, ("limited_poa", "any"))), Ok(false));
    }
}

#[test]
fn an_ended_token_signs_nothing_and_is_no_wrong_signature() {
    let vectors = test_vectors();
    let signed = &vectors["protected_requests"][0];
    let mut oauth = oauth();
    agreed(&mut oauth);
    // Another one, which lives on.
    oauth.live.push(LiveSessionToken {
        access_token: oauth.credentials.access_token.clone(),
        key: hmac::Key::new(hmac::HMAC_SHA256, b"made-up"),
        ends: Timestamp::MAX,
    });
    assert_eq!(oauth.admit(None, &request(signed, 60, SAME)), Err(Denial::NotSigned));
    assert_eq!(oauth.live(Timestamp::UNIX_EPOCH), 1);
    let changed = request(signed, 60, ("%3D", ""));
    assert_eq!(oauth.admit(None, &changed), Err(Denial::Signature));
}

#[test]
fn nonces_are_forgotten_with_their_timestamps() {
    let of = |nonce: &str, timestamp: i64| {
        Parameters::read(&format!(r#"oauth_nonce="{nonce}",oauth_timestamp="{timestamp}""#)).unwrap()
    };
    let mut nonces = Nonces::default();
    for second in 0..1_000 {
        let now = Timestamp::from_second(second).unwrap();
        let parameters = of(&second.to_string(), second);
        let timestamp = nonces.check(&parameters, now).unwrap();
        nonces.note(&parameters, timestamp, now);
        assert_eq!(nonces.check(&parameters, now), Err(Denial::Signature));
    }
    assert_eq!((nonces.seen.len(), nonces.order.len()), (301, 301));
}
