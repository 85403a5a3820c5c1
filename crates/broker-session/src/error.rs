//! The one error of this crate.
//!
//! Opaque, so that it can grow; a caller decides by [`Error::kind`] and shows the rest to a person.

use std::{fmt, time::Duration};

use broker_session_runtime::{ErrorKind, Words, is_certificate_refused};
use url::Url;

use crate::SavedSession;

/// Why something did not work.
///
/// Its text says what happened, what the broker says, and what to do about it. Neither the text nor any of
/// its sources holds a secret.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    what: String,
    operation: Option<&'static str>,
    status: Option<u16>,
    words: Words,
    hint: Option<String>,
    unjudged: bool,
    reusable: bool,
    retry_after: Option<Duration>,
    login_url: Option<String>,
    refused_url: Option<Url>,
    session: Option<SavedSession>,
    unsent: bool,
    passing: bool,
    repeatable: bool,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of a kind; `what` happened is a clause without a full stop.
    pub(crate) fn new(kind: ErrorKind, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            what: what.into(),
            operation: None,
            status: None,
            words: Words::default(),
            hint: None,
            unjudged: false,
            reusable: false,
            retry_after: None,
            login_url: None,
            refused_url: None,
            session: None,
            unsent: kind == ErrorKind::Config,
            passing: matches!(kind, ErrorKind::Unavailable | ErrorKind::Timeout | ErrorKind::RateLimited),
            repeatable: false,
            source: None,
        }))
    }

    pub(crate) fn config(what: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, what)
    }

    /// The same failure, understood as another kind.
    pub(crate) fn of_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    /// The same failure, described in other words.
    pub(crate) fn saying(mut self, what: impl Into<String>) -> Self {
        self.0.what = what.into();
        self
    }

    /// What happened, as a clause.
    pub(crate) fn what(&self) -> &str {
        &self.0.what
    }

    pub(crate) fn during(mut self, operation: &'static str) -> Self {
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    pub(crate) fn with_words(mut self, words: Words) -> Self {
        self.0.words = words;
        self
    }

    /// Names the way out, in a sentence or two.
    pub(crate) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint;
        self
    }

    /// Says whether the broker has refused something else than the guess that the call carried.
    pub(crate) fn unjudged(mut self, unjudged: bool) -> Self {
        self.0.unjudged = unjudged;
        self
    }

    pub(crate) fn is_unjudged(&self) -> bool {
        self.0.unjudged
    }

    /// Marks that the guess of the call may be given again.
    pub(crate) fn reusable(mut self) -> Self {
        self.0.reusable = true;
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Names the page that a person must open, if it is a person who must do something.
    pub(crate) fn with_login_url(mut self, url: Option<&str>) -> Self {
        if self.0.kind == ErrorKind::LoginRequired {
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
        self.0.unsent = true;
        self
    }

    /// Says whether it might be otherwise in a moment.
    pub(crate) fn passing(mut self, passing: bool) -> Self {
        self.0.passing = passing;
        self
    }

    /// Says whether the spec allows the operation to be repeated.
    pub(crate) fn repeatable(mut self, repeatable: bool) -> Self {
        self.0.repeatable = repeatable;
        self
    }

    pub(crate) fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// What kind of failure it is: what to do next.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The operation of the broker's API, by its id in the spec.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The broker's own error code, if it gave one.
    pub fn broker_code(&self) -> Option<&str> {
        self.0.words.code.as_deref()
    }

    /// What the broker says, if it says anything. At most a few lines, without control characters.
    pub fn broker_message(&self) -> Option<&str> {
        self.0.words.message.as_deref()
    }

    /// The way out, in a sentence or two, where more is known than what the kind of the error says.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Whether the broker did not look at the password, code or pin that the call carried, because it refused something
    /// else, and the same client may give the same one again. Once the cause is gone, that is: nothing repeats it by
    /// itself.
    pub fn is_guess_reusable(&self) -> bool {
        self.0.reusable
    }

    /// How long the broker asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The page that a person must open in a browser to sign in. It is the caller's own setting; what an
    /// answer names is never passed on.
    pub fn login_url(&self) -> Option<&str> {
        self.0.login_url.as_deref()
    }

    /// The host to allow ([`Connection::allow_host`](crate::Connection::allow_host)) for the same to go on, as
    /// `https://host`. A response or a saved session has named it: allow it only if it is the broker's.
    pub fn host_to_allow(&self) -> Option<String> {
        self.0.refused_url.as_ref().map(|url| url.origin().ascii_serialization())
    }

    /// The session that has begun although the call has failed, so that no guess is lost: the broker has named a host
    /// for it that is not allowed. With a client that allows [`Error::host_to_allow`] the session can be taken up. Where
    /// the broker has named no usable URL, the session has the base URL of the sign-in, and can only be signed out there.
    ///
    /// ```no_run
    /// use broker_session::{Connection, Error, Secret, Session, neo};
    ///
    /// async fn validate(view: neo::ViewSession, mpin: &Secret) -> Result<neo::TradeSession, Error> {
    ///     let error = match view.validate(mpin).await {
    ///         Ok(session) => return Ok(session),
    ///         Err(error) => error,
    ///     };
    ///     match (error.session(), error.host_to_allow()) {
    ///         // Ask a person, or look it up in a list: only the broker's own host may get the session.
    ///         (Some(saved), Some(host)) if host == "https://trade.broker.example" => {
    ///             let connection = Connection::new().allow_host(host);
    ///             let credentials = neo::Credentials::from_env()?;
    ///             let client = neo::Client::builder().credentials(credentials).connection(connection).build()?;
    ///             client.resume(saved.clone())
    ///         }
    ///         _ => Err(error),
    ///     }
    /// }
    /// ```
    pub fn session(&self) -> Option<&SavedSession> {
        self.0.session.as_ref()
    }

    /// Whether the request provably never left this machine, so that nothing was spent.
    pub fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// Whether no connection was made because the server's certificate was not accepted: it is not the trusted one
    /// (`HostNotAllowed`), or nobody vouches for it (`Unavailable`). No waiting changes that.
    pub fn is_certificate_refused(&self) -> bool {
        self.0.unsent && self.0.source.as_ref().is_some_and(|source| is_certificate_refused(source.as_ref()))
    }

    /// Whether the same call may be made again and might succeed: the failure is a passing one, and nothing
    /// that may be sent only once was sent. Never true for a guess that has left.
    pub fn is_retryable(&self) -> bool {
        self.0.passing && (self.0.unsent || self.0.repeatable)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.what)?;
        match (inner.status, &inner.words.code) {
            (Some(status), Some(code)) => write!(f, " (status {status}, code {code})")?,
            (Some(status), None) => write!(f, " (status {status})")?,
            (None, Some(code)) => write!(f, " (code {code})")?,
            (None, None) => {}
        }
        f.write_str(".")?;
        if let Some(message) = &inner.words.message {
            write!(f, " The broker says: \"{message}\".")?;
        }
        if inner.reusable {
            f.write_str(
                " The response says nothing of the password, code or pin, so the same one may be used again.",
            )?;
        }
        if let Some(wait) = inner.retry_after {
            write!(f, " Nothing more should be sent for {} s.", wait.as_secs())?;
        }
        if inner.session.is_some() {
            f.write_str(" The session has begun all the same; it was sent nowhere.")?;
        }
        match (&inner.hint, &inner.login_url) {
            (Some(hint), _) => write!(f, " {hint}")?,
            (None, None) => write!(f, " {}", inner.kind.advice())?,
            (None, Some(_)) => {}
        }
        match &inner.login_url {
            Some(url) => write!(f, " Open {url} in a browser and sign in."),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("operation", &inner.operation)
            .field("what", &inner.what)
            .field("status", &inner.status)
            .field("broker_code", &inner.words.code)
            .field("broker_message", &inner.words.message)
            .field("hint", &inner.hint)
            .field("retry_after", &inner.retry_after)
            .field("source", &inner.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_ref().map(|source| source.as_ref() as _)
    }
}
