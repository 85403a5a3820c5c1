//! From a spec to Rust: what comes out, and that nothing panics on the way.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests, too")]

use std::{path::Path, thread};

use broker_session_codegen::{generate, header_hash, spec_hash};
use broker_session_openapi::{self as spec, Document};
use serde_json::{Value, json};

fn good() -> Document {
    Document::load(Path::new("tests/fixtures/good.yaml")).unwrap()
}

#[test]
fn the_same_spec_gives_the_same_text() {
    assert_eq!(generate(&good()).unwrap(), generate(&good()).unwrap());
}

#[test]
fn the_header_names_the_hash_of_the_spec() {
    let document = good();
    let text = generate(&document).unwrap();
    assert_eq!(header_hash(&text), Some(spec_hash(document.text().as_bytes()).as_str()));
}

#[test]
fn the_text_is_rust_and_has_a_method_for_each_operation() {
    let document = good();
    let text = generate(&document).unwrap();
    for operation in spec::operations(&document) {
        assert!(text.contains(&format!("pub async fn {}", operation.id)), "{}", operation.id);
        assert!(text.contains(&format!("id: \"{}\"", operation.id)), "{}", operation.id);
    }
}

#[test]
fn secrets_become_the_runtimes_type_in_bodies_and_headers() {
    let mut value = good().value().clone();
    add_operation(&mut value);
    let text = generated(&value).unwrap();
    assert!(text.contains("pub password: broker_session_runtime::SerializableSecret"), "{text}");
    assert!(text.contains("one_time_token: &'a broker_session_runtime::SerializableSecret"), "{text}");
    assert!(text.contains("secret_headers: &[\"oneTimeToken\"]"), "{text}");
    assert!(text.contains("secret_fields: &[\"password\"]"), "{text}");
}

#[test]
fn a_secret_stays_one_with_anything_else_in_its_schema() {
    for more in
        [json!({"nullable": true}), json!({"x-evidence": "observed"}), json!({"description": "A pin."})]
    {
        let mut value = good().value().clone();
        add_operation(&mut value);
        let password = "/components/schemas/Sample/properties/password";
        let schema = value.pointer_mut(password).unwrap().as_object_mut().unwrap();
        schema.extend(more.as_object().unwrap().clone());
        let text = generated(&value).unwrap();
        assert!(text.contains("pub password: broker_session_runtime::SerializableSecret"), "{more}");
    }
}

#[test]
fn secrets_are_known_behind_a_reference_as_well() {
    let document = good();
    let text = generate(&document).unwrap();
    assert!(text.contains("secret_headers: &[\"sessionToken\"]"), "{text}");
    assert!(text.contains("secret_fields: &[\"refresh_token\"]"), "{text}");
}

#[test]
fn several_spellings_of_a_property_are_brought_into_one() {
    let mut value = good().value().clone();
    add_operation(&mut value);
    let text = plain(&generated(&value).unwrap());
    assert!(text.contains("#[serde(remote = \"Sample\")] pub struct Sample"), "{text}");
    assert!(text.contains("read_normalized!(Sample, [], [\"userId\" | \"userID\"])"), "{text}");
}

#[test]
fn limits_stand_in_the_table_and_in_the_docs() {
    let text = plain(&generate(&good()).unwrap());
    let whole = "rate_limit: Some(RateLimit { requests: 10u32, per: Duration::from_secs(1u64), })";
    let operation = "rate_limit: Some(RateLimit { requests: 1u32, per: Duration::from_secs(60u64), })";
    for part in [whole, operation, "penalty: Some(Duration::from_secs(900u64))"] {
        assert_eq!(text.matches(part).count(), 1, "{part}");
    }
    assert!(text.contains("The broker accepts one request in 60 seconds."), "{text}");
}

