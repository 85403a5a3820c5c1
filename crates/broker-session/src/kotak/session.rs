//! A session: the user is signed in.

use std::mem;

use broker_session_runtime::Secret;
use jiff::{SignedDuration, Timestamp};
use kotak_session_api::operations;
use serde_json::json;
use url::Url;

use super::{
    Profile, Session,
    client::{Client, Kotak, api},
    credentials::User,
    times,
};
use crate::{
    Error, SavedSession,
    builder::sealed::Broker,
    hosts::without_slash,
    ist::in_india,
    session::{AtBroker, Call, Live, empty_profile},
};

/// How long the broker lets a session live.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// What the session token is called in a saved session.
const TOKEN: &str = "session_token";

/// How a session ends.
struct Logout;

impl AtBroker for Logout {
    fn logout<'a>(&'a self, live: &'a Live) -> Call<'a, ()> {
        Box::pin(async {
            let token = live.secret(TOKEN)?;
            api(&live.core, &live.base).session_logout(&token, live.saved.user()).await?;
            Ok(())
        })
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Client {
    /// Resumes a saved session. Nothing is sent; whether it is still alive shows at its next use.
    ///
    /// The profile is not saved, so it is empty.
    ///
    /// # Errors
    /// `HostNotAllowed` if the session lives at a host that this client does not allow; `Config` if it is another
    /// broker's or user's, or incomplete.
    pub fn resume(&self, saved: SavedSession) -> Result<Session, Error> {
        let base = saved.home(Kotak::NAME, &self.0.core.hosts)?;
        if let User::Userid(userid) | User::UseridInPath(userid) = self.user()
            && saved.user() != userid
        {
            return Err(Error::config("the saved session is another user's"));
        }
        let empty = empty_profile(json!({ "sessionToken": "" }))?;
        self.session(base, saved.user(), &*saved.secret(TOKEN)?, saved.login_time(), empty)
    }

    /// The session that the response to a second factor begins.
    pub(super) fn begin_session(
        &self,
        base: Url,
        user: &str,
        mut session: Profile,
    ) -> Result<Session, Error> {
        let core = &self.0.core;
        let token = core.token("session token", mem::take(&mut session.session_token))?;
        let other = session.api_token.as_ref().and_then(|token| token.session_id.as_ref());
        core.secrets.add_all(other.into_iter().chain(&session.public_token).map(|secret| &**secret));
        let login_time = session.login_time.as_ref().and_then(times::login_time);
        self.session(base, user, &token, login_time, core.clean(session))
    }

    fn session(
        &self,
        base: Url,
        user: &str,
        token: &Secret,
        login_time: Option<Timestamp>,
        profile: Profile,
    ) -> Result<Session, Error> {
        let end = login_time.and_then(|time| time.checked_add(LIFETIME).ok());
        let saved = SavedSession::new(Kotak::NAME, user, without_slash(&base))
            .with_times(login_time, end.map(in_india))
            .with_secret(TOKEN, token);
        // Every later call carries what the logout carries.
        let live = Live::new(self.0.core.clone(), base, saved, Logout)
            .identified_as(operations::SESSION_LOGOUT)
            .with_header("sessionToken", token)?;
        Ok(Session::new(live, profile))
    }
}
