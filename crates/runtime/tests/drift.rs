//! What an observer of drift reports, and what it keeps to itself.
#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

use broker_session_runtime::{
    Api, Deadlines, Drift, DriftObserver, HttpClientBuilder, Middleware, Operation, Status, Transport,
    TransportBuilder, decode_anything,
};
use progenitor_client::OperationInfo;
use reqwest::{Client, Request, Response};

const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: test, version: '1' }
paths:
  /login:
    get:
      operationId: login
      responses:
        '200':
          description: The session.
          content:
            application/json:
              schema: { $ref: '#/components/schemas/SessionResponse' }
        '500': { description: A failure. }
components:
  schemas:
    SessionResponse:
      anyOf:
        - $ref: '#/components/schemas/Fault'
        - $ref: '#/components/schemas/Session'
    Fault:
      type: object
      required: [error]
      properties:
        error: { type: string }
    Session:
      type: object
      required: [token, email]
      properties:
        token: { type: string, format: password }
        name: { type: string, nullable: true }
        email: { type: string, x-aliases: [emailID] }
        count: { type: integer, format: int64 }
        rate: { type: number }
        live: { type: boolean }
        hosts: { type: array, items: { $ref: '#/components/schemas/Host' } }
        segments: { type: object, additionalProperties: { type: string } }
        more: {}
    Host:
      type: object
      properties:
        host: { type: string }
"##;

static API: Api = Api {
    title: "test",
    version: "1",
    servers: &[],
    domains: &[],
    security_schemes: &[],
    operations: &[Operation {
        id: "login",
        method: "GET",
        path: "/login",
        secret_headers: &["x-code"],
        statuses: &[Status::success(200, decode_anything), Status::failure(500, None)],
        ..Operation::EMPTY
    }],
    error_codes: &[],
    hints: &[],
    rate_limit: None,
    penalty: None,
    document: Some(DOCUMENT),
};

/// The response to every request.
struct Fixed(u16, String);

impl Middleware for Fixed {
    fn execute<'a>(
        &'a self,
        _client: &'a Client,
        _request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        let response = http::Response::builder().status(self.0).body(self.1.clone()).unwrap();
        Box::pin(std::future::ready(Ok(response.into())))
    }
}

/// The secret of the request.
const CODE: &str = "made-up-code";

async fn respond(observed: TransportBuilder, status: u16, body: &str) {
    let transport = observed.middleware(Arc::new(Fixed(status, body.to_owned()))).build();
    let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap();
    let mut request = client.get("http://127.0.0.1:9/login").header("x-code", CODE).build().unwrap();
    let info = OperationInfo { operation_id: "login" };
    transport.pre::<()>(&mut request, &info).unwrap();
    transport.exec(&client, request, &info).await.unwrap();
}

/// An observer, and what it has reported.
fn observer() -> (TransportBuilder, Arc<Mutex<Vec<Drift>>>) {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let sink = reported.clone();
    let observer = DriftObserver::new(move |drift| sink.lock().unwrap().push(drift.clone()));
    (Transport::builder(&API).observe_drift(observer), reported)
}

/// The pointers and changes that are reported of one response.
async fn reported_of(body: &str) -> Vec<String> {
    let (observed, reported) = observer();
    respond(observed, 200, body).await;
    let reported = reported.lock().unwrap();
    reported.iter().map(|drift| format!("{} {}", drift.pointer, drift.change)).collect()
}

#[tokio::test]
async fn a_response_as_in_the_spec_is_no_drift() {
    for body in [
        r#"{"token":"made-up","email":"e"}"#,
        r#"{"token":"made-up","emailID":"e","name":null,"count":3.0,"rate":2,"live":true,"more":[{}],
            "hosts":[{"host":"h"},{}],"segments":{"CASH":"y"}}"#,
        r#"{"error":"words"}"#,
    ] {
        assert_eq!(reported_of(body).await, [""; 0], "{body}");
    }
}

