//! What an observer of drift says of answers that are not what a spec describes, and what it keeps to itself.
#![allow(clippy::unwrap_used, reason = "a helper of a test fails the test by panicking")]

use std::{
    pin::Pin,
    sync::{Arc, Mutex},
};

use broker_session_runtime::{
    Api, Deadlines, Drift, DriftObserver, Exchange, HttpClientBuilder, Member, Operation, Retry, Shape,
    Status, Transport, TransportBuilder,
};
use progenitor_client::OperationInfo;
use reqwest::{Client, Request, Response};

fn fits_anything(_body: &[u8]) -> Result<(), serde_json::Error> {
    Ok(())
}

const fn may(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, aliases: &[], required: false, shape }
}

const fn must(name: &'static str, shape: &'static Shape) -> Member {
    Member { name, aliases: &[], required: true, shape }
}

static SESSION: Shape = Shape::Object {
    members: &[
        must("token", &Shape::Secret),
        may("name", &Shape::OrNull(&Shape::Text)),
        Member { name: "email", aliases: &["emailID"], required: true, shape: &Shape::Text },
        may("count", &Shape::Integer),
        may("rate", &Shape::Number),
        may("live", &Shape::Boolean),
        may("hosts", &Shape::List(&HOST)),
        may("segments", &Shape::Object { members: &[], others: Some(&Shape::Text) }),
        may("more", &Shape::Any),
    ],
    others: None,
};
static HOST: Shape = Shape::Object { members: &[may("host", &Shape::Text)], others: None };
static FAULT: Shape = Shape::Object { members: &[must("error", &Shape::Text)], others: None };
static ANSWER: Shape = Shape::AnyOf(&[&FAULT, &SESSION]);

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
        servers: &[],
        retry: Retry::Never,
        security: &[],
        secret_headers: &["x-code"],
        secret_members: &[],
        statuses: &[
            Status {
                code: 200,
                kind: None,
                fits: fits_anything,
                may_be_empty: false,
                judges: false,
                success: &[],
                shape: Some(&ANSWER),
            },
            Status {
                code: 500,
                kind: None,
                fits: fits_anything,
                may_be_empty: false,
                judges: false,
                success: &[],
                shape: None,
            },
        ],
        rate_limit: None,
        error_codes: &[],
        time_step: None,
    }],
    error_codes: &[],
    hints: &[],
    rate_limit: None,
    penalty: None,
};

/// What all answers are.
struct Answer(u16, String);

impl Exchange for Answer {
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

async fn answered(observed: TransportBuilder, status: u16, body: &str) {
    let transport = observed.exchange(Arc::new(Answer(status, body.to_owned()))).build();
    let client = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default()).unwrap();
    let mut request = client.get("http://127.0.0.1:9/login").header("x-code", CODE).build().unwrap();
    let info = OperationInfo { operation_id: "login" };
    transport.pre::<()>(&mut request, &info).unwrap();
    transport.exec(&client, request, &info).await.unwrap();
}

/// An observer, and what it has said.
fn observer() -> (TransportBuilder, Arc<Mutex<Vec<Drift>>>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let sink = said.clone();
    let observer = DriftObserver::new(move |drift| sink.lock().unwrap().push(drift.clone()));
    (Transport::builder(&API).observe_drift(observer), said)
}

/// What is said of one answer: the pointers and what is different there.
async fn said_of(body: &str) -> Vec<String> {
    let (observed, said) = observer();
    answered(observed, 200, body).await;
    let said = said.lock().unwrap();
    said.iter().map(|drift| format!("{} {}", drift.pointer, drift.change)).collect()
}

#[tokio::test]
async fn an_answer_as_the_spec_describes_it_is_no_drift() {
    for body in [
        r#"{"token":"made-up","email":"e"}"#,
        r#"{"token":"made-up","emailID":"e","name":null,"count":3.0,"rate":2,"live":true,"more":[{}],
            "hosts":[{"host":"h"},{}],"segments":{"CASH":"y"}}"#,
        r#"{"error":"words"}"#,
    ] {
        assert_eq!(said_of(body).await, [""; 0], "{body}");
    }
}

