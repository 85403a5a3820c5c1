//! Each operation: what it reads from the request, what it asks of the state, and its response.

use axum::{
    Json,
    response::{IntoResponse, Response},
};
use http::{
    HeaderValue, StatusCode,
    header::{CACHE_CONTROL, WWW_AUTHENTICATE},
};
use serde_json::{Value, json};

use super::{
    Base,
    responses::{self, Envelope, Refusal, Urls},
    state::{App, Factor, Grant, State, UserName},
};
use crate::{examples::gateway, operation::operations, requests::Violation, routes::ReceivedRequest};

operations! {
    SessionInit = "session_init";
    SessionInitUserid = "session_init_userid";
    SessionInitNickname = "session_init_nickname";
    SessionLoginUserid = "session_login_userid";
    SessionLoginNickname = "session_login_nickname";
    Session2faAccesscodeGet = "session_2fa_accesscode_get";
    Session2faAccesscodePost = "session_2fa_accesscode_post";
    Session2faOneTimeToken = "session_2fa_one_time_token";
    Session2faMpin = "session_2fa_mpin";
    Session2faBiometric = "session_2fa_biometric";
    SessionLogout = "session_logout";
    /// At the host's root and below `/apim`.
    Token = "token";
    /// At the host's root and below `/apim`.
    Revoke = "revoke";
    /// A call of the Trade API, with which a client can prove its session.
    OrderReport = "order_report", also GET, at "/reports/1.0/orders" "/reports/1.0/trades";
    /// Another one.
    Positions = "positions", also GET, at "/positions/1.0/positions/open" "/positions/1.0/positions/todays"
        "/positions/1.0/positions/stocks";
}

impl Operation {
    /// The OAuth calls, which are at the host's root, too.
    pub(super) const OAUTH: [Self; 2] = [Self::Token, Self::Revoke];

    /// True for the calls that finish a sign-in with a second factor.
    pub(super) fn is_second_factor(self) -> bool {
        matches!(
            self,
            Self::Session2faAccesscodePost
                | Self::Session2faOneTimeToken
                | Self::Session2faMpin
                | Self::Session2faBiometric
        )
    }
}

/// Carries out a call.
pub(super) fn respond(
    state: &mut State,
    urls: &Urls,
    envelope: Envelope,
    operation: Operation,
    base: Base,
    request: &ReceivedRequest,
) -> Response {
    if request.body.is_none() {
        return gateway(StatusCode::PAYLOAD_TOO_LARGE, "The request body is too long");
    }
    let outcome = match operation {
        Operation::Token => return token(state, request).into_response(),
        Operation::Revoke => return revoke(state, request).into_response(),
        _ => session_call(state, urls, operation, base, request),
    };
    match outcome {
        Ok(body) => Json(envelope.wrap(operation, body)).into_response(),
        Err(refusal) => refusal.response(operation).into_response(),
    }
}

fn session_call(
    state: &mut State,
    urls: &Urls,
    operation: Operation,
    base: Base,
    request: &ReceivedRequest,
) -> Result<Value, Refusal> {
    let app = state.app(request.authorization("bearer"), request.header("consumerKey"))?;
    // The gateway in front checks the credentials; what is behind it, everything else (inferred).
    if let Some(violation) = &request.violation {
        return Err(Refusal::BadInput(violation.to_string()));
    }
    let field = |name| request.json_string(name);
    let login = |state: &mut State, user: UserName<'_>| {
        Ok(responses::login(urls, &state.login(&app, user, &field("password"), base)?))
    };
    let init = |state: &mut State, user| Ok(responses::init(urls, base, &state.init(&app, user, base)?));
    let userid = request.header_or_empty("userid");
    match operation {
        Operation::SessionInit => init(state, UserName::Userid(userid)),
        Operation::SessionInitUserid => init(state, UserName::Userid(request.path_parameter("userid"))),
        Operation::SessionInitNickname => init(state, UserName::Nickname(request.path_parameter("nickname"))),
        Operation::SessionLoginUserid => login(state, UserName::Userid(&field("userid"))),
        Operation::SessionLoginNickname => login(state, UserName::Nickname(&field("nickname"))),
        Operation::Session2faAccesscodeGet => {
            let token = request.header_or_empty("oneTimeToken");
            Ok(responses::login(urls, &state.send_access_code(&app, token, userid, base)?))
        }
        Operation::SessionLogout => {
            state.logout(&app, request.header_or_empty("sessionToken"), userid, base)?;
            Ok(responses::logout())
        }
        // No order can be placed here, so both lists are empty.
        Operation::OrderReport | Operation::Positions => {
            state.session(&app, request.header_or_empty("sessionToken"), base).map(|_| json!([]))
        }
        _ => {
            let (token, code) = (request.header_or_empty("oneTimeToken"), field("accessCode"));
            let (mpin, biometric) = (field("mpin"), field("biometric"));
            let factor = match operation {
                Operation::Session2faAccesscodePost => Factor::AccessCode(&code),
                Operation::Session2faMpin => Factor::Mpin(&mpin),
                Operation::Session2faBiometric => Factor::Biometric(&biometric),
                _ => Factor::OneTimeToken,
            };
            let signed_in = state.second_factor(&app, token, &field("userid"), factor, base)?;
            Ok(responses::session(urls, base, &signed_in))
        }
    }
}