#[tokio::test]
async fn unknown_missing_and_retyped_fields_are_reported_by_pointer() {
    for (body, expected) in [
        (r#"{"token":"made-up","email":"e","new":1}"#, &["/new unknown"] as &[_]),
        (r#"{"token":"made-up"}"#, &["/email missing"]),
        (r#"{"token":"made-up","email":"e","count":"3"}"#, &["/count string in place of integer"]),
        (r#"{"token":"made-up","email":"e","count":3.5}"#, &["/count number in place of integer"]),
        (r#"{"token":"made-up","email":"e","count":null}"#, &["/count null in place of integer"]),
        (r#"{"token":"made-up","email":"e","name":{}}"#, &["/name object in place of string"]),
        (r#"{"token":7,"email":"e"}"#, &["/token integer in place of string"]),
        (
            r#"{"token":"made-up","email":"e","hosts":[{},{"host":1,"port":2}],"segments":{"FNO":false}}"#,
            &[
                "/hosts/1/host integer in place of string",
                "/hosts/1/port unknown",
                "/segments/FNO boolean in place of string",
            ],
        ),
        (r#"{"error":"words","token":"made-up"}"#, &["/token unknown"]),
        ("[]", &[" array in place of one of several forms"]),
    ] {
        let mut reported = reported_of(body).await;
        reported.sort();
        let expected: Vec<&str> = expected.to_vec();
        assert_eq!(reported, expected, "{body}");
    }
}

#[tokio::test]
async fn an_object_of_no_known_form_is_compared_with_the_nearest() {
    for (body, expected) in [
        (r#"{"payload":{"token":"made-up"},"email":"e"}"#, ["/payload unknown", "/token missing"]),
        (
            r#"{"payload":{"token":"made-up"}}"#,
            [" object in place of one of several forms", "/payload unknown"],
        ),
    ] {
        let mut reported = reported_of(body).await;
        reported.sort();
        assert_eq!(reported, expected, "{body}");
    }
}

#[tokio::test]
async fn no_value_is_reported_and_no_name_that_may_be_one() {
    let token = "made-up-token-of-the-response";
    let body = format!(
        r#"{{"token":"{token}","email":"e","{token}":1,"x-{CODE}":2,"a b":3,"{}":4,"f81d4fae-7dec-11d0":5,"":6}}"#,
        "long".repeat(11)
    );
    let reported = reported_of(&body).await;
    // All of them look the same, and the same is reported once.
    assert_eq!(reported, ["/[redacted] unknown"]);
    // The secret may come after all that is reported.
    let letter = |number: u8| char::from(b'a' + number);
    let many: Vec<String> =
        (0..26).flat_map(|a| (0..2).map(move |b| format!(r#""n{}{}":1"#, letter(a), letter(b)))).collect();
    let body = format!(r#"{{"MadeUpName":1,{},"token":"MadeUpName","email":"e"}}"#, many.join(","));
    let reported = reported_of(&body).await;
    assert_eq!(
        (reported.len(), reported.iter().any(|line| line.contains("MadeUpName"))),
        (32, false),
        "{reported:?}"
    );
}

#[tokio::test]
async fn each_difference_is_reported_once_per_observer() {
    let (observed, reported) = observer();
    for body in [
        r#"{"token":"made-up","email":"e","new":1,"hosts":[{"port":1},{"port":2}]}"#,
        r#"{"token":"made-up","email":"e","new":2,"hosts":[{},{"port":3}]}"#,
        r#"{"token":"made-up","email":"e","newer":1}"#,
    ] {
        respond(observed.clone(), 200, body).await;
    }
    let mut pointers: Vec<String> =
        reported.lock().unwrap().iter().map(|drift| drift.pointer.clone()).collect();
    pointers.sort();
    assert_eq!(pointers, ["/hosts/0/port", "/new", "/newer"]);
}

#[tokio::test]
async fn a_hostile_server_cannot_make_it_report_for_ever() {
    let (observed, reported) = observer();
    for round in 0..40 {
        let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
        let name = |number: usize| format!("m{}{}{}", letter(number), letter(number / 26), letter(round));
        let fields: Vec<String> = (0..100).map(|number| format!(r#""{}":1"#, name(number))).collect();
        let body = format!(r#"{{"token":"made-up","email":"e",{}}}"#, fields.join(","));
        respond(observed.clone(), 200, &body).await;
    }
    assert_eq!(reported.lock().unwrap().len(), 256);
}

#[tokio::test]
async fn a_body_without_schema_or_json_is_not_compared() {
    let (observed, reported) = observer();
    for (status, body) in
        [(500, r#"{"new":1}"#), (418, r#"{"new":1}"#), (200, "<html></html>"), (200, ""), (200, "{")]
    {
        respond(observed.clone(), status, body).await;
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    respond(observed, 200, &deep).await;
    assert_eq!(reported.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn an_undocumented_success_is_compared_with_that_of_200() {
    let (observed, reported) = observer();
    respond(observed, 201, r#"{"token":"made-up","email":"e","new":1}"#).await;
    let reported = reported.lock().unwrap();
    assert_eq!(
        reported.iter().map(|drift| (drift.status, &*drift.pointer)).collect::<Vec<_>>(),
        [(200, "/new")]
    );
    assert_eq!(
        reported[0].to_string(),
        "the response 200 of `login` is not what the spec describes at `/new`: unknown"
    );
}
