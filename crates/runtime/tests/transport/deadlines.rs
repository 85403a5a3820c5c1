//! Nothing hangs.

use broker_session_runtime::Unfit;

use crate::support::{API, CUT, Server, builder, call, deadlines, unfit};

#[tokio::test]
async fn a_silent_server_meets_the_deadline() {
    let server = Server::start(&[""], true).await;
    let transport = builder(&API).deadlines(deadlines(100)).build();
    assert!(call(&transport, &server.url, "never").await.unwrap_err().is_timeout());
}

#[tokio::test]
async fn a_body_that_never_ends_meets_the_deadline_and_keeps_its_status() {
    let server = Server::start(&[CUT], true).await;
    let transport = builder(&API).deadlines(deadlines(100)).build();
    let response = call(&transport, &server.url, "never").await.unwrap();
    assert_eq!((response.status().as_u16(), unfit(&response)), (200, Some(Unfit::Slow)));
}
