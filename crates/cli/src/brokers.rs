//! The brokers that the program knows. Each is a module of its own; here they are only listed.

pub(crate) mod ibkr;
pub(crate) mod kotak;

use clap::Subcommand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{context::Context, failure::Failure};

/// Sign in to a broker.
#[derive(Debug, Subcommand)]
pub(crate) enum Login {
    Ibkr(ibkr::LoginArgs),
    Kotak(kotak::LoginArgs),
}

impl Login {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::login(args, context).await,
            Self::Kotak(args) => kotak::login(args, context).await,
        }
    }
}

/// Sign out of a broker.
#[derive(Debug, Subcommand)]
pub(crate) enum Logout {
    Ibkr(ibkr::LogoutArgs),
    Kotak(kotak::LogoutArgs),
}

impl Logout {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::logout(args, context).await,
            Self::Kotak(args) => kotak::logout(args, context).await,
        }
    }
}

/// Ask how a session is.
#[derive(Debug, Subcommand)]
pub(crate) enum Status {
    Ibkr(ibkr::StatusArgs),
}

impl Status {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::status(args, context).await,
        }
    }
}

/// Keep a session alive.
#[derive(Debug, Subcommand)]
pub(crate) enum Keepalive {
    Ibkr(ibkr::KeepaliveArgs),
}

impl Keepalive {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::keepalive(args, context).await,
        }
    }
}

/// Trust a server by its certificate.
#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    Ibkr(ibkr::TrustArgs),
}

impl Trust {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::trust(args, context).await,
        }
    }
}

/// Run a stand-in for a broker on this machine.
#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    Ibkr(ibkr::SandboxArgs),
    Kotak(kotak::SandboxArgs),
}

impl Sandbox {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Ibkr(args) => ibkr::sandbox(args, context).await,
            Self::Kotak(args) => kotak::sandbox(args, context).await,
        }
    }
}

/// What is shown of each broker by the demonstrations, one after the other.
///
/// # Errors
/// If a step does not go as it should.
pub(crate) async fn demos(json: bool) -> Result<Vec<Value>, Failure> {
    Ok(vec![kotak::demo(json).await?, ibkr::demo(json).await?])
}

/// A session in the store.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "broker", rename_all = "snake_case")]
pub(crate) enum Saved {
    Kotak(broker_session::kotak::SavedSession),
}

impl Saved {
    /// The broker's name, as in the commands.
    pub(crate) fn broker(&self) -> &'static str {
        match self {
            Self::Kotak(_) => kotak::NAME,
        }
    }

    /// The user at the broker.
    pub(crate) fn user(&self) -> &str {
        match self {
            Self::Kotak(saved) => saved.userid(),
        }
    }

    /// Where the session lives.
    pub(crate) fn base_url(&self) -> &str {
        match self {
            Self::Kotak(saved) => saved.base_url(),
        }
    }

    /// When the user signed in, as the broker says.
    pub(crate) fn login_time(&self) -> Option<Timestamp> {
        match self {
            Self::Kotak(saved) => saved.login_time(),
        }
    }

    /// The session, if it is one with Kotak.
    pub(crate) fn kotak(&self) -> Option<&broker_session::kotak::SavedSession> {
        match self {
            Self::Kotak(saved) => Some(saved),
        }
    }
}
