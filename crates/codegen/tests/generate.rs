//! From a spec to Rust: what comes out, and that nothing panics on the way.
#![cfg(feature = "generate")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "the helpers of tests, too")]

mod fixtures;

use std::path::Path;

use broker_session_codegen::{Document, RULES, generate, header_hash, lint, spec};
use fixtures::fixtures;
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
    assert_eq!(header_hash(&text), Some(document.hash().as_str()));
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
    assert!(text.contains("pub password: broker_session_runtime::Secret"), "{text}");
    assert!(text.contains("one_time_token: &'a broker_session_runtime::Secret"), "{text}");
    assert!(text.contains("secret_headers: &[\"oneTimeToken\"]"), "{text}");
    assert!(text.contains("secret_members: &[\"password\"]"), "{text}");
}

#[test]
fn a_secret_stays_one_whatever_else_its_schema_says() {
    for more in
        [json!({"nullable": true}), json!({"x-evidence": "observed"}), json!({"description": "A pin."})]
    {
        let mut value = good().value().clone();
        add_operation(&mut value);
        let password = "/components/schemas/Sample/properties/password";
        let schema = value.pointer_mut(password).unwrap().as_object_mut().unwrap();
        schema.extend(more.as_object().unwrap().clone());
        let text = generated(&value).unwrap();
        assert!(text.contains("pub password: broker_session_runtime::Secret"), "{more}");
    }
}

#[test]
fn secrets_are_known_behind_a_reference_as_well() {
    let document = good();
    let text = generate(&document).unwrap();
    assert!(text.contains("secret_headers: &[\"sessionToken\"]"), "{text}");
    assert!(text.contains("secret_members: &[\"refresh_token\"]"), "{text}");
}

#[test]
fn of_several_spellings_of_an_optional_member_the_first_that_is_there_is_meant() {
    let mut value = good().value().clone();
    add_operation(&mut value);
    let text = generated(&value).unwrap();
    let (_, decoder) = text.split_once("Deserialize<'de> for Sample").unwrap();
    assert!(decoder.contains("#[serde(rename = \"userID\")]"), "{decoder}");
    assert!(decoder.contains("user_id: all.user_id.or(all.user_id_0)"), "{decoder}");
}

#[test]
fn a_required_member_is_read_under_its_other_names_as_well() {
    let mut value = good().value().clone();
    add_operation(&mut value);
    let members = value.pointer_mut("/components/schemas/Sample").unwrap();
    members["required"] = json!(["password", "userId"]);
    let body = value.pointer_mut("/paths/~1sample/post/requestBody/content/application~1json").unwrap();
    body["examples"]["one"]["value"]["userId"] = json!("A1");
    let text = generated(&value).unwrap();
    assert!(text.contains("#[serde(alias = \"userID\")]"), "{text}");
    assert!(!text.contains("Deserialize<'de> for Sample"), "{text}");
}

#[test]
fn limits_stand_in_the_table_and_in_the_docs() {
    let text = plain(&generate(&good()).unwrap());
    let whole = "rate_limit: Some(RateLimit { requests: 10u32, per: Duration::from_secs(1u64), })";
    let operation = "rate_limit: Some(RateLimit { requests: 1u32, per: Duration::from_secs(60u64), })";
    for part in [whole, operation, "penalty: Some(Duration::from_secs(900u64))"] {
        assert_eq!(text.matches(part).count(), 1, "{part}");
    }
    assert!(text.contains("The broker takes one request in 60 seconds."), "{text}");
}

#[test]
fn without_limits_the_table_has_none() {
    let mut value = good().value().clone();
    for pointer in ["", "/paths/~1session~1{userid}/get"] {
        let object = value.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        object.retain(|name, _| !["x-rate-limit", "x-penalty-seconds"].contains(&name.as_str()));
    }
    let text = generated(&value).unwrap();
    assert_eq!(text.matches("rate_limit: None").count(), 4, "{text}");
    assert!(text.contains("penalty: None"), "{text}");
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
    let servers = "servers: &[ Server { url: \"https://trade.broker.example\", environment: Environment::Production, }, \
                   Server { url: \"https://trial.broker.example\", environment: Environment::Sandbox, }, ]";
    assert_eq!(text.matches(servers).count(), 1, "{text}");
}

#[test]
fn a_redirect_stands_in_the_table_and_nowhere_else() {
    let document = good();
    let text = plain(&generate(&document).unwrap());
    let status = "Status { code: 302u16, kind: Some(ErrorKind::LoginRequired), fits: fits_nothing, \
                  may_be_empty: false, judges: false, success: &[], shape: None, }";
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
    let text = plain(&generate(&good()).unwrap());
    let status = "fits: fits_object::<types::FaultAnswer>, may_be_empty: true, judges";
    assert_eq!(text.matches(status).count(), 3, "{text}");
}

#[test]
fn where_an_object_is_meant_a_list_does_not_fit() {
    let text = plain(&generate(&good()).unwrap());
    for (read, answer) in
        [("fits_object", "TokenAnswer"), ("fits_object", "FaultAnswer"), ("fits", "SessionAnswer")]
    {
        assert!(text.contains(&format!("{read}::<types::{answer}>")), "{text}");
    }
}

