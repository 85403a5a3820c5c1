//! The one error of this crate.
//!
//! Opaque, so that it can grow; a caller decides by [`Error::kind`] and shows the rest to a person.

use std::{fmt, time::Duration};

use broker_session_runtime::{ErrorKind, Failure, Reason, Verdict};
use url::Url;

use crate::SavedSession;

/// Why something did not work.
///
/// Its message states what happened, what the broker reports, and what to do about it. Neither the message nor any
/// of its sources holds a secret.
pub struct Error(Box<Inner>);

struct Inner {
    failure: Failure,
    is_guess_reusable: bool,
    login_url: Option<String>,
    refused_url: Option<Url>,
    session: Option<SavedSession>,
    /// Where the failure itself has no source.
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self(Box::new(Inner {
            failure,
            is_guess_reusable: false,
            login_url: None,
            refused_url: None,
            session: None,
            source: None,
        }))
    }
}

impl<E> From<progenitor_client::Error<E>> for Error {
    fn from(error: progenitor_client::Error<E>) -> Self {
        Failure::of(error).into()
    }
}

impl Error {
    /// An error of a kind; the description is a clause without a full stop.
    pub(crate) fn new(kind: ErrorKind, description: impl Into<String>) -> Self {
        let reason = if kind == ErrorKind::Config { Reason::InvalidRequest } else { Reason::Mismatch };
        Failure::new(kind, reason, description).into()
    }