#[test]
fn without_limits_the_table_has_none() {
    let mut value = good().value().clone();
    for pointer in ["", "/paths/~1session~1{userid}/get"] {
        let object = value.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        object.retain(|name, _| !["x-rate-limit", "x-penalty-seconds"].contains(&name.as_str()));
    }
    let text = generated(&value).unwrap();
    assert_eq!(text.matches("rate_limit: ").count(), 1, "{text}");
    assert!(text.contains("rate_limit: None") && text.contains("penalty: None"), "{text}");
}

#[test]
fn an_operation_may_have_servers_of_its_own() {
    let mut value = good().value().clone();
    let text = generated(&value).unwrap();
    assert_eq!(text.matches("https://broker.example/api\"").count(), 1, "{text}");
    let own = serde_json::json!([
        { "url": "https://trade.broker.example", "x-environment": "production" },
        { "url": "https://trial.broker.example", "x-environment": "sandbox" },
    ]);
    value["paths"]["/session/{userid}"]["get"]["servers"] = own;
    let text = plain(&generated(&value).unwrap());
    let servers = "servers: &[ Server::production(\"https://trade.broker.example\"), \
                   Server::sandbox(\"https://trial.broker.example\"), ]";
    assert_eq!(text.matches(servers).count(), 1, "{text}");
}

#[test]
fn a_redirect_stands_in_the_table_and_nowhere_else() {
    let document = good();
    let text = plain(&generate(&document).unwrap());
    let status = "Status::failure(302u16, Some(LoginRequired))";
    assert_eq!(text.matches(status).count(), 1, "{text}");
    assert!(!text.contains("302u16 =>"), "{text}");
    let documented =
        "- 302, [`login_required`](broker_session_runtime::ErrorKind::LoginRequired): The session is over.";
    assert!(text.contains(documented), "{text}");
    let operations = spec::operations(&document);
    let redirects = operations.iter().flat_map(|operation| &operation.responses);
    let locations: Vec<_> =
        redirects.filter(|response| response.is_redirect()).map(|response| &response.location).collect();
    assert_eq!(locations, [&Some("/login".to_owned()), &Some("/out".to_owned())]);
}

#[test]
fn the_table_says_which_bodies_may_be_missing() {
    let mut value = good().value().clone();
    value["paths"]["/token"]["post"]["responses"]["200"]["x-may-be-empty"] = json!(true);
    let text = plain(&generated(&value).unwrap());
    let status =
        "Status { may_be_empty: true, ..Status::success(200u16, decode_object::<types::TokenResponse>) }";
    assert_eq!(text.matches(status).count(), 1, "{text}");
}

#[test]
fn where_an_object_is_expected_a_list_does_not_fit() {
    let text = plain(&generate(&good()).unwrap());
    for decode in ["decode_object::<types::TokenResponse>", "decode::<types::SessionResponse>"] {
        assert!(text.contains(decode), "{text}");
    }
}

#[test]
fn failures_have_no_types() {
    let text = plain(&generate(&good()).unwrap());
    for part in ["Fault", "ErrorResponse", "403u16 =>"] {
        let (code, _) = text.split_once("pub mod prelude").unwrap();
        assert!(!code.contains(&format!("pub struct {part}")) && !code.contains(part), "{part}\n{code}");
    }
    assert!(text.contains("Status::failure(403u16, Some(Refused))"), "{text}");
}

