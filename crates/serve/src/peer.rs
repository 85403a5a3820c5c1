//! Who is at the other end of a connection, and whom a new one may displace.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use parking_lot::Mutex;
use tokio::task::AbortHandle;

/// The other end of a connection.
#[derive(Debug)]
pub(crate) struct Peer {
    /// For the log: an address, or a user and a process.
    pub(crate) name: String,
    was_let_in: AtomicBool,
}

impl Peer {
    pub(crate) fn new(name: String) -> Self {
        Self { name, was_let_in: AtomicBool::new(false) }
    }

    /// One of its requests was let in.
    pub(crate) fn let_in(&self) {
        self.was_let_in.store(true, Relaxed);
    }
}

/// Connections on which nobody was let in yet, the oldest first. Everybody on the machine can open them, so where places are
/// scarce they make room.
#[derive(Debug, Default)]
pub(crate) struct Strangers(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    connections: VecDeque<(Arc<Peer>, AbortHandle)>,
    /// At which length those are left out that are no strangers any more.
    tidy_at: usize,
}

fn is_stranger((peer, task): &(Arc<Peer>, AbortHandle)) -> bool {
    !peer.was_let_in.load(Relaxed) && !task.is_finished()
}

impl Strangers {
    /// There is a new connection.
    pub(crate) fn add(&self, peer: Arc<Peer>, task: AbortHandle) {
        let mut queue = self.0.lock();
        if queue.connections.len() >= queue.tidy_at {
            queue.connections.retain(is_stranger);
            queue.tidy_at = 2 * queue.connections.len() + 16;
        }
        queue.connections.push_back((peer, task));
    }

    /// Closes the oldest connection, if there is one.
    pub(crate) fn displace_one(&self) {
        let mut queue = self.0.lock();
        while let Some(oldest) = queue.connections.pop_front() {
            if is_stranger(&oldest) {
                return oldest.1.abort();
            }
        }
    }
}
