//! Another program's requests go through a session with OAuth, at a sandbox that checks every signature.

use broker_session::{Error, Forwarded, Session, ibkr::Compete};
use broker_session_sandbox::ibkr::{Operation, Sandbox};
use http::{Method, Request, StatusCode};
use reqwest::Body;

use crate::support::{builder, oauth1a};

async fn signed_in() -> Result<(Sandbox, Session), Error> {
    let sandbox = Sandbox::builder().oauth().start().await.expect("a sandbox on loopback");
    let client = builder(sandbox.base_url()).oauth1a(oauth1a(&sandbox)).build()?;
    let session = client.login(Compete::Yield).await?.without_profile();
    Ok((sandbox, session))
}

async fn forward(session: &Session, method: Method, path: &str) -> Result<Forwarded, Error> {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer evil");
    session.forward(request.body(Body::default()).unwrap()).await
}

#[tokio::test]
async fn a_request_is_signed_with_its_query() -> Result<(), Error> {
    let (_sandbox, session) = signed_in().await?;
    for path in [
        "/iserver/accounts",
        "/portfolio/accounts?fields=31,84&a%20b=c%26d&e=%C3%A9",
        "/portfolio/accounts?a='b'&a=*&+=%2b&c",
    ] {
        let forwarded = forward(&session, Method::GET, path).await?;
        assert_eq!(forwarded.response.status(), StatusCode::OK, "{path}");
        assert!(!forwarded.is_session_over);
    }
    Ok(())
}

#[tokio::test]
async fn a_token_that_the_broker_has_lost_is_replaced() -> Result<(), Error> {
    let (sandbox, session) = signed_in().await?;
    let exchanges = || sandbox.call_count(Operation::OauthLiveSessionTokenPost);
    sandbox.end_live_session_tokens();
    // The token is too young to be replaced by the request itself.
    let forwarded = forward(&session, Method::GET, "/iserver/accounts").await?;
    assert_eq!((forwarded.response.status(), exchanges()), (StatusCode::UNAUTHORIZED, 1));
    assert!(forwarded.is_session_over);
    Ok(())
}

#[tokio::test]
async fn a_web_socket_gets_cookie_and_token() -> Result<(), Error> {
    let (sandbox, session) = signed_in().await?;
    for (path, query) in [("/ws", ""), ("/ws?a=b%20c&oauth_token=evil", "a=b%20c&")] {
        let request = Request::get(path).header("connection", "upgrade").header("upgrade", "websocket");
        session.forward(request.body(Body::default()).unwrap()).await?;
        let calls = sandbox.calls();
        let call = calls.last().unwrap();
        let token = sandbox.oauth_credentials().unwrap().access_token;
        assert_eq!(call.path, "/v1/api/ws");
        assert_eq!(call.query.as_deref(), Some(&*format!("{query}oauth_token={token}")));
        assert!(call.header("cookie").unwrap().starts_with("api="));
        assert_eq!(call.header("authorization"), None);
    }
    // No handshake came about, but that says nothing of the session: its id is still good.
    assert_eq!(sandbox.call_count(Operation::TicklePost), 1);
    Ok(())
}