    pub(crate) fn config(description: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, description)
    }

    /// What is wrong with a response of success.
    pub(crate) fn in_success(kind: ErrorKind, description: impl Into<String>) -> Self {
        let mut error = Self::new(kind, description);
        error.0.failure.status = Some(200);
        error
    }

    /// The same failure, understood as another kind.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.0.failure.kind = kind;
        self
    }

    /// The same failure, described in other words.
    pub(crate) fn described_as(mut self, description: impl Into<String>) -> Self {
        self.0.failure.description = description.into();
        self
    }

    /// What happened, as a clause.
    pub(crate) fn description(&self) -> &str {
        &self.0.failure.description
    }

    /// Names the operation, unless the failure knows it.
    pub(crate) fn during(mut self, operation: &'static str) -> Self {
        self.0.failure.operation.get_or_insert(operation);
        self
    }

    /// Adds the broker's sentence, as [`Core::message`](crate::core::Core::message) gives it.
    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.failure.message = message;
        self
    }

    /// States the fix, in a sentence or two.
    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.failure.hint = hint;
        self
    }

    /// The failure, without what only some errors have.
    pub(crate) fn failure(&self) -> &Failure {
        &self.0.failure
    }

    /// The failure alone.
    pub(crate) fn into_failure(self) -> Failure {
        self.0.failure
    }

    /// States how long to wait before the next attempt.
    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.failure.retry_after = wait;
        self
    }

    /// What the failure means for the guess that the call carried.
    pub(crate) fn verdict(&self) -> Verdict {
        self.0.failure.verdict
    }

    /// Marks that the guess of the call may be given again.
    pub(crate) fn guess_is_reusable(mut self) -> Self {
        self.0.is_guess_reusable = true;
        self
    }

    /// Names the page that a person must open, if it is a person who must do something.
    pub(crate) fn with_login_url(mut self, url: Option<&str>) -> Self {
        if self.kind() == ErrorKind::LoginRequired {
            self.0.login_url = url.map(str::to_owned);
        }
        self
    }

    /// Names the URL that was refused because its host is not allowed.
    pub(crate) fn with_refused_url(mut self, url: Option<Url>) -> Self {
        self.0.refused_url = url;
        self
    }

    /// The URL that was refused because its host is not allowed.
    pub(crate) fn refused_url(&self) -> Option<&Url> {
        self.0.refused_url.as_ref()
    }

    /// Adds the session that has begun all the same.
    pub(crate) fn with_session(mut self, session: SavedSession) -> Self {
        self.0.session = Some(session);
        self
    }

    /// Marks that the request provably never left.
    pub(crate) fn unsent(mut self) -> Self {
        self.0.failure.is_unsent = true;
        self
    }

    /// Marks that waiting does not help.
    pub(crate) fn lasting(mut self) -> Self {
        self.0.failure.is_transient = false;
        self
    }

    pub(crate) fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What kind of failure it is: what to do next.
    pub fn kind(&self) -> ErrorKind {
        self.0.failure.kind
    }

    /// The operation of the broker's API, by its id in the spec. None for a program's own request.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.failure.operation
    }

    /// The HTTP status, if there was a response.
    pub fn status(&self) -> Option<u16> {
        self.0.failure.status
    }

    /// The broker's own error code, if it gave one.
    pub fn broker_code(&self) -> Option<&str> {
        self.0.failure.code.as_deref()
    }

    /// The broker's own sentences, if there are any: one line of at most 1000 characters, without control characters.
    pub fn broker_message(&self) -> Option<&str> {
        self.0.failure.message.as_deref()
    }

    /// How to fix it, in a sentence or two, where more is known than what the kind of the error states.
    pub fn hint(&self) -> Option<&str> {
        self.0.failure.hint.as_deref()
    }

    /// Whether the broker did not evaluate the password, code or PIN that the call carried, because it refused something
    /// else, and the same client may give the same one again. Once the cause is gone, that is: nothing repeats it by
    /// itself.
    pub fn is_guess_reusable(&self) -> bool {
        self.0.is_guess_reusable
    }

    /// How long to wait before the next request: what `Retry-After` asks for, but a quarter of an hour at most, or what the
    /// broker's rate limit or penalty demands.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.failure.retry_after
    }

    /// The page that a person must open in a browser to sign in. It is the caller's own setting; what a
    /// response names is never passed on.
    pub fn login_url(&self) -> Option<&str> {
        self.0.login_url.as_deref()
    }

    /// The host to allow ([`ClientOptions::allow_host`](crate::ClientOptions::allow_host)) for the same to go on, as
    /// `https://host`. A response or a saved session has named it: allow it only if it is the broker's. None if its name
    /// only looks like one of the broker's.
    pub fn host_to_allow(&self) -> Option<String> {
        self.0.refused_url.as_ref().map(|url| url.origin().ascii_serialization())
    }

    /// The session that has begun although the call has failed, so that no guess is lost: the broker has named a host
    /// for it that is not allowed. With a client that allows [`Error::host_to_allow`] the session can be resumed. Where
    /// the broker has named no usable URL, the session has the base URL of the sign-in, and can only be signed out there.
    ///
    /// ```no_run
    /// # #[cfg(feature = "neo")] {
    /// use broker_session::{ClientOptions, Error, Secret, neo};
    ///
    /// async fn validate(view: neo::ViewSession, mpin: &Secret) -> Result<neo::Session, Error> {
    ///     let error = match view.validate(mpin).await {
    ///         Ok(session) => return Ok(session),
    ///         Err(error) => error,
    ///     };
    ///     match (error.session(), error.host_to_allow()) {
    ///         // Ask a person, or look it up in a list: only the broker's own host may get the session.
    ///         (Some(saved), Some(host)) if host == "https://trade.broker.example" => {
    ///             let options = ClientOptions::new().allow_host(host);
    ///             neo::Client::builder().from_env().options(options).build()?.resume(saved.clone())
    ///         }
    ///         _ => Err(error),
    ///     }
    /// }
    /// # }
    /// ```
    pub fn session(&self) -> Option<&SavedSession> {
        self.0.session.as_ref()
    }

    /// Whether the request provably never left this machine, so that nothing was spent.
    pub fn is_unsent(&self) -> bool {
        self.0.failure.is_unsent
    }

    /// Whether no connection was made because the server's certificate was not accepted: it is not the trusted one
    /// (`HostNotAllowed`), or no authority vouches for it (`Unavailable`). No waiting changes that.
    pub fn is_certificate_refused(&self) -> bool {
        self.0.failure.is_about_certificate()
    }

    /// Whether the same call may be made again and might succeed: the failure is a transient one, and nothing
    /// that may be sent only once was sent. Never true for a guess that was sent.
    pub fn is_retryable(&self) -> bool {
        self.0.failure.is_retryable()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { failure, is_guess_reusable, login_url, session, .. } = &*self.0;
        if let Some(operation) = failure.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&failure.description)?;
        match (failure.status, &failure.code) {
            (Some(status), Some(code)) => write!(f, " (status {status}, code {code})")?,
            (Some(status), None) => write!(f, " (status {status})")?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        f.write_str(".")?;
        if let Some(message) = &failure.message {
            write!(f, " The broker says: \"{message}\".")?;
        }
        if *is_guess_reusable {
            f.write_str(
                " The response says nothing of the password, code or PIN, so the same one may be used again.",
            )?;
        }
        if let Some(wait) = failure.retry_after.filter(|wait| !wait.is_zero()) {
            write!(f, " Nothing more should be sent for {} s.", wait.as_secs())?;
        }
        if session.is_some() {
            f.write_str(" The session has begun all the same; it was sent nowhere.")?;
        }
        match (&failure.hint, login_url) {
            (Some(hint), _) => write!(f, " {hint}")?,
            (None, None) => write!(f, " {}", failure.kind.advice())?,
            (None, Some(_)) => {}
        }
        match login_url {
            Some(url) => write!(f, " Open {url} in a browser and sign in."),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failure = &self.0.failure;
        f.debug_struct("Error")
            .field("kind", &failure.kind)
            .field("operation", &failure.operation)
            .field("description", &failure.description)
            .field("status", &failure.status)
            .field("broker_code", &failure.code)
            .field("broker_message", &failure.message)
            .field("hint", &failure.hint)
            .field("retry_after", &failure.retry_after)
            .field("source", &std::error::Error::source(self))
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let own = self.0.source.as_ref().map(|source| source.as_ref() as _);
        own.or_else(|| self.0.failure.source.as_ref().map(|source| source.as_ref() as _))
    }
}