/// `POST /token` (RFC 6749, sections 4.3, 4.4 and 6).
fn token(state: &mut State, request: &ReceivedRequest) -> Result<Response, OauthError> {
    let app = client(state, request)?;
    let form = request.form();
    let field = |name: &str| form.get(name).map(String::as_str).filter(|value| !value.is_empty());
    let grant = match (field("grant_type"), field("username"), field("password"), field("refresh_token")) {
        (Some("client_credentials"), ..) => Grant::ClientCredentials,
        (Some("password"), Some(username), Some(password), _) => Grant::Password { username, password },
        (Some("refresh_token"), .., Some(token)) => Grant::RefreshToken(token),
        (Some("password"), ..) => {
            return Err(oauth_error("invalid_request", "username or password is missing"));
        }
        (Some("refresh_token"), ..) => {
            return Err(oauth_error("invalid_request", "refresh_token is missing"));
        }
        _ => return Err(oauth_error("unsupported_grant_type", "the grant type is not supported")),
    };
    let Some(tokens) = state.grant(app, grant) else {
        return Err(oauth_error("invalid_grant", "the credentials are wrong, expired or locked"));
    };
    let mut body = json!({
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "scope": "default",
    });
    if let (Some(token), Some(fields)) = (tokens.refresh_token, body.as_object_mut()) {
        fields.insert("refresh_token".into(), token.into());
    }
    Ok(([(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// `POST /revoke` (RFC 7009): a token that is already dead is no error.
fn revoke(state: &mut State, request: &ReceivedRequest) -> Result<Response, OauthError> {
    let app = client(state, request)?;
    if let Some(token) = request.form().get("token") {
        state.revoke(&app, token);
    }
    Ok(StatusCode::OK.into_response())
}

/// The application that an OAuth call authenticates, if its form keeps to the spec.
fn client(state: &State, request: &ReceivedRequest) -> Result<App, OauthError> {
    let app = request.basic().and_then(|(key, secret)| state.client(&key, &secret));
    let Some(app) = app else {
        return Err(oauth_error("invalid_client", "the consumer key or the consumer secret is wrong"));
    };
    match &request.violation {
        None => Ok(app),
        Some(violation @ Violation::Wrong { name, .. }) if name == "grant_type" => {
            Err(oauth_error("unsupported_grant_type", &violation.to_string()))
        }
        Some(violation) => Err(oauth_error("invalid_request", &violation.to_string())),
    }
}

/// An error as RFC 6749, section 5.2, has it.
struct OauthError {
    error: &'static str,
    description: String,
}

fn oauth_error(error: &'static str, description: &str) -> OauthError {
    OauthError { error, description: description.to_owned() }
}

impl IntoResponse for OauthError {
    fn into_response(self) -> Response {
        let Self { error, description } = self;
        let body = Json(json!({ "error": error, "error_description": description }));
        let mut response = (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], body).into_response();
        if error == "invalid_client" {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            let challenge = HeaderValue::from_static("Basic realm=\"token\"");
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
