//! The one line on a terminal that says how a session is, for as long as somebody watches.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often the line is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// The line. It goes away when it is dropped.
#[derive(Debug)]
pub(super) struct StatusLine(ProgressBar);

impl StatusLine {
    /// A line on stderr; nothing if that is no terminal on which a line can be drawn anew.
    pub(super) fn new() -> Option<Self> {
        let line = ProgressBar::new_spinner();
        if line.is_hidden() {
            return None;
        }
        // Cut at the width of the terminal, so that it stays one line.
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {wide_msg}") {
            line.set_style(style);
        }
        line.enable_steady_tick(TICK);
        Some(Self(line))
    }

    /// Shows another text.
    pub(super) fn show(&self, text: String) {
        self.0.set_message(text);
    }

    /// Counts the time from now on.
    pub(super) fn restart(&self) {
        self.0.reset_elapsed();
    }
}

impl Drop for StatusLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
