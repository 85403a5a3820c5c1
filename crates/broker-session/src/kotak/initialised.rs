//! After init: the host is known, the password is not yet given.

use broker_session_runtime::{ErrorKind, Secret};
use kotak_session_api::types::{Init, Login, LoginAnswer, LoginByNickname, LoginByUserid};

use super::{credentials::User, endpoint::Endpoint, pending::Pending};
use crate::Error;

/// A sign-in that has been initialised and waits for the password.
pub struct Initialised {
    endpoint: Endpoint,
    init: Init,
}

impl Initialised {
    pub(super) fn new(endpoint: Endpoint, mut init: Init) -> Self {
        init.message = endpoint.settler.secrets.printable(init.message);
        Self { endpoint, init }
    }

    /// The base URL that the password will go to.
    pub fn base_url(&self) -> &str {
        self.endpoint.base_url()
    }

    /// What the broker says about the account.
    pub fn message(&self) -> Option<&str> {
        self.init.message.as_deref()
    }

    /// Gives the password and gets to the second factor.
    ///
    /// The password leaves at most once. One that has left and did not get in is not sent
    /// again by this client.
    ///
    /// # Errors
    /// `Credentials` if the password is wrong, `Locked` if the account is locked, `HostNotAllowed` if the
    /// broker names a host that is not on the list, and what any call may meet.
    pub async fn login(self, password: &Secret) -> Result<Pending, Error> {
        let operation = match &self.endpoint.shared.credentials.user {
            User::Nickname(_) => "session_login_nickname",
            _ => "session_login_userid",
        };
        self.endpoint.settler.secrets.remember(password);
        let call = async {
            let mut login = self.send(operation, password).await?;
            let secrets = &self.endpoint.settler.secrets;
            login.one_time_token = secrets.token(operation, "one-time token", login.one_time_token)?;
            let userid = self.userid(operation, &login)?;
            let endpoint = self.endpoint.clone().follow(operation, login.redirect.as_ref())?;
            Ok(Pending::new(endpoint, userid, login))
        };
        self.endpoint.shared.guesses.spend(operation, password, None, call).await
    }

    async fn send(&self, operation: &'static str, password: &Secret) -> Result<Login, Error> {
        let password_of = || password.clone();
        let result = match &self.endpoint.shared.credentials.user {
            User::Nickname(nickname) => {
                let body = LoginByNickname { nickname: nickname.clone(), password: password_of() };
                self.endpoint.api.session_login_nickname(&body).await
            }
            User::Userid(userid) | User::UseridInPath(userid) => {
                let body = LoginByUserid { userid: userid.clone(), password: password_of() };
                self.endpoint.api.session_login_userid(&body).await
            }
        };
        self.endpoint.settler.open::<LoginAnswer, _>(operation, result)
    }

    /// The user id that the second factor asks for. Who signs in by nickname learns it from the answers.
    fn userid(&self, operation: &'static str, login: &Login) -> Result<String, Error> {
        if let User::Userid(userid) | User::UseridInPath(userid) = &self.endpoint.shared.credentials.user {
            return Ok(userid.clone());
        }
        let of_redirect = login.redirect.as_ref().and_then(|redirect| redirect.userid.as_ref());
        let found = [login.userid.as_ref(), of_redirect, self.init.userid.as_ref()];
        found.into_iter().flatten().find(|userid| !userid.is_empty()).cloned().ok_or_else(|| {
            let what = "neither the init nor the login names the user id that belongs to the nickname";
            Error::new(ErrorKind::Protocol, what).during(operation)
        })
    }
}

impl std::fmt::Debug for Initialised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Initialised").field("base_url", &self.base_url()).finish_non_exhaustive()
    }
}