#[test]
fn the_table_says_what_answers_look_like_to_the_letter() {
    let mut value = good().value().clone();
    let both = json!({ "description": "Both.", "nullable": true, "allOf": [
        { "type": "object", "required": ["a"], "properties": { "a": { "type": "string", "description": "A." } } },
        { "type": "object", "properties": { "b": { "type": "integer", "format": "int64", "description": "B." } } },
    ] });
    value.pointer_mut("/components/schemas/FaultAnswer/properties").unwrap()["both"] = both;
    let text = plain(&generated(&value).unwrap());
    for part in [
        // A schema may contain itself.
        "Member { name: \"parent\", aliases: &[], required: false, shape: &SESSION, }",
        "Member { name: \"sid\", aliases: &[], required: true, shape: &SECRET, }",
        "static SECRET: Shape = Shape::Secret;",
        "Member { name: \"loginTime\", aliases: &[\"LoginTime\"], required: false, shape: &Shape::Text, }",
        "static SESSION_ANSWER: Shape = Shape::AnyOf( &[&WRAPPED_SESSION, &SESSION], );",
        // The parts of `allOf` are one object.
        "shape: &Shape::OrNull( &Shape::Object { members: &[ Member { name: \"a\", aliases: &[], required: true, \
         shape: &Shape::Text, }, Member { name: \"b\", aliases: &[], required: false, shape: &Shape::Integer, }, ], \
         others: None, }, ),",
        "Shape::Object { members: &[], others: Some(&Shape::Integer), }",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_deprecated_operation_says_so_and_can_be_called() {
    let text = generate(&good()).unwrap();
    assert!(text.contains("Deprecated by the broker."), "{text}");
    assert!(!text.contains("#[deprecated"), "{text}");
}

#[test]
fn every_operation_says_how_well_it_is_known_how_often_it_may_be_sent_and_how_it_fails() {
    for spec in ["kotak-session", "ibkr-session", "kotak-neo-session"] {
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
    assert!(text.contains("let force: Option<bool> = argument(arguments, \"force\")?;"), "{text}");
    assert!(text.contains("QueryParam::new(\"force\", &force)"), "{text}");
}

#[test]
fn of_several_forms_the_first_with_all_its_required_members_is_meant() {
    let mut value = good().value().clone();
    add_operation(&mut value);
    let schemas = value.pointer_mut("/components/schemas").unwrap();
    schemas["Either"] = json!({
        "description": "One of two.",
        "anyOf": [{ "$ref": "#/components/schemas/Sample" }, { "$ref": "#/components/schemas/Other" }],
    });
    schemas["Other"] = json!({ "description": "Another.", "type": "object", "properties": { "x": { "type": "string", "description": "It." } } });
    schemas["Sample"]["properties"]["either"] = json!({ "$ref": "#/components/schemas/Either" });
    let text = generated(&value).unwrap();
    assert!(text.contains("#[serde(untagged)]\n    pub enum Either"), "{text}");
    let (_, decoder) = text.split_once("Deserialize<'de> for Either").unwrap();
    let first = decoder.find("has(&value, \"password\")").unwrap();
    let second = decoder.find("map(Self::Other)").unwrap();
    assert!(first < second, "{decoder}");
}

/// What a rule of judgement has found may stay in a spec, so that the generator must do without the rule.
#[test]
fn a_spec_with_a_silenced_finding_can_be_generated() {
    let rules: Vec<_> = RULES.iter().filter(|rule| rule.must_hold().is_none()).collect();
    assert!(rules.len() > 10, "{rules:?}");
    let fixtures = fixtures();
    for rule in rules {
        let (name, text) = (rule.id, &fixtures[rule.id]);
        let silence = format!("# lint: allow({}) This is how it is.", rule.id);
        let document = Document::parse(name, &text.replace("# <- here", &silence)).unwrap();
        let problems = lint(&document);
        assert!(problems.is_empty(), "{problems}");
        generate(&document).unwrap_or_else(|problems| panic!("{}: {problems}", rule.id));
        assert!(!lint(&Document::parse(name, text).unwrap()).is_empty(), "{}", rule.id);
    }
}

/// Every node of a good spec, replaced by each of these or left out: there is an answer, never a panic.
#[test]
fn no_single_edit_of_a_spec_makes_the_generator_panic() {
    let value = good().value().clone();
    let mut pointers = Vec::new();
    collect(&value, String::new(), &mut pointers);
    let replacements = [
        None,
        Some(json!(null)),
        Some(json!(-1)),
        Some(json!("x")),
        Some(json!([])),
        Some(json!({})),
        Some(json!(true)),
    ];
    let mut generated_anyway = 0;
    for pointer in &pointers {
        for replacement in &replacements {
            let mut edited = value.clone();
            edit(&mut edited, pointer, replacement.clone());
            if generated(&edited).is_ok() {
                generated_anyway += 1;
            }
        }
    }
    // Descriptions and the like may be anything, so that some edits must go through.
    assert!(generated_anyway > 0 && generated_anyway < pointers.len() * replacements.len());
}

/// Adds an operation with a secret header and a body with a secret and a member of several spellings.
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
        Value::Object(members) => {
            members
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
        Value::Object(members) => drop(members.remove(&name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => {}
    }
}
