//! The same without async: for programs that have no runtime.
//!
//! Names, arguments and states are those of the crate. A program is written as its async form is, without `.await`:
//! [`blocking::neo::Client`](neo::Client) in place of [`neo::Client`](crate::neo::Client), and so on. A [`Blocking`] lends
//! whatever else its type has, and [`Blocking::into_inner`] gives it back. What has no blocking form of its own can be run
//! with [`block_on`].
//!
//! # Kotak Neo
//!
//! ```no_run
//! # #[cfg(feature = "neo")]
//! # fn example() -> Result<(), broker_session::Error> {
//! use broker_session::{Secret, blocking::neo};
//!
//! let client = neo::Client::from_env()?;
//! let view = client.login_totp(&Secret::from("000000"))?;
//! let session = view.validate(&Secret::from("000000"))?;
//! println!("{}", session.get("quick/user/orders").send()?.text()?);
//! session.logout()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Kotak Securities
//!
//! ```no_run
//! # #[cfg(feature = "kotak")]
//! # fn example() -> Result<(), broker_session::Error> {
//! use broker_session::{Secret, blocking::kotak};
//!
//! let client = kotak::Client::from_env()?;
//! let pending = client.login(&Secret::from("made-up-password"))?;
//! let session = pending.submit_access_code(&Secret::from("0000"))?;
//! println!("{}", session.get("reports/1.0/orders").send()?.text()?);
//! session.logout()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Interactive Brokers
//!
//! ```no_run
//! # #[cfg(feature = "ibkr")]
//! # fn example() -> Result<(), broker_session::Error> {
//! use std::time::Duration;
//! use broker_session::blocking::ibkr::{Client, Compete, Supervisor};
//!
//! let supervisor = Supervisor::builder(Client::from_env()?, Compete::Yield).start()?;
//! supervisor.wait_until_ready(Duration::from_secs(300))?;
//! let session = supervisor.session()?;
//! println!("{}", session.get("iserver/accounts").send()?.text()?);
//! supervisor.shutdown()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Runtime
//!
//! All share one runtime, with a thread of its own, from the first call to the end of the process. So supervisors, providers
//! and leases go on between two calls. A call waits for as long as its async form would: deadlines are the same.
//!
//! # Errors
//! Whatever is async or can fail returns a `Result`, also where its async form has none. Besides the errors of that, there is
//! one more: `Config` in a task of tokio, because blocking would hold up the other tasks of its thread. A closure of
//! `tokio::task::spawn_blocking` or `block_in_place` may block.
//!
//! ```
//! # #[cfg(feature = "neo")]
//! # fn main() -> std::io::Result<()> {
//! use broker_session::{ErrorKind, blocking::neo};
//!
//! let runtime = tokio::runtime::Runtime::new()?;
//! let error = runtime.block_on(async { neo::Client::from_env() }).unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Config);
//! assert!(error.hint().is_some_and(|hint| hint.contains("spawn_blocking")));
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "neo"))]
//! # fn main() {}
//! ```

mod foreign;
mod runtime;

use std::{
    fmt,
    ops::{Deref, DerefMut},
};

pub use runtime::block_on;

/// The blocking form of a type.
///
/// It lends the type: whatever is not async, and leads to nothing that is, is used as ever.
///
/// ```
/// # #[cfg(feature = "neo")]
/// # fn main() -> Result<(), broker_session::Error> {
/// use broker_session::{Secret, blocking::neo};
///
/// let credentials = neo::Credentials::new().mobile("+910000000000").ucc("MADE1").access_token("made-up");
/// let client = neo::Client::builder().credentials(credentials).build()?;
/// assert_eq!(client.ucc(), "MADE1");
///
/// let totp = client.totp_from_secret(&Secret::from("JBSWY3DPEHPK3PXP"))?;
/// assert_eq!(totp.next_code()?.expose().len(), 6);
/// # Ok(())
/// # }
/// # #[cfg(not(feature = "neo"))]
/// # fn main() {}
/// ```
#[derive(Clone)]
pub struct Blocking<T>(pub(crate) T);

impl<T> Blocking<T> {
    /// The type itself, for async code.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> From<T> for Blocking<T> {
    fn from(inner: T) -> Self {
        Self(inner)
    }
}

impl<T> Deref for Blocking<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> DerefMut for Blocking<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Blocking<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Everything that a module has, and the blocking forms of these types in their place.
macro_rules! forms {
    ($module:ident: $($name:ident),+) => {
        pub use crate::$module::*;
        $(
            #[doc = concat!("The blocking form of [`", stringify!($name), "`](crate::", stringify!($module), "::", stringify!($name), ").")]
            pub type $name = crate::blocking::Blocking<crate::$module::$name>;
        )+
    };
}

/// Interactive Brokers: [`ibkr`](crate::ibkr) without async.
#[cfg(feature = "ibkr")]
pub mod ibkr {
    forms!(ibkr: Client, ClientBuilder, Session, SignIn, Supervisor, SupervisorBuilder);
}

/// Kotak Securities: [`kotak`](crate::kotak) without async.
#[cfg(feature = "kotak")]
pub mod kotak {
    forms!(kotak: Client, ClientBuilder, Initialized, Pending, Session, SignIn);
}

/// Kotak Neo: [`neo`](crate::neo) without async.
#[cfg(feature = "neo")]
pub mod neo {
    forms!(neo: Client, ClientBuilder, Session, SignIn, Totp, ViewSession);
}

/// A session that is always there: [`provider`](crate::provider) without async.
pub mod provider {
    forms!(provider: SessionProvider);

    /// The blocking form of [`SessionProviderBuilder`](crate::SessionProviderBuilder).
    pub type SessionProviderBuilder<S> = crate::blocking::Blocking<crate::SessionProviderBuilder<S>>;
}

/// One session for many programs: [`shared_session`](crate::shared_session) without async.
pub mod shared_session {
    forms!(shared_session: Lease, SharedSession, StoredSession);

    /// The blocking form of [`Turn`](crate::shared_session::Turn): whose turn it is.
    #[derive(Debug)]
    pub enum Turn {
        /// The session is there. Another process may have made it while this one waited.
        Stored(StoredSession),
        /// The caller signs in; all others wait.
        Lease(Lease),
    }

    impl From<crate::shared_session::Turn> for Turn {
        fn from(turn: crate::shared_session::Turn) -> Self {
            match turn {
                crate::shared_session::Turn::Stored(stored) => Self::Stored(stored.into()),
                crate::shared_session::Turn::Lease(lease) => Self::Lease(lease.into()),
            }
        }
    }
}

pub use provider::{SessionProvider, SessionProviderBuilder};
pub use shared_session::{Lease, SharedSession};

/// The blocking form of [`ClientBuilder`](crate::ClientBuilder).
pub type ClientBuilder<B> = Blocking<crate::ClientBuilder<B>>;

/// The blocking form of [`Session`](crate::Session).
pub type Session<P = ()> = Blocking<crate::Session<P>>;

/// The blocking form of [`SessionRequest`](crate::SessionRequest).
pub type SessionRequest = Blocking<crate::SessionRequest>;
