//! The brokers that the program knows. Each is a module of its own; here they are only listed.

pub(crate) mod kotak;

use clap::Subcommand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{context::Context, failure::Failure};

/// Sign in to a broker and store the session.
#[derive(Debug, Subcommand)]
pub(crate) enum Login {
    Kotak(kotak::LoginArgs),
}

impl Login {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Kotak(args) => kotak::login(args, context).await,
        }
    }
}

/// Sign out of a broker and remove the session from the store.
#[derive(Debug, Subcommand)]
pub(crate) enum Logout {
    Kotak(kotak::LogoutArgs),
}

impl Logout {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Kotak(args) => kotak::logout(args, context).await,
        }
    }
}

/// Run a stand-in for a broker on this machine.
#[derive(Debug, Subcommand)]
pub(crate) enum Sandbox {
    Kotak(kotak::SandboxArgs),
}

impl Sandbox {
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        match self {
            Self::Kotak(args) => kotak::sandbox(args, context).await,
        }
    }
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
