//! What all connections of a server share.

use std::sync::Arc;

use broker_session::BodyFilterMode;
use jiff::Timestamp;
use parking_lot::RwLock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use crate::{Limits, events::Events, metrics::Metrics, peer::Strangers, token::Token, upstream::Upstream};

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
    pub(crate) strangers: Strangers,
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

    /// A place for a connection, if need be that of one on which nobody was let in. None when the server has ended.
    pub(crate) async fn place(&self) -> Option<OwnedSemaphorePermit> {
        let places = self.connections.clone();
        if let Ok(place) = places.clone().try_acquire_owned() {
            return Some(place);
        }
        self.strangers.displace_one();
        places.acquire_owned().await.ok()
    }

    /// Resolves when the server stops.
    pub(crate) async fn stopping(&self) {
        let _ = self.phase.subscribe().wait_for(|phase| *phase == Phase::Stopping).await;
    }
}
