//! Each operation over HTTP: what it reads from the call, what it asks of the broker, what it answers.

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
use super::state::{App, Broker, Factor, Who};
use super::tokens::Grant;

/// Carries out a call and gives its answer.
pub(crate) fn perform(
    broker: &mut Broker,
    urls: &Urls,
    envelope: Envelope,
    operation: Operation,
    base: Base,
    input: &Input,
) -> Response {
    match operation {
        Operation::Token => token(broker, input),
        Operation::Revoke => revoke(broker, input),
        _ => match session_call(broker, urls, operation, base, input) {
            Ok(answer) => Json(envelope.wrap(operation, answer)).into_response(),
            Err(refusal) => {
                let (status, fault) = refusal.answer(operation);
                answers::fault(status, fault)
            }
        },
    }
}

fn session_call(
    broker: &mut Broker,
    urls: &Urls,
    operation: Operation,
    base: Base,
    input: &Input,
) -> Result<Value, Refusal> {
    let app = broker.app(input.bearer(), input.optional_header("consumerKey"))?;
    // Empty values were seen to work, so only their absence is refused (inferred).
    input.header("ip")?;
    input.header("appId")?;
    match operation {
        Operation::SessionInit => init(broker, urls, &app, Who::Userid(input.header("userid")?), base),
        Operation::SessionInitUserid => {
            init(broker, urls, &app, Who::Userid(path_parameter(input, "userid")?), base)
        }
        Operation::SessionInitNickname => {
            init(broker, urls, &app, Who::Nickname(path_parameter(input, "nickname")?), base)
        }
        Operation::SessionLoginUserid => {
            let body = input.json()?;
            let who = Who::Userid(body.text("userid")?);
            Ok(answers::login(urls, &broker.login(&app, who, body.text("password")?, base)?))
        }
        Operation::SessionLoginNickname => {
            let body = input.json()?;
            let who = Who::Nickname(body.text("nickname")?);
            Ok(answers::login(urls, &broker.login(&app, who, body.text("password")?, base)?))
        }
        Operation::Session2faAccesscodeGet => {
            let (token, userid) = (input.header("oneTimeToken")?, input.header("userid")?);
            Ok(answers::login(urls, &broker.send_access_code(&app, token, userid, base)?))
        }
        Operation::Session2faAccesscodePost
        | Operation::Session2faOneTimeToken
        | Operation::Session2faMpin
        | Operation::Session2faBiometric => second_factor(broker, urls, &app, operation, base, input),
        Operation::SessionLogout => {
            let (token, userid) = (input.header("sessionToken")?, input.header("userid")?);
            broker.logout(&app, token, userid, base)?;
            Ok(json!({ "message": "Logout Successful." }))
        }
        Operation::StandIn => {
            let account = broker.session(&app, input.header("sessionToken")?, base)?;
            Ok(json!({ "message": "The session token is accepted.", "userid": account.userid }))
        }
        // `perform` answers these in OAuth's form.
        Operation::Token | Operation::Revoke => Err(Refusal::NotJson),
    }
}

fn init(broker: &mut Broker, urls: &Urls, app: &App, who: Who<'_>, base: Base) -> Result<Value, Refusal> {
    Ok(answers::init(urls, base, &broker.init(app, who, base)?))
}

fn path_parameter<'a>(input: &'a Input, name: &'static str) -> Result<&'a str, Refusal> {
    input.path_parameter.as_deref().ok_or(Refusal::Missing(name))
}

fn second_factor(
    broker: &mut Broker,
    urls: &Urls,
    app: &App,
    operation: Operation,
    base: Base,
    input: &Input,
) -> Result<Value, Refusal> {
    let token = input.header("oneTimeToken")?;
    let body = input.json()?;
    let userid = body.text("userid")?;
    let factor = match operation {
        Operation::Session2faAccesscodePost => Factor::AccessCode(body.text("accessCode")?),
        Operation::Session2faMpin => Factor::Mpin(body.text("mpin")?),
        Operation::Session2faBiometric => Factor::Biometric(body.text("biometric")?),
        _ => Factor::OneTimeToken,
    };
    Ok(answers::session(urls, base, &broker.second_factor(app, token, userid, factor, base)?))
}

/// `POST /token` (RFC 6749, sections 4.3, 4.4 and 6).
fn token(broker: &mut Broker, input: &Input) -> Response {
    let Some(app) = client(broker, input) else {
        return invalid_client();
    };
    let form = input.form();
    let field = |name: &str| form.get(name).map(String::as_str);
    let grant = match (field("grant_type"), field("username"), field("password"), field("refresh_token")) {
        (Some("client_credentials"), ..) => Grant::ClientCredentials,
        (Some("password"), Some(username), Some(password), _) => Grant::Password { username, password },
        (Some("refresh_token"), .., Some(token)) => Grant::RefreshToken(token),
        (Some("password"), ..) => return oauth_error("invalid_request", "username or password is missing"),
        (Some("refresh_token"), ..) => return oauth_error("invalid_request", "refresh_token is missing"),
        (Some(_), ..) => return oauth_error("unsupported_grant_type", "the grant type is not supported"),
        (None, ..) => return oauth_error("invalid_request", "grant_type is missing"),
    };
    let Some(tokens) = broker.grant(app, grant) else {
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
fn revoke(broker: &mut Broker, input: &Input) -> Response {
    let Some(app) = client(broker, input) else {
        return invalid_client();
    };
    match input.form().get("token") {
        None => oauth_error("invalid_request", "token is missing"),
        Some(token) => {
            broker.revoke(&app, token);
            StatusCode::OK.into_response()
        }
    }
}

fn client(broker: &Broker, input: &Input) -> Option<App> {
    let (key, secret) = input.basic()?;
    broker.client(&key, &secret)
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
