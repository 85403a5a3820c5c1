//! The interactive reference of a broker's API, whose "try it out" calls the sandbox itself.
//!
//! The renderer is Swagger UI, which is compiled in: nothing is downloaded when this is built, and the page loads nothing
//! from other hosts when it is read.

use std::{borrow::Cow, sync::Arc};

use axum::{
    body::Body,
    response::{Html, IntoResponse, Json, Response},
};
use http::{
    HeaderValue, Method, StatusCode,
    header::{
        CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS,
    },
};
use serde_json::{Value, json};
use url::Url;
use utoipa_swagger_ui::{Config, SwaggerFile};

use crate::{routes::Fallback, spec::Spec};

/// The folder of the page and of all that the page loads; the page is at `/`, too.
pub(crate) const REFERENCE_PATH: &str = "/api-reference/";
/// The name in [`REFERENCE_PATH`] of the spec.
const DOCUMENT: &str = "openapi.json";

/// What a browser may do for the page: load its parts and call the sandbox. The pictures in its
/// style sheet are written out there (`data:`).
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

const PAGE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API reference of a sandbox</title>
<link rel="icon" type="image/png" href="/api-reference/favicon-32x32.png">
<link rel="stylesheet" href="/api-reference/swagger-ui.css">
<link rel="stylesheet" href="/api-reference/index.css">
</head>
<body>
<noscript><p>This page needs JavaScript. The API is described in <a href="/api-reference/openapi.json">openapi.json</a>.</p></noscript>
<div id="swagger-ui"></div>
<script src="/api-reference/swagger-ui-bundle.js"></script>
<script src="/api-reference/swagger-ui-standalone-preset.js"></script>
<script src="/api-reference/swagger-initializer.js"></script>
</body>
</html>
"#;

/// The page, its parts and the spec that it shows.
pub(crate) struct Reference {
    document: Value,
    config: Arc<Config<'static>>,
}

impl Reference {
    /// The reference as what a sandbox with this root serves beside the broker.
    pub(crate) fn fallback(spec: &Spec, root: &str) -> Fallback {
        let reference = Self::new(spec, root);
        Box::new(move |method, path| reference.respond(method, path))
    }

    /// The reference of a spec for the sandbox with this root.
    fn new(spec: &Spec, root: &str) -> Self {
        let config = Config::from(format!("{REFERENCE_PATH}{DOCUMENT}"))
            .dom_id("#swagger-ui")
            // Without a field for the URLs of other documents.
            .use_base_layout()
            .validator_url("none")
            .deep_linking(true)
            .display_operation_id(true)
            .display_request_duration(true)
            // How far an operation can be relied on (`x-evidence`), and whether it may be repeated (`x-retry`).
            .show_extensions(true)
            .try_it_out_enabled(true)
            // Credentials that were entered are forgotten with the page.
            .persist_authorization(false);
        Self { document: with_own_servers(spec.value(), root), config: Arc::new(config) }
    }

    /// The response to a request for a part of the reference; nothing for any other.
    fn respond(&self, method: &Method, path: &str) -> Option<Response> {
        if !matches!(*method, Method::GET | Method::HEAD) {
            return None;
        }
        let mut response = match path.strip_prefix(REFERENCE_PATH) {
            Some("") => Html(PAGE).into_response(),
            None if path == "/" => Html(PAGE).into_response(),
            None => return None,
            Some(DOCUMENT) => Json(&self.document).into_response(),
            Some(name) => match utoipa_swagger_ui::serve(name, Arc::clone(&self.config)) {
                Ok(file) => part(file?),
                Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
            },
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_SECURITY_POLICY, POLICY);
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        // The next sandbox at this port may be another broker's.
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }
}

/// A file of Swagger UI.
fn part(file: SwaggerFile<'static>) -> Response {
    let body = match file.bytes {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    let mut response = ([(CONTENT_TYPE, file.content_type)], body).into_response();
    if file.gzpipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

/// The spec with the sandbox in place of its servers, wherever there are any.
fn with_own_servers(spec: &Value, root: &str) -> Value {
    let mut document = spec.clone();
    move_servers(&mut document, root);
    if let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) {
        for path in paths.values_mut() {
            move_servers(path, root);
            path.as_object_mut()
                .into_iter()
                .flatten()
                .for_each(|(_, operation)| move_servers(operation, root));
        }
    }
    document
}

/// Puts the sandbox in the place of the servers of the document, a path or an operation: each with the path that it has
/// below its host, and each once.
fn move_servers(owner: &mut Value, root: &str) {
    let Some(servers) = owner.get_mut("servers").and_then(Value::as_array_mut) else { return };
    let mut urls: Vec<String> = Vec::new();
    for server in servers.iter() {
        let url = server.get("url").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
        let url = format!("{root}{}", url.as_ref().map_or("", Url::path).trim_end_matches('/'));
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    *servers = urls.iter().map(|url| json!({ "url": url, "description": "This sandbox." })).collect();
}
