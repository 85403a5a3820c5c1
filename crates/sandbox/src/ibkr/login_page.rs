//! The pages that a person sees in a browser: the one to sign in at, and the one that confirms it.

use axum::response::{Html, IntoResponse, Response};
use http::{
    Method, StatusCode,
    header::{CACHE_CONTROL, LOCATION, SET_COOKIE},
};

use super::state::SignOn;

/// The cookie of a sign-in.
pub(super) const COOKIE: &str = "x-sess-uuid";
/// Where a person signs in.
pub(super) const LOGIN_PATH: &str = "/sso/Login";
/// Where the root leads (observed).
const LOGIN_REDIRECT: &str = "/sso/Login?forwardTo=22&RL=1&ip2loc=US";
/// Where the browser is sent after that.
const DISPATCHER_PATH: &str = "/sso/Dispatcher";

/// A page of the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Page {
    /// The host's root, which leads to the login page.
    Root,
    Login,
    Dispatcher,
}

impl Page {
    /// The page at a path.
    pub(super) fn at(path: &str) -> Option<Self> {
        match path {
            "/" => Some(Self::Root),
            LOGIN_PATH => Some(Self::Login),
            DISPATCHER_PATH => Some(Self::Dispatcher),
            _ => None,
        }
    }

    /// Whether the request presses the button.
    pub(super) fn signs_in(self, method: &Method) -> bool {
        self == Self::Login && method == Method::POST
    }
}

/// The response to the button: the cookie, and a redirect.
pub(super) fn signed_in(sign_on: &SignOn) -> Response {
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Lax", sign_on.cookie);
    (StatusCode::FOUND, [(LOCATION, DISPATCHER_PATH.to_owned()), (SET_COOKIE, cookie)]).into_response()
}

/// A page, for a person who is signed in or not.
pub(super) fn show(page: Page, is_signed_in: bool) -> Response {
    match (page, is_signed_in) {
        (Page::Dispatcher, true) => html("Signed in", "<pre>Client login succeeds</pre>"),
        (Page::Dispatcher, false) => (StatusCode::FOUND, [(LOCATION, LOGIN_PATH)]).into_response(),
        (Page::Root, _) => (StatusCode::FOUND, [(LOCATION, LOGIN_REDIRECT)]).into_response(),
        (Page::Login, _) => html("Sign in", FORM),
    }
}

/// The names and classes are the gateway's own, for programs that fill the form in for a person.
const FORM: &str = r#"<h1>Sandbox of the Client Portal Gateway</h1>
<p>Any user name and any password will do, or none. Do not enter real ones.</p>
<form method="post" action="/sso/Login">
<p><label>User name <input name="username" autocomplete="off"></label></p>
<p><label>Password <input name="password" type="password" autocomplete="off"></label></p>
<p><input name="paper" type="checkbox" id="toggle1"><label for="toggle1">Paper account</label></p>
<p><button type="submit" class="btn btn-lg btn-primary xyz-button-login">Log In</button></p>
</form>"#;

fn html(title: &str, body: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n{body}\n</body></html>\n"
    );
    ([(CACHE_CONTROL, "no-store")], Html(page)).into_response()
}
