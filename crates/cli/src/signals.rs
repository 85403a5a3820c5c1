//! The signals that end a program or reach it, for commands that do more than end by them.

use std::io;

use tokio::process::Child;

use crate::failure::Failure;

/// A signal, by what people call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(unix), allow(dead_code, reason = "there is only Ctrl-C"))]
pub(crate) enum Signal {
    Interrupt,
    Terminate,
    HangUp,
}

/// The signals. They are caught from the call of [`Signals::catch`] on.
pub(crate) struct Signals(imp::Signals);

impl Signals {
    /// Catches the signals.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn catch() -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::other(format!("signals cannot be caught: {error}."));
        Ok(Self(imp::Signals::catch().map_err(failed)?))
    }

    /// The next signal.
    pub(crate) async fn next(&mut self) -> Signal {
        self.0.next().await
    }

    /// Resolves at the next signal to end.
    pub(crate) async fn stop(&mut self) {
        while self.next().await == Signal::HangUp {}
    }
}

/// Ends all processes of the group that this process leads, if it was not waited for.
#[cfg(unix)]
pub(crate) fn kill_group(child: &Child) {
    if let Some(group) = child.id().and_then(|id| rustix::process::Pid::from_raw(i32::try_from(id).ok()?)) {
        // If it fails, nothing of it is left.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
}

/// There are no such groups.
#[cfg(not(unix))]
pub(crate) fn kill_group(_: &Child) {}

#[cfg(unix)]
mod imp {
    use std::io;

    use tokio::signal::unix::{self, SignalKind, signal};

    use super::Signal;

    pub(super) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        hang_up: unix::Signal,
    }

    impl Signals {
        pub(super) fn catch() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.terminate.recv() => Signal::Terminate,
                _ = self.hang_up.recv() => Signal::HangUp,
            }
        }
    }
}

#[cfg(not(unix))]
mod imp {
    use std::io;

    use tokio::signal::windows::{CtrlC, ctrl_c};

    use super::Signal;

    pub(super) struct Signals(CtrlC);

    impl Signals {
        pub(super) fn catch() -> io::Result<Self> {
            Ok(Self(ctrl_c()?))
        }

        pub(super) async fn next(&mut self) -> Signal {
            self.0.recv().await;
            Signal::Interrupt
        }
    }
}
