//! A live session, whenever it is asked for: from memory, from a store, or by a sign-in that is made once for everybody.
//!
//! A session is signed in once a day and needed by many tasks, processes and machines. [`SessionProvider`] is the loop that
//! each of them would otherwise write: one signs in and all use the session, it is renewed before its end, and nobody signs in
//! where a person is needed.

mod shared;
mod state;

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::watch;

pub use state::{ProviderState, ProviderStatus};

use crate::{
    Error, Session,
    session::Call,
    store::{MemoryStore, Store},
};
pub(crate) use shared::{SharedProvider, Unattended};
pub(crate) use state::States;

use sealed::SignIn;

/// How long a caller waits for another process that signs in, by default. A one-time password may be half a minute away.
const DEFAULT_PATIENCE: Duration = Duration::from_secs(120);

/// Cannot be named elsewhere, so no other crate implements it.
pub(crate) mod sealed {
    use super::{Arc, Error, Provide, Settings};

    /// How a broker signs in: `neo::SignIn`, `kotak::SignIn`, `ibkr::SignIn`.
    pub trait SignIn: Send + Sync + 'static {
        /// Begins to provide sessions.
        #[doc(hidden)]
        fn start(self, settings: Settings) -> Result<Arc<dyn Provide>, Error>;
    }

    #[cfg(feature = "blocking")]
    impl<S: SignIn> SignIn for crate::blocking::Blocking<S> {
        fn start(self, settings: Settings) -> Result<Arc<dyn Provide>, Error> {
            self.into_inner().start(settings)
        }
    }
}

/// What a provider of a broker does.
#[doc(hidden)]
#[allow(private_interfaces, reason = "it cannot be named elsewhere")]
pub trait Provide: Send + Sync {
    /// The session; another one than `refused`.
    fn session<'a>(&'a self, refused: Option<&'a Session>) -> Call<'a, Session>;

    /// The broker has accepted a session that it had refused before.
    fn accepted(&self, _session: &Session) {}

    /// Signs in anew.
    fn sign_in(&self) -> Call<'_, Session>;

    /// Ends the session for everybody.
    fn logout(&self) -> Call<'_, ()>;

    /// What changes.
    fn states(&self) -> &States;

    /// Ends what runs in the background.
    fn end(&self);
}

/// What a person is needed for, as the hook of [`SessionProviderBuilder::on_person_needed`] is given it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PersonNeeded {
    /// The broker, by the name of its module.
    pub broker: &'static str,
    /// The user, as the store names it.
    pub user: String,
    /// What is missing, and what to do.
    pub reason: String,
    /// The page to open in a browser, where that is what to do.
    pub login_url: Option<String>,
}

pub(crate) type Hook = Arc<dyn Fn(&PersonNeeded) + Send + Sync>;

/// What a provider is built with, besides the sign-in.
#[doc(hidden)]
#[derive(Clone)]
pub struct Settings {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) patience: Duration,
    pub(crate) hook: Option<Hook>,
    pub(crate) profile: Option<String>,
}

/// Gives a live session of one user to any number of callers. Cheap to clone; clones are the same provider. It ends with its
/// last clone.
///
/// ```no_run
/// # #[cfg(feature = "neo")] {
/// use std::sync::Arc;
/// use broker_session::{ErrorKind, SessionProvider, neo, store::FileStore};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let store = Arc::new(FileStore::open("sessions.json")?);
/// let provider = SessionProvider::builder(neo::SignIn::from_env()?).store(store).start()?;
/// let session = provider.session().await?;
/// match session.get("quick/user/orders").send().await {
///     Ok(orders) => println!("{}", orders.status()),
///     // Signs in, unless another caller or another machine has done so.
///     Err(error) if error.kind() == ErrorKind::SessionExpired => {
///         let _session = provider.session_after(&session).await?;
///     }
///     Err(error) => return Err(error.into()),
/// }
/// # Ok(())
/// # }
/// # }
/// ```
#[derive(Clone)]
pub struct SessionProvider(Arc<Handle>);

struct Handle(Arc<dyn Provide>);

impl Drop for Handle {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Builds a [`SessionProvider`].
pub struct SessionProviderBuilder<S> {
    sign_in: S,
    settings: Settings,
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl<S: SignIn> SessionProviderBuilder<S> {
    /// Shares the session through this store; only within the process by default.
    pub fn store(mut self, store: Arc<dyn Store>) -> Self {
        self.settings.store = store;
        self
    }

    /// Sets how long a caller waits for another process that signs in, and at Interactive Brokers for the brokerage session;
    /// two minutes by default.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.settings.patience = patience;
        self
    }