#[test]
fn of_the_forms_of_a_success_only_the_success_has_a_type() {
    let mut value = good().value().clone();
    let object = |required: &str, extension: &str| {
        json!({
            "description": "A form.", "type": "object", "required": [required], extension: true,
            "properties": { required: { "type": "string", "description": "It." } },
        })
    };
    let schemas = value.pointer_mut("/components/schemas").unwrap();
    for (name, required) in [("Before", "fault"), ("After", "reason")] {
        schemas[name] = object(required, "x-fault");
    }
    schemas["TokenResponse"]["required"] = json!(["access_token"]);
    schemas["Envelope"] = object("data", "x-envelope");
    schemas["Envelope"]["properties"]["data"] = json!({ "$ref": "#/components/schemas/TokenResponse" });
    let form = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
    schemas["Forms"] = json!({
        "description": "Any form.",
        "anyOf": [form("Before"), form("Envelope"), form("TokenResponse"), form("After")],
    });
    let response = "/paths/~1token/post/responses/200/content/application~1json/schema";
    *value.pointer_mut(response).unwrap() = form("Forms");
    let text = plain(&generated(&value).unwrap());
    assert!(text.contains("Result<ResponseValue<types::TokenResponse>, Error<()>>"), "{text}");
    for name in ["Before", "After", "Envelope", "Forms"] {
        assert!(
            !text.contains(&format!("types::{name}")) && !text.contains(&format!("struct {name}")),
            "{name}"
        );
    }
    let faults = "faults: &[Fault::first(&[\"fault\"]), Fault::last(&[\"reason\"])],";
    assert!(text.contains(faults), "{text}");
    assert!(text.contains("read_normalized!(TokenResponse, [\"data\"], [])"), "{text}");
}

#[test]
fn a_deprecated_operation_says_so_and_can_be_called() {
    let text = generate(&good()).unwrap();
    assert!(text.contains("Deprecated by the broker."), "{text}");
    assert!(!text.contains("#[deprecated"), "{text}");
}

#[test]
fn every_operation_says_how_well_it_is_known_how_often_it_may_be_sent_and_how_it_fails() {
    for spec in ["kotak-session", "ibkr-session", "neo-session"] {
        let path = format!("{}/../../openapi/{spec}.yaml", env!("CARGO_MANIFEST_DIR"));
        let document = Document::load(path.as_ref()).unwrap();
        let text = generate(&document).unwrap();
        for operation in spec::operations(&document) {
            let docs = documentation(&text, &operation.id);
            for part in [
                operation.path.split('{').next().unwrap().to_owned(),
                format!("Evidence: {};", operation.evidence),
                format!("(retry class `{}`)", operation.retry),
            ] {
                assert!(docs.contains(&part), "{}: {part}\n{docs}", operation.id);
            }
            for response in &operation.responses {
                let examples = response.content.iter().flat_map(|media| &media.examples);
                let kinds: Vec<_> =
                    examples.map(|example| &example.kind).chain([&response.kind]).flatten().collect();
                let is_success = (200..300).contains(&response.status);
                let lines = docs.lines().find(|line| line.starts_with(&format!("- {}", response.status)));
                assert_eq!(
                    lines.is_none(),
                    is_success && kinds.is_empty(),
                    "{}: {}",
                    operation.id,
                    response.status
                );
                for kind in kinds {
                    assert!(
                        lines.unwrap().contains(&format!("[`{kind}`]")),
                        "{}: {kind}\n{docs}",
                        operation.id
                    );
                }
            }
        }
    }
}

/// What stands above the method of an operation.
fn documentation(text: &str, operation: &str) -> String {
    let (above, _) = text.split_once(&format!("pub async fn {operation}<")).unwrap();
    let (_, docs) = above.rsplit_once("\n    }\n").unwrap_or(("", above));
    docs.to_owned()
}

#[test]
fn an_optional_flag_in_the_query_can_be_given_or_left_out_by_name() {
    let text = plain(&generate(&good()).unwrap());
    assert!(text.contains("force: Option<bool>, session_token:"), "{text}");
    assert!(text.contains("let force = argument(arguments, \"force\")?;"), "{text}");
    assert!(text.contains("QueryParam::new(\"force\", &force)"), "{text}");
}

