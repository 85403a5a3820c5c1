//! The signals of a service: to end, and to read the settings again.

use std::io;

use crate::failure::Failure;

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    Stop,
    Reload,
}

/// The signals. They are caught from the call of [`Signals::catch`] on.
pub(super) struct Signals(imp::Signals);

impl Signals {
    /// Catches the signals.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn catch() -> Result<Self, Failure> {
        let caught = imp::Signals::catch();
        let failed = |error: io::Error| Failure::other(format!("signals cannot be caught: {error}."));
        Ok(Self(caught.map_err(failed)?))
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> Signal {
        self.0.next().await
    }

    /// Resolves at the next signal to end.
    pub(super) async fn stop(&mut self) {
        while self.next().await != Signal::Stop {}
    }
}

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
                _ = self.interrupt.recv() => Signal::Stop,
                _ = self.terminate.recv() => Signal::Stop,
                _ = self.hang_up.recv() => Signal::Reload,
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
            Signal::Stop
        }
    }
}