    /// Names the profile of the settings, which the store keeps beside a session that is signed in; see
    /// [`StoredSession::profile`](crate::shared_session::StoredSession::profile). None by default.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.settings.profile = Some(name.into());
        self
    }

    /// Calls this when a person is needed, once each time. It must return at once and not panic.
    pub fn on_person_needed(mut self, hook: impl Fn(&PersonNeeded) + Send + Sync + 'static) -> Self {
        self.settings.hook = Some(Arc::new(hook));
        self
    }

    /// Starts the provider. Nothing is sent before the first [`SessionProvider::session`].
    ///
    /// # Errors
    /// `Config` if a setting cannot be used, or outside a tokio runtime.
    pub fn start(self) -> Result<SessionProvider, Error> {
        tokio::runtime::Handle::try_current()
            .map_err(|_| Error::config("a provider needs a tokio runtime, and there is none here"))?;
        Ok(SessionProvider(Arc::new(Handle(self.sign_in.start(self.settings)?))))
    }
}

#[cfg_attr(feature = "blocking", broker_session_macros::blocking)]
impl SessionProvider {
    /// Starts building a provider.
    pub fn builder<S: SignIn>(sign_in: S) -> SessionProviderBuilder<S> {
        let store = Arc::new(MemoryStore::new());
        SessionProviderBuilder {
            sign_in,
            settings: Settings { store, patience: DEFAULT_PATIENCE, hook: None, profile: None },
        }
    }

    /// A session that lives, as far as is known. From memory most often; else from the store; else by a sign-in, which all
    /// callers, processes and machines wait for. If a caller is dropped, the sign-in goes on.
    ///
    /// The profile is empty, because a store does not keep it.
    ///
    /// # Errors
    /// `LoginRequired` if a person is needed, with the page to open where there is one; `SessionExpired` if the session was
    /// signed out since this provider has had it; `Store` if there is no session in memory and the store cannot be used; how
    /// the sign-in failed, also that of another process; `Timeout` if another process needs too long.
    pub async fn session(&self) -> Result<Session, Error> {
        self.0.0.session(None).await
    }

    /// A session other than this one, which the broker has refused. Of all who report the same session one signs in, and the
    /// others get the new one. The refused one is not ready any more, until there is another one or
    /// [`SessionProvider::accepted`] is called.
    ///
    /// Two sessions in a row may be replaced soon after they began; the third only after half a minute, and each further one
    /// after a longer time, up to a quarter of an hour.
    ///
    /// # Errors
    /// Those of [`SessionProvider::session`]; `SessionExpired` with a time to wait if the session has just begun. Then
    /// [`SessionProvider::session`] returns it all the same: perhaps the broker has refused something else.
    pub async fn session_after(&self, refused: &Session) -> Result<Session, Error> {
        self.0.0.session(Some(refused)).await
    }

    /// Reports that the broker has accepted a session which it had refused: then it was not the session that was refused.
    pub fn accepted(&self, session: &Session) {
        self.0.0.accepted(session);
    }

    /// Signs in anew, also after a logout, and with credentials that were refused: for a person who knows that this is right.
    ///
    /// # Errors
    /// Those of [`SessionProvider::session`].
    pub async fn sign_in(&self) -> Result<Session, Error> {
        self.0.0.sign_in().await
    }

    /// Ends the session for everybody who shares the store. Their providers sign in again only when they are asked to
    /// ([`SessionProvider::sign_in`]), or when they are started anew.
    ///
    /// # Errors
    /// `SessionExpired` if there is no session, and what the broker's logout may meet; the session is then as it was.
    pub async fn logout(&self) -> Result<(), Error> {
        self.0.0.logout().await
    }

    /// What is known of the session now.
    pub fn state(&self) -> ProviderState {
        self.subscribe().borrow().clone()
    }

    /// A channel with the state, which reports every change. A slow reader sees the latest only.
    pub fn subscribe(&self) -> watch::Receiver<ProviderState> {
        self.0.0.states().subscribe()
    }
}

impl fmt::Debug for SessionProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionProvider").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl<S> fmt::Debug for SessionProviderBuilder<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionProviderBuilder")
            .field("store", &self.settings.store)
            .field("patience", &self.settings.patience)
            .finish_non_exhaustive()
    }
}
