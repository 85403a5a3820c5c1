use super::*;

const SPEC: &str = "
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
          application/x-www-form-urlencoded: { schema: { $ref: '#/components/schemas/Thing' } }
    get: { operationId: look, security: [] }
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

/// What the spec has against a request with this change to a good one.
fn breach(change: impl FnOnce(&mut Parts), body: &str) -> Option<String> {
    let request = http::Request::post("/things/one/1").header("x-key", "").header("count", "3");
    let request = request.header("authorization", "Bearer t").header("content-type", JSON);
    let (mut head, ()) = request.body(()).unwrap().into_parts();
    change(&mut head);
    let spec = crate::Spec::read(SPEC).unwrap();
    let body = Bytes::from(body.to_owned());
    let request = Request { head: &head, path_parameters: &path("one", "1"), body: Some(&body) };
    spec.requests().breach("make", &request, &[]).map(|breach| breach.to_string())
}

const GOOD: &str = r#"{"first":"","second":"ab","third":null,"unknown":[1]}"#;

#[test]
fn a_request_as_the_spec_has_it_is_let_through_with_whatever_else_it_has() {
    assert_eq!(breach(|_| (), GOOD), None);
    let other = |head: &mut Parts| {
        head.uri = "/things/one/1?force=true&other=1".parse().unwrap();
        head.headers.insert("content-type", "Application/JSON; charset=utf-8".parse().unwrap());
        head.headers.insert("x-other", "1".parse().unwrap());
    };
    assert_eq!(breach(other, GOOD), None);
}

#[test]
fn each_missing_or_wrong_part_of_a_head_is_named() {
    let without = |name: &'static str| breach(move |head| drop(head.headers.remove(name)), GOOD);
    assert_eq!(without("x-key").unwrap(), "X-Key is missing");
    assert_eq!(without("authorization").unwrap(), "authorization is missing");
    assert_eq!(without("count").unwrap(), "Count is missing");
    assert_eq!(without("content-type").unwrap().split(';').next(), Some("the content type is missing"));
    let with = |name: &'static str, value: &'static str| {
        breach(move |head| drop(head.headers.insert(name, value.parse().unwrap())), GOOD)
    };
    assert_eq!(with("authorization", "Basic t").unwrap(), "authorization is missing");
    assert_eq!(with("count", "three").unwrap(), "Count must be an integer");
    assert!(with("content-type", "text/plain").unwrap().starts_with("the content type must be application/"));
    let query = breach(|head| head.uri = "/things/one/1?force=perhaps".parse().unwrap(), GOOD);
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
        assert_eq!(breach(|_| (), body).as_deref(), Some(expected), "{body}");
    }
}

#[test]
fn a_form_is_an_object_whose_fields_come_once_and_say_something() {
    let form =
        |body: &str| breach(|head| drop(head.headers.insert("content-type", FORM.parse().unwrap())), body);
    assert_eq!(form("first=1&second=ab&third=&other=x"), None);
    assert_eq!(form("first=1&first=2&second=ab").unwrap(), "first must come once");
    assert_eq!(form("first=&second=ab").unwrap(), "first is missing");
    assert_eq!(form("first=1&second=ab&other=x&other=y"), None);
    assert_eq!(form("first=1&second=ab&fourth=4"), None);
    assert_eq!(form("first=1&second=ab&fourth=four").unwrap(), "fourth must be an integer");
}

#[test]
fn each_parameter_of_a_path_is_judged_by_its_own_schema() {
    let spec = crate::Spec::read(SPEC).unwrap();
    let request = http::Request::post("/").header("x-key", "").header("count", "3");
    let request = request.header("authorization", "Bearer t").header("content-type", JSON);
    let (head, ()) = request.body(()).unwrap().into_parts();
    for (parameters, expected) in [
        (path("one", "1"), None),
        (path("longer", "1"), Some("name must keep to the `maxLength` of the spec")),
        (path("one", "two"), Some("number must be an integer")),
        (HashMap::new(), Some("name is missing")),
    ] {
        let request = Request {
            head: &head,
            path_parameters: &parameters,
            body: Some(&Bytes::from_static(GOOD.as_bytes())),
        };
        let breach = spec.requests().breach("make", &request, &[]).map(|breach| breach.to_string());
        assert_eq!(breach.as_deref(), expected);
    }
}

#[test]
fn nothing_is_demanded_where_the_spec_says_so_or_says_nothing() {
    let spec = crate::Spec::read(SPEC).unwrap();
    let (head, ()) = http::Request::get("/things/one/1").body(()).unwrap().into_parts();
    for operation in ["look", "unknown"] {
        let request = Request { head: &head, path_parameters: &path("one", "1"), body: Some(&Bytes::new()) };
        assert_eq!(spec.requests().breach(operation, &request, &[]), None);
    }
}
