//! What a request looks like on the wire.

use reqwest::Method;

use crate::support::{API, OK, Server, builder, call_with, client, transport};

#[tokio::test]
async fn a_method_that_has_a_body_says_so_when_there_is_none() {
    for (method, expected) in
        [(Method::POST, 1), (Method::PUT, 1), (Method::PATCH, 1), (Method::GET, 0), (Method::DELETE, 0)]
    {
        let server = Server::start(&[OK], false).await;
        call_with(&transport(), method.clone(), &server.url, "never").await.unwrap();
        let head = server.heads().remove(0);
        assert_eq!(head.matches("content-length").count(), expected, "{head}");
        assert_eq!(head.matches("content-length: 0\r\n").count(), expected, "{head}");
        assert!(!head.contains("transfer-encoding"), "{head}");
    }
}

#[tokio::test]
async fn the_length_of_a_body_is_its_own() {
    for (body, expected) in [("{}", "content-length: 2\r\n"), ("", "content-length: 0\r\n")] {
        let server = Server::start(&[OK], false).await;
        let mut request = client().post(&server.url).body(body).build().unwrap();
        let info = progenitor_client::OperationInfo { operation_id: "never" };
        let transport = builder(&API).build();
        transport.pre::<()>(&mut request, &info).unwrap();
        transport.exec(&client(), request, &info).await.unwrap();
        let head = server.heads().remove(0);
        assert_eq!(head.matches("content-length").count(), 1, "{head}");
        assert!(head.contains(expected), "{head}");
    }
}
