//! After init: the host is known, the password is not yet given.

use broker_session_runtime::{ErrorKind, Secret};
use kotak_session_api::types::{Init, Login, LoginByNickname, LoginByUserid};
use url::Url;

use super::{
    client::{Client, api},
    credentials::User,
    pending::Pending,
};
use crate::{Error, api_call::api_call, hosts::without_slash};

/// A sign-in that has been initialised and waits for the password.
pub struct Initialized {
    client: Client,
    base: Url,
    message: Option<String>,
    /// The user id that the broker names, as it was sent.
    userid: Option<String>,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl Initialized {
    pub(super) fn new(client: Client, base: Url, init: Init) -> Self {
        let message = client.0.core.printable(init.message);
        Self { client, base, message, userid: init.userid }
    }

    /// The base URL that the password will go to.
    pub fn base_url(&self) -> &str {
        without_slash(&self.base)
    }

    /// What the broker reports about the account.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Sends the password; returns the sign-in that waits for its second factor.
    ///
    /// The password is sent at most once. If it is rejected, or its response is lost, this client does not send it again.
    ///
    /// # Errors
    /// `Credentials` if the password is wrong, `Locked` if the account is locked, `HostNotAllowed` if the
    /// broker names a host that is not on the list, and what any call may meet.
    pub async fn login(self, password: &Secret) -> Result<Pending, Error> {
        let core = &self.client.0.core;
        core.secrets.add(password);
        let api = api(core, &self.base);
        let begin = |response: Result<Login, Error>| self.begin(response?);
        match &self.client.0.user {
            User::Nickname(nickname) => {
                let body = LoginByNickname { nickname: nickname.clone(), password: password.into() };
                let call = api_call!(api.session_login_nickname(&body));
                core.attempts.send(call, password, None, begin).await
            }
            User::Userid(userid) | User::UseridInPath(userid) => {
                let body = LoginByUserid { userid: userid.clone(), password: password.into() };
                let call = api_call!(api.session_login_userid(&body));
                core.attempts.send(call, password, None, begin).await
            }
        }
    }

    fn begin(&self, mut login: Login) -> Result<Pending, Error> {
        let core = &self.client.0.core;
        let token = core.token("one-time token", std::mem::take(&mut login.one_time_token))?;
        let user = self.user(&login)?;
        let base = self.client.follow(&self.base, login.redirect.as_ref())?;
        Ok(Pending::new(self.client.clone(), base, user, token, login))
    }

    /// The user id that the second factor asks for. Who signs in by nickname learns it from the responses.
    fn user(&self, login: &Login) -> Result<String, Error> {
        if let User::Userid(userid) | User::UseridInPath(userid) = &self.client.0.user {
            return Ok(userid.clone());
        }
        let of_redirect = login.redirect.as_ref().and_then(|redirect| redirect.userid.as_ref());
        let found = [login.userid.as_ref(), of_redirect, self.userid.as_ref()];
        let secrets = &self.client.0.core.secrets;
        // It will be sent as it is, and shown. What would have to be changed for that is not a user id.
        let is_user = |userid: &&String| !userid.is_empty() && secrets.clean(userid) == **userid;
        found.into_iter().flatten().find(is_user).cloned().ok_or_else(|| {
            let what = "neither the init nor the login names the user id that belongs to the nickname";
            Error::new(ErrorKind::Protocol, what)
        })
    }
}

impl std::fmt::Debug for Initialized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Initialized").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
