//! What all connections of a server share.

use std::sync::Arc;

use broker_session::BodyFilterMode;
use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::sync::{Semaphore, watch};

use crate::{Limits, events::Events, metrics::Metrics, token::Token, upstream::Upstream};

/// How far a shutdown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Serving,
    /// Requests on their way are finished; everything else ends.
    Stopping,
}

/// What all connections share.
pub(crate) struct App {
    pub(crate) limits: Arc<Limits>,
    pub(crate) token: Option<Token>,
    pub(crate) bodies: BodyFilterMode,
    pub(crate) forwards_logout: bool,
    pub(crate) upstreams: RwLock<Arc<[Arc<Upstream>]>>,
    pub(crate) metrics: Metrics,
    pub(crate) events: Events,
    /// For requests that are forwarded.
    pub(crate) slots: Arc<Semaphore>,
    /// For streams of events.
    pub(crate) event_slots: Arc<Semaphore>,
    pub(crate) connections: Arc<Semaphore>,
    pub(crate) since: Timestamp,
    pub(crate) phase: watch::Sender<Phase>,
}

impl App {
    /// The sessions now.
    pub(crate) fn upstreams(&self) -> Arc<[Arc<Upstream>]> {
        self.upstreams.read().clone()
    }

    /// The session of that name.
    pub(crate) fn upstream(&self, name: &str) -> Option<Arc<Upstream>> {
        self.upstreams.read().iter().find(|upstream| upstream.name() == name).cloned()
    }

    /// Resolves when the server stops.
    pub(crate) async fn stopping(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
