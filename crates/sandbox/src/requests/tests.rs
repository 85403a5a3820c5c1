use super::*;

const SPEC: &str = "
openapi: 3.0.3
info: { title: Things, version: '1' }
security: [{ key: [], token: [] }]
paths:
  /things/{name}/{number}:
    parameters:
      - { name: name, in: path, required: true, schema: { type: string, maxLength: 5 } }
      - { name: number, in: path, required: true, schema: { type: integer } }
    post:
      operationId: make
      parameters:
        - $ref: '#/components/parameters/Count'
        - { name: force, in: query, schema: { type: boolean } }
      requestBody:
        required: true
        content:
          application/json: { schema: { $ref: '#/components/schemas/Thing' } }
      responses: {}
    put:
      operationId: fill
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/Thing' } }
      responses: {}
    get: { operationId: look, security: [], responses: {} }
components:
  securitySchemes:
    key: { type: apiKey, in: header, name: X-Key }
    token: { type: http, scheme: bearer }
  parameters:
    Count: { name: Count, in: header, required: true, schema: { type: integer } }
  schemas:
    Thing:
      type: object
      required: [first, second]
      properties:
        first: { type: string }
        second: { $ref: '#/components/schemas/Second' }
        third: { type: string, nullable: true, enum: [a, b] }
        fourth: { $ref: '#/components/schemas/Fourth' }
    Fourth: { type: integer }
    Second: { type: string, minLength: 2 }
";

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameters of a path.
fn path(name: &str, number: &str) -> HashMap<String, String> {
    [("name", name), ("number", number)].map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

/// How a request with this change to a good one breaks the spec.
fn violation(change: impl FnOnce(&mut ReceivedRequest), body: &str) -> Option<String> {
    violation_of("make", change, body)
}

fn violation_of(operation: &str, change: impl FnOnce(&mut ReceivedRequest), body: &str) -> Option<String> {
    let request = http::Request::post("/things/one/1").header("x-key", "").header("count", "3");
    let request = request.header("authorization", "Bearer t").header("content-type", JSON);
    let (head, ()) = request.body(()).unwrap().into_parts();
    let (path_parameters, body) = (path("one", "1"), Some(Bytes::from(body.to_owned())));
    let mut request =
        ReceivedRequest { head, path_parameters, body, at: jiff::Timestamp::UNIX_EPOCH, violation: None };
    change(&mut request);
    let spec = crate::Spec::read(SPEC).unwrap();
    spec.requests().violation(operation, &request, &[]).map(|violation| violation.to_string())
}

fn with(name: &'static str, value: &'static str) -> impl FnOnce(&mut ReceivedRequest) {
    move |request| drop(request.head.headers.insert(name, value.parse().unwrap()))
}

const GOOD: &str = r#"{"first":"","second":"ab","third":null,"unknown":[1]}"#;

#[test]
fn a_request_as_the_spec_has_it_is_let_through_with_whatever_else_it_has() {
    assert_eq!(violation(|_| (), GOOD), None);
    let other = |request: &mut ReceivedRequest| {
        request.head.uri = "/things/one/1?force=true&other=1".parse().unwrap();
        with("content-type", "Application/JSON; charset=utf-8")(request);
        with("x-other", "1")(request);
    };
    assert_eq!(violation(other, GOOD), None);
}

#[test]
fn each_missing_or_wrong_part_of_a_head_is_named() {
    for (name, expected) in [
        ("x-key", "X-Key is missing"),
        ("authorization", "authorization is missing"),
        ("count", "Count is missing"),
        ("content-type", "the content type is missing; it must be application/json"),
    ] {
        let found = violation(|request| drop(request.head.headers.remove(name)), GOOD);
        assert_eq!(found.as_deref(), Some(expected));
    }
    for (name, value, expected) in [
        ("authorization", "Basic t", "authorization is missing"),
        ("count", "three", "Count must be an integer"),
        ("content-type", "text/plain", "the content type must be application/json"),
    ] {
        assert_eq!(violation(with(name, value), GOOD).as_deref(), Some(expected));
    }
    let query = violation(|request| request.head.uri = "/things/one/1?force=perhaps".parse().unwrap(), GOOD);
    assert_eq!(query.unwrap(), "force must be a boolean");
}

#[test]
fn each_missing_or_wrong_part_of_a_body_is_named() {
    for (body, expected) in [
        ("", "the body is missing"),
        ("{", "the body must be a JSON object"),
        ("[]", "the body must be a JSON object"),
        ("{}", "first is missing"),
        (r#"{"first":null,"second":"ab"}"#, "first is missing"),
        (r#"{"first":1,"second":"ab"}"#, "first must be a string"),
        (r#"{"first":"a","second":"b"}"#, "second must keep to the `minLength` of the spec"),
    ] {
        assert_eq!(violation(|_| (), body).as_deref(), Some(expected), "{body}");
    }
}

#[test]
fn a_form_is_an_object_whose_fields_come_once_and_have_values() {
    for (body, expected) in [
        ("first=1&second=ab&third=&other=x", None),
        ("first=1&first=2&second=ab", Some("first must come once")),
        ("first=&second=ab", Some("first is missing")),
        ("first=1&second=ab&other=x&other=y", None),
        ("first=1&second=ab&fourth=4", None),
        ("first=1&second=ab&fourth=four", Some("fourth must be an integer")),
    ] {
        assert_eq!(violation_of("fill", with("content-type", FORM), body).as_deref(), expected, "{body}");
    }
}

#[test]
fn each_parameter_of_a_path_is_checked_by_its_own_schema() {
    for (parameters, expected) in [
        (path("one", "1"), None),
        (path("longer", "1"), Some("name must keep to the `maxLength` of the spec")),
        (path("one", "two"), Some("number must be an integer")),
        (HashMap::new(), Some("name is missing")),
    ] {
        assert_eq!(violation(|request| request.path_parameters = parameters, GOOD).as_deref(), expected);
    }
}

#[test]
fn nothing_is_demanded_where_the_spec_demands_nothing() {
    for operation in ["look", "unknown"] {
        assert_eq!(violation_of(operation, |request| request.head.headers.clear(), ""), None);
    }
}
