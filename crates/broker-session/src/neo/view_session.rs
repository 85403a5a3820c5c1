//! After the one-time password: the MPIN is missing.

use std::{mem, sync::Arc};

use broker_session_runtime::{ErrorKind, Secret, Words};
use jiff::Zoned;
use kotak_neo_session_api::types::{Session, SessionEnvelope, TradeApiValidateRequest};

use super::{
    client::{Client, Shared},
    profile::Profile,
    token::Validity,
    trade_session::TradeSession,
};
use crate::{Error, guesses::SignIn, session::is_over, settle::Settler};

/// A session that may only look: the broker calls its type `View`. Nothing can be bought or sold with it, and there is
/// nothing to authorise requests with; [`ViewSession::validate`] turns it into a [`TradeSession`].
///
/// It ends by itself at the next midnight in India. A wrong MPIN leaves it usable, until the account locks. An MPIN that
/// has left and did not get in is not sent again by the same client.
pub struct ViewSession {
    shared: Arc<Shared>,
    sign_in: SignIn,
    token: Secret,
    sid: Secret,
    validity: Validity,
    profile: Profile,
}

impl ViewSession {
    pub(super) fn new(
        shared: Arc<Shared>,
        operation: &'static str,
        answer: SessionEnvelope,
    ) -> Result<Self, Error> {
        let (token, sid, session) = tokens(&shared.settler, operation, answer)?;
        let (validity, profile) = (Validity::of(&token), Profile::read(session, &shared.settler.secrets));
        let sign_in = shared.mpins.sign_in();
        Ok(Self { shared, sign_in, token, sid, validity, profile })
    }

    /// The client code (UCC).
    pub fn ucc(&self) -> &str {
        &self.shared.credentials.ucc
    }

    /// The URL that the MPIN will go to.
    pub fn base_url(&self) -> &str {
        self.shared.base.as_str().trim_end_matches('/')
    }

    /// When it ends, in Indian time; nothing if the token does not say so.
    pub fn expires_at(&self) -> Option<&Zoned> {
        self.validity.expires_at.as_ref()
    }

    /// Whether it has ended by the clock of this machine. One whose end is not known has not.
    pub fn is_expired(&self) -> bool {
        is_over(self.expires_at())
    }

    /// What the broker says about the user.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The second step (`tradeApiValidate`): gives the MPIN, and begins a session that may trade.
    ///
    /// # Errors
    /// `SecondFactor` if the MPIN is wrong, `Locked` if the account is locked, `SessionExpired` if the view session is
    /// over, `HostNotAllowed` if the broker names a host that is not allowed (the session is then in [`Error::session`]), `Refused` if the session it gives may
    /// not trade, `Config` if the MPIN is not six digits, and what any call may meet.
    pub async fn validate(&self, mpin: &Secret) -> Result<TradeSession, Error> {
        let operation = "trade_api_validate";
        Client::check_mpin(mpin)?;
        self.shared.settler.secrets.remember_all([&self.token, &self.sid, mpin]);
        let body = TradeApiValidateRequest { mpin: mpin.clone() };
        let api = self.shared.api(&self.shared.base);
        let call = async {
            let result = api.trade_api_validate(&self.token, &self.sid, &body).await;
            self.carry_on(operation, self.shared.settler.open(operation, result)?)
        };
        self.shared.mpins.spend(operation, mpin, Some(self.sign_in), call).await
    }

    /// The session that the answer to the MPIN begins.
    fn carry_on(&self, operation: &'static str, answer: SessionEnvelope) -> Result<TradeSession, Error> {
        let (token, sid, session) = tokens(&self.shared.settler, operation, answer)?;
        let may_trade = |k_type: &str| k_type.trim().eq_ignore_ascii_case("Trade");
        if let Some(k_type) = session.k_type.as_deref().filter(|k_type| !may_trade(k_type)) {
            let words = Words::new(None, [k_type], &self.shared.settler.secrets.all());
            let error = Error::new(ErrorKind::Refused, "the session that the broker gives may not trade");
            return Err(error.with_status(200).with_words(words).during(operation));
        }
        let named = session.base_url.as_deref().unwrap_or_default();
        if named.trim().is_empty() {
            let what = "the answer does not say where to carry on (`baseUrl`)";
            return Err(Error::new(ErrorKind::Protocol, what).with_status(200).during(operation));
        }
        let shared = &self.shared;
        let base = shared.settler.follow(operation, &shared.hosts, &shared.base, named);
        let profile = Profile::read(session, &shared.settler.secrets);
        let begun = |base| TradeSession::new(shared.clone(), base, token, sid, profile);
        match base {
            Ok(base) => Ok(begun(base)),
            // It has cost a code and the MPIN, so the caller gets it.
            Err(error) => {
                let base = error.refused_url().unwrap_or(&shared.base).clone();
                Err(error.with_session(begun(base).save()))
            }
        }
    }
}

/// Takes the tokens out of an answer, and keeps everything secret in it out of errors.
fn tokens(
    settler: &Settler,
    operation: &'static str,
    answer: SessionEnvelope,
) -> Result<(Secret, Secret, Session), Error> {
    let mut session = answer.data;
    let token = settler.secrets.token(operation, "token", mem::take(&mut session.token))?;
    let sid = settler.secrets.token(operation, "sid", mem::take(&mut session.sid))?;
    let others = [&session.k_id, &session.rid, &session.hs_server_id, &session.search_api_key];
    settler.secrets.remember_all(others.into_iter().flatten());
    Ok((token, sid, session))
}

impl std::fmt::Debug for ViewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ViewSession")
            .field("base_url", &self.base_url())
            .field("ucc", &self.ucc())
            .field("expires_at", &self.expires_at())
            .finish_non_exhaustive()
    }
}