/// Every node of a good spec, replaced or left out: the generator returns, and never panics.
#[test]
fn no_single_edit_of_a_spec_makes_the_generator_panic() {
    let value = good().value().clone();
    let mut pointers = Vec::new();
    collect(&value, String::new(), &mut pointers);
    let edits = pointers.iter().flat_map(|pointer| {
        let replacements = replacements(value.pointer(pointer).unwrap());
        replacements.map(|replacement| (pointer, replacement))
    });
    let edits: Vec<(&String, Option<Value>)> = edits.collect();
    let generated_anyway = |edits: &[(&String, Option<Value>)]| {
        let goes_through = |(pointer, replacement): &&(&String, Option<Value>)| {
            let mut edited = value.clone();
            edit(&mut edited, pointer, replacement.clone());
            generated(&edited).is_ok()
        };
        edits.iter().filter(goes_through).count()
    };
    let (some, others) = edits.split_at(edits.len() / 2);
    let count = thread::scope(|scope| {
        let some = scope.spawn(|| generated_anyway(some));
        generated_anyway(others) + some.join().unwrap()
    });
    // Descriptions and the like may be anything, so that some edits must go through.
    assert!(count > 0 && count < edits.len());
}

/// Nothing, null, and three values of other kinds, or odd ones of the same kind.
fn replacements(value: &Value) -> [Option<Value>; 5] {
    let [one, two, three] = match value {
        Value::Array(_) | Value::Object(_) => [json!("x"), json!([]), json!({})],
        Value::Bool(value) => [json!("x"), json!([]), json!(!value)],
        _ => [json!("x"), json!([]), json!(-1)],
    };
    [None, Some(Value::Null), Some(one), Some(two), Some(three)]
}

/// Adds an operation with a secret header and a body with a secret and a property of several spellings.
fn add_operation(value: &mut Value) {
    let schemas = value.pointer_mut("/components/schemas").unwrap();
    schemas["Sample"] = json!({
        "description": "A body.",
        "type": "object",
        "required": ["password"],
        "properties": {
            "password": { "type": "string", "format": "password", "description": "The password." },
            "userId": { "type": "string", "description": "The user.", "x-aliases": ["userID"] },
        },
    });
    value["paths"]["/sample"]["post"] = json!({
        "operationId": "sample",
        "tags": ["session"],
        "summary": "Does something.",
        "description": "Spends the token.",
        "x-evidence": "documented",
        "x-retry": "unsent",
        "parameters": [{
            "name": "oneTimeToken", "in": "header", "required": true, "description": "The token.",
            "schema": { "type": "string", "format": "password" }, "example": "made-up",
        }],
        "requestBody": { "required": true, "content": { "application/json": {
            "schema": { "$ref": "#/components/schemas/Sample" },
            "examples": { "one": { "value": { "password": "made-up" } } },
        } } },
        "responses": { "200": { "description": "Done." } },
    });
}

fn generated(value: &Value) -> Result<String, String> {
    let document =
        Document::parse("edited.yaml", &value.to_string()).map_err(|problems| problems.to_string())?;
    generate(&document).map_err(|problems| problems.to_string())
}

/// The text on one line, so that it does not matter where the formatter breaks lines.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn collect(value: &Value, pointer: String, pointers: &mut Vec<String>) {
    let token = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(fields) => {
            fields
                .iter()
                .for_each(|(name, value)| collect(value, format!("{pointer}/{}", token(name)), pointers));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(index, value)| collect(value, format!("{pointer}/{index}"), pointers));
        }
        _ => {}
    }
    pointers.push(pointer);
}

/// Replaces what stands at `pointer`, or takes it out.
fn edit(value: &mut Value, pointer: &str, replacement: Option<Value>) {
    if let Some(replacement) = replacement {
        *value.pointer_mut(pointer).unwrap() = replacement;
        return;
    }
    let Some((parent, name)) = pointer.rsplit_once('/') else { return };
    let name = name.replace("~1", "/").replace("~0", "~");
    match value.pointer_mut(parent).unwrap() {
        Value::Object(fields) => drop(fields.remove(&name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => {}
    }
}