#[tokio::test]
async fn unknown_missing_and_retyped_members_are_told_by_their_pointers() {
    for (body, expected) in [
        (r#"{"token":"made-up","email":"e","new":1}"#, &["/new unknown"] as &[_]),
        (r#"{"token":"made-up"}"#, &["/email missing"]),
        (r#"{"token":"made-up","email":"e","count":"3"}"#, &["/count text in place of integer"]),
        (r#"{"token":"made-up","email":"e","count":3.5}"#, &["/count number in place of integer"]),
        (r#"{"token":"made-up","email":"e","count":null}"#, &["/count null in place of integer"]),
        (r#"{"token":"made-up","email":"e","name":{}}"#, &["/name object in place of text"]),
        (r#"{"token":7,"email":"e"}"#, &["/token integer in place of text"]),
        (
            r#"{"token":"made-up","email":"e","hosts":[{},{"host":1,"port":2}],"segments":{"FNO":false}}"#,
            &[
                "/hosts/1/host integer in place of text",
                "/hosts/1/port unknown",
                "/segments/FNO boolean in place of text",
            ],
        ),
        (r#"{"error":"words","token":"made-up"}"#, &["/token unknown"]),
        ("[]", &[" list in place of one of several forms"]),
    ] {
        let mut said = said_of(body).await;
        said.sort();
        let expected: Vec<&str> = expected.to_vec();
        assert_eq!(said, expected, "{body}");
    }
}

#[tokio::test]
async fn an_object_of_no_known_form_is_compared_with_the_one_that_it_has_most_in_common_with() {
    for (body, expected) in [
        (r#"{"payload":{"token":"made-up"},"email":"e"}"#, ["/payload unknown", "/token missing"]),
        (
            r#"{"payload":{"token":"made-up"}}"#,
            [" object in place of one of several forms", "/payload unknown"],
        ),
    ] {
        let mut said = said_of(body).await;
        said.sort();
        assert_eq!(said, expected, "{body}");
    }
}

#[tokio::test]
async fn no_value_is_told_and_no_name_that_may_be_one() {
    let token = "made-up-token-of-the-answer";
    let body = format!(
        r#"{{"token":"{token}","email":"e","{token}":1,"x-{CODE}":2,"a b":3,"{}":4,"f81d4fae-7dec-11d0":5,"":6}}"#,
        "long".repeat(11)
    );
    let said = said_of(&body).await;
    // One by one they cannot be told apart, and what is the same is told once.
    assert_eq!(said, ["/[redacted] unknown"]);
    // The secret may stand behind all that is told.
    let letter = |number: u8| char::from(b'a' + number);
    let many: Vec<String> =
        (0..26).flat_map(|a| (0..2).map(move |b| format!(r#""n{}{}":1"#, letter(a), letter(b)))).collect();
    let body = format!(r#"{{"MadeUpName":1,{},"token":"MadeUpName","email":"e"}}"#, many.join(","));
    let said = said_of(&body).await;
    assert_eq!((said.len(), said.iter().any(|said| said.contains("MadeUpName"))), (32, false), "{said:?}");
}

#[tokio::test]
async fn each_difference_is_told_once_in_the_life_of_an_observer() {
    let (observed, said) = observer();
    for body in [
        r#"{"token":"made-up","email":"e","new":1,"hosts":[{"port":1},{"port":2}]}"#,
        r#"{"token":"made-up","email":"e","new":2,"hosts":[{},{"port":3}]}"#,
        r#"{"token":"made-up","email":"e","newer":1}"#,
    ] {
        answered(observed.clone(), 200, body).await;
    }
    let mut pointers: Vec<String> = said.lock().unwrap().iter().map(|drift| drift.pointer.clone()).collect();
    pointers.sort();
    assert_eq!(pointers, ["/hosts/0/port", "/new", "/newer"]);
}

#[tokio::test]
async fn a_hostile_server_cannot_make_an_observer_talk_for_ever() {
    let (observed, said) = observer();
    for round in 0..40 {
        let letter = |number: usize| char::from(b'a' + u8::try_from(number % 26).unwrap());
        let name = |number: usize| format!("m{}{}{}", letter(number), letter(number / 26), letter(round));
        let members: Vec<String> = (0..100).map(|number| format!(r#""{}":1"#, name(number))).collect();
        let body = format!(r#"{{"token":"made-up","email":"e",{}}}"#, members.join(","));
        answered(observed.clone(), 200, &body).await;
    }
    assert_eq!(said.lock().unwrap().len(), 256);
}

#[tokio::test]
async fn what_has_no_schema_or_is_no_json_is_not_compared() {
    let (observed, said) = observer();
    for (status, body) in
        [(500, r#"{"new":1}"#), (418, r#"{"new":1}"#), (200, "<html></html>"), (200, ""), (200, "{")]
    {
        answered(observed.clone(), status, body).await;
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    answered(observed, 200, &deep).await;
    assert_eq!(said.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn an_undocumented_success_is_compared_with_that_of_200() {
    let (observed, said) = observer();
    answered(observed, 201, r#"{"token":"made-up","email":"e","new":1}"#).await;
    let said = said.lock().unwrap();
    assert_eq!(said.iter().map(|drift| (drift.status, &*drift.pointer)).collect::<Vec<_>>(), [(200, "/new")]);
    assert_eq!(
        said[0].to_string(),
        "the answer 200 to `login` is not what the spec describes at `/new`: unknown"
    );
}
