//! After the one-time password: the MPIN is missing.

use broker_session_runtime::{ErrorKind, Secret, SerializableSecret};
use jiff::Zoned;
use neo_session_api::types::TradeApiValidateRequest;

use super::{
    Profile, Session,
    client::{Client, api},
    session,
    token::Validity,
};
use crate::{Error, api_call::api_call, attempts::SignIn, saved_session::is_over};

/// A read-only session: the broker calls its type `View`. Nothing can be bought or sold with it, and there is
/// nothing to authorise requests with; [`ViewSession::validate`] turns it into a [`Session`].
///
/// It ends by itself at the next midnight in India. A wrong MPIN leaves it usable, until the account locks. An MPIN that
/// was sent and not accepted is not sent again by the same client.
pub struct ViewSession {
    client: Client,
    sign_in: SignIn,
    token: SerializableSecret,
    sid: SerializableSecret,
    expires_at: Option<Zoned>,
    profile: Profile,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl ViewSession {
    pub(super) fn new(client: Client, session: Profile) -> Result<Self, Error> {
        let core = &client.0.core;
        let (token, sid, session) = session::take_tokens(core, session)?;
        let (sign_in, expires_at) = (core.attempts.sign_in(), Validity::of(&token).expires_at);
        let profile = core.clean(session);
        Ok(Self { client, sign_in, token, sid, expires_at, profile })
    }

    /// The client code (UCC).
    pub fn ucc(&self) -> &str {
        self.client.ucc()
    }

    /// The URL that the MPIN will go to.
    pub fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// When it ends, in Indian time; none if the token does not state it.
    pub fn expires_at(&self) -> Option<Zoned> {
        self.expires_at.clone()
    }

    /// Whether it has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        is_over(self.expires_at.as_ref())
    }

    /// What the broker reports about the user.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The second step (`tradeApiValidate`): gives the MPIN, and begins a session that may trade.
    ///
    /// # Errors
    /// `SecondFactor` if the MPIN is wrong, `Locked` if the account is locked, `SessionExpired` if the view session is
    /// over, `HostNotAllowed` if the broker names a host that is not allowed (the session is then in [`Error::session`]),
    /// `Refused` if the session it gives may not trade, `Config` if the MPIN is not six digits, and what any call may meet.
    pub async fn validate(&self, mpin: &Secret) -> Result<Session, Error> {
        Client::check_mpin(mpin)?;
        let core = &self.client.0.core;
        core.secrets.add(mpin);
        let body = TradeApiValidateRequest { mpin: mpin.into() };
        let api = api(core, &core.base);
        let call = api_call!(api.trade_api_validate(&self.token, &self.sid, &body));
        let attempt = core.attempts.send(call, mpin, Some(self.sign_in), |response| {
            response.and_then(|envelope| self.begin_session(envelope.data))
        });
        attempt.await
    }

    /// The session that the response to the MPIN begins.
    fn begin_session(&self, session: Profile) -> Result<Session, Error> {
        let core = &self.client.0.core;
        let (token, sid, session) = session::take_tokens(core, session)?;
        let may_trade = |k_type: &str| k_type.trim().eq_ignore_ascii_case("Trade");
        if let Some(k_type) = session.k_type.as_deref().filter(|k_type| !may_trade(k_type)) {
            let error =
                Error::in_success(ErrorKind::Refused, "the session that the broker gives may not trade");
            return Err(error.with_message(core.message(k_type)));
        }
        let named = session.base_url.as_deref().unwrap_or_default();
        if named.trim().is_empty() {
            let what = "the response does not name where to carry on (`baseUrl`)";
            return Err(Error::in_success(ErrorKind::Protocol, what));
        }
        let (base, profile) = (core.follow(&core.base, named), core.clean(session));
        match base {
            Ok(base) => self.client.session(base, &token, &sid, profile),
            // It has cost a code and the MPIN, so the caller gets it.
            Err(error) => {
                let base = error.refused_url().unwrap_or(&core.base).clone();
                let session = self.client.session(base, &token, &sid, profile)?;
                Err(error.with_session(session.save()))
            }
        }
    }
}

impl std::fmt::Debug for ViewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ViewSession")
            .field("base_url", &self.base_url())
            .field("ucc", &self.ucc())
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}
