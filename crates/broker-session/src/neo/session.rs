//! After the MPIN: the user is signed in.

use std::mem;

use broker_session_runtime::{Secret, SerializableSecret};
use neo_session_api::operations;
use serde_json::json;
use url::Url;

use super::{
    ClientIp, Profile, Session,
    client::{Client, Neo, api},
    token::Validity,
};
use crate::{
    Error, SavedSession,
    builder::sealed::Broker,
    core::Core,
    hosts::without_slash,
    session::{AtBroker, Call, Live, empty_profile},
};

/// What the secrets are called in a saved session, as the broker calls them.
const TOKEN: &str = "token";
const SID: &str = "sid";

/// How a session ends.
struct Logout;

impl AtBroker for Logout {
    fn logout<'a>(&'a self, live: &'a Live) -> Call<'a, ()> {
        Box::pin(async {
            let (token, sid) = (live.secret(TOKEN)?, live.secret(SID)?);
            api(&live.core, &live.base).logout(&token, &sid).await?;
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
        let base = saved.home(Neo::NAME, &self.0.core.hosts)?;
        if saved.user() != self.ucc() {
            return Err(Error::config("the saved session is another user's"));
        }
        let empty = empty_profile(json!({ TOKEN: "", SID: "" }))?;
        self.session(base, &*saved.secret(TOKEN)?, &*saved.secret(SID)?, empty)
    }

    /// The session with these tokens, at `base`.
    pub(super) fn session(
        &self,
        base: Url,
        token: &Secret,
        sid: &Secret,
        profile: Profile,
    ) -> Result<Session, Error> {
        let Validity { issued_at, expires_at } = Validity::of(token);
        let saved = SavedSession::new(Neo::NAME, self.ucc(), without_slash(&base))
            .with_times(issued_at, expires_at)
            .with_secret(TOKEN, token)
            .with_secret(SID, sid);
        let credentials = &self.0.credentials;
        let live = Live::new(self.0.core.clone(), base, saved, Logout)
            .with_header("Auth", token)?
            .with_header("Sid", sid)?;
        // What the sign-in carries; without an access token only the name of the application.
        let live = if credentials.has_access_token() {
            live.identified_as(operations::TRADE_API_LOGIN)
        } else {
            live.with_header("neo-fin-key", &credentials.application())?
        };
        Ok(Session::new(live, profile))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Session {
    /// Asks which address the broker sees the caller at (`get-client-ip`): some accounts may trade from registered
    /// addresses only.
    ///
    /// # Errors
    /// `SessionExpired` if the session is over, and what any call may meet.
    pub async fn client_ip(&self) -> Result<Vec<ClientIp>, Error> {
        let live = self.live()?;
        let (token, sid) = (live.secret(TOKEN)?, live.secret(SID)?);
        let response = api(&live.core, &live.core.base).get_client_ip(&token, &sid).await?;
        Ok(live.core.clean(response.into_inner().data))
    }
}

/// Takes the tokens out of a session that has begun. What is secret in it is redacted from now on.
pub(super) fn take_tokens(
    core: &Core,
    mut session: Profile,
) -> Result<(SerializableSecret, SerializableSecret, Profile), Error> {
    let token = core.token("token", mem::take(&mut session.token))?;
    let sid = core.token("sid", mem::take(&mut session.sid))?;
    let others = [&session.k_id, &session.rid, &session.hs_server_id, &session.search_api_key];
    core.secrets.add_all(others.into_iter().flatten().map(|secret| &**secret));
    Ok((token, sid, session))
}
