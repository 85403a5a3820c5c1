//! Names the cell that hangs: on a paused clock no deadline would ever end it.

use std::{
    io::Write as _,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::Duration,
};

/// What a call may take of real time, on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(120);

/// Ends the whole process when a call takes for ever. It rests when it is dropped.
pub(super) struct Watchdog(Sender<String>);

impl Watchdog {
    /// Starts to watch.
    pub(super) fn start() -> Self {
        let (cells, news) = channel::<String>();
        thread::spawn(move || {
            let mut cell = "the first call".to_owned();
            loop {
                match news.recv_timeout(PATIENCE) {
                    Ok(next) => cell = next,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        // Written past the harness, which would keep it for the end of a test that has none.
                        let _ = writeln!(std::io::stderr(), "{cell}: hangs for more than {PATIENCE:?}.");
                        std::process::abort();
                    }
                }
            }
        });
        Self(cells)
    }

    /// Says what is called next.
    pub(super) fn next(&self, cell: String) {
        // Without a dog nobody watches, which hurts nobody.
        let _ = self.0.send(cell);
    }
}
