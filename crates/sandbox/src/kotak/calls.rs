//! Each operation over HTTP: what it reads from the call, what it asks of the state, what it answers.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::answers::{self, Envelope, Urls};
use super::input::Input;
use super::operation::Operation;
use super::redirect::Base;
use super::refusal::Refusal;
use super::state::{App, Factor, State, Who};
use super::tokens::Grant;
use crate::requests::Breach;
use crate::routes::Received;

/// Carries out a call and gives its answer.
pub(crate) fn perform(
    state: &mut State,
    urls: &Urls,
    envelope: Envelope,
    operation: Operation,
    base: Base,
    call: &Received,
) -> Response {
    if call.body.is_none() {
        return answers::gateway(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too long");
    }
    let input = Input(call);
    match operation {
        Operation::Token => token(state, input),
        Operation::Revoke => revoke(state, input),
        _ => match session_call(state, urls, operation, base, input) {
            Ok(answer) => Json(envelope.wrap(operation, answer)).into_response(),
            Err(refusal) => {
                let (status, fault) = refusal.answer(operation);
                answers::fault(status, fault)
            }
        },
    }
}

fn session_call(
    state: &mut State,
    urls: &Urls,
    operation: Operation,
    base: Base,
    input: Input<'_>,
) -> Result<Value, Refusal> {
    let app = state.app(input.bearer(), input.optional_header("consumerKey"))?;
    // The gateway in front looks at the credentials; what is behind it, at everything else (inferred).
    input.check()?;
    match operation {
        Operation::SessionInit => init(state, urls, &app, Who::Userid(input.header("userid")), base),
        Operation::SessionInitUserid => {
            init(state, urls, &app, Who::Userid(input.path_parameter("userid")), base)
        }
        Operation::SessionInitNickname => {
            init(state, urls, &app, Who::Nickname(input.path_parameter("nickname")), base)
        }
        Operation::SessionLoginUserid => {
            let body = input.json();
            let who = Who::Userid(body.text("userid"));
            Ok(answers::login(urls, &state.login(&app, who, body.text("password"), base)?))
        }
        Operation::SessionLoginNickname => {
            let body = input.json();
            let who = Who::Nickname(body.text("nickname"));
            Ok(answers::login(urls, &state.login(&app, who, body.text("password"), base)?))
        }
        Operation::Session2faAccesscodeGet => {
            let (token, userid) = (input.header("oneTimeToken"), input.header("userid"));
            Ok(answers::login(urls, &state.send_access_code(&app, token, userid, base)?))
        }
        Operation::Session2faAccesscodePost
        | Operation::Session2faOneTimeToken
        | Operation::Session2faMpin
        | Operation::Session2faBiometric => second_factor(state, urls, &app, operation, base, input),
        Operation::SessionLogout => {
            let (token, userid) = (input.header("sessionToken"), input.header("userid"));
            state.logout(&app, token, userid, base)?;
            Ok(json!({ "message": "Logout Successful." }))
        }
        // No order can be placed here, so both lists are empty.
        Operation::OrderReport | Operation::Positions => {
            state.session(&app, input.header("sessionToken"), base).map(|_| json!([]))
        }
        // `perform` answers these in OAuth's form.
        Operation::Token | Operation::Revoke => Err(Refusal::BadInput(Breach::NotAnObject)),
    }
}

fn init(state: &mut State, urls: &Urls, app: &App, who: Who<'_>, base: Base) -> Result<Value, Refusal> {
    Ok(answers::init(urls, base, &state.init(app, who, base)?))
}

fn second_factor(
    state: &mut State,
    urls: &Urls,
    app: &App,
    operation: Operation,
    base: Base,
    input: Input<'_>,
) -> Result<Value, Refusal> {
    let token = input.header("oneTimeToken");
    let body = input.json();
    let userid = body.text("userid");
    let factor = match operation {
        Operation::Session2faAccesscodePost => Factor::AccessCode(body.text("accessCode")),
        Operation::Session2faMpin => Factor::Mpin(body.text("mpin")),
        Operation::Session2faBiometric => Factor::Biometric(body.text("biometric")),
        _ => Factor::OneTimeToken,
    };
    Ok(answers::session(urls, base, &state.second_factor(app, token, userid, factor, base)?))
}

/// `POST /token` (RFC 6749, sections 4.3, 4.4 and 6).
fn token(state: &mut State, input: Input<'_>) -> Response {
    let Some(app) = client(state, input) else {
        return invalid_client();
    };
    if let Some(breach) = &input.0.breach {
        return bad_form(breach);
    }
    let form = input.0.form();
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let grant = match (field("grant_type"), field("username"), field("password"), field("refresh_token")) {
        (Some("client_credentials"), ..) => Grant::ClientCredentials,
        (Some("password"), Some(username), Some(password), _) => Grant::Password { username, password },
        (Some("refresh_token"), .., Some(token)) => Grant::RefreshToken(token),
        (Some("password"), ..) => return oauth_error("invalid_request", "username or password is missing"),
        (Some("refresh_token"), ..) => return oauth_error("invalid_request", "refresh_token is missing"),
        _ => return oauth_error("unsupported_grant_type", "the grant type is not supported"),
    };
    let Some(tokens) = state.grant(app, grant) else {
        return oauth_error("invalid_grant", "what was offered is wrong, expired or locked");
    };
    let mut answer = json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "scope": "default",
    });
    if let (Some(token), Some(members)) = (tokens.refresh_token, answer.as_object_mut()) {
        members.insert("refresh_token".into(), token.into());
    }
    ([(CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

/// `POST /revoke` (RFC 7009): a token that is already dead is no error.
fn revoke(state: &mut State, input: Input<'_>) -> Response {
    let Some(app) = client(state, input) else {
        return invalid_client();
    };
    if let Some(breach) = &input.0.breach {
        return bad_form(breach);
    }
    if let Some(token) = input.0.form().get("token") {
        state.revoke(&app, token);
    }
    StatusCode::OK.into_response()
}

/// What RFC 6749, section 5.2, says to a form that is not as it must be.
fn bad_form(breach: &Breach) -> Response {
    let error = match breach {
        Breach::Wrong { name, .. } if name == "grant_type" => "unsupported_grant_type",
        _ => "invalid_request",
    };
    oauth_error(error, &breach.to_string())
}

fn client(state: &State, input: Input<'_>) -> Option<App> {
    let (key, secret) = input.basic()?;
    state.client(&key, &secret)
}

fn invalid_client() -> Response {
    let mut answer = oauth_error("invalid_client", "the consumer key or the consumer secret is wrong");
    *answer.status_mut() = StatusCode::UNAUTHORIZED;
    answer.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"token\""));
    answer
}

/// An error as RFC 6749, section 5.2, has it.
pub(crate) fn oauth_error(error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}
