//! Whether a response that reports the end of a session is to be believed.
//!
//! Some paths report it whatever the session, for instance for want of a permission. Who asks one of them must not have
//! everybody's session replaced again and again. So other paths are witnesses: as long as they accept the session, a path
//! that has refused the one before it as well is not believed.

use std::{collections::BTreeMap, time::Duration};

use tokio::time::Instant;

/// How many paths are remembered.
const MAX_PATHS: usize = 64;

/// How long a path is remembered that nobody asks.
const MEMORY: Duration = Duration::from_secs(15 * 60);

/// The number of a session; none where the broker's server holds it.
pub(crate) type Number = Option<u64>;

/// What paths have said of the session lately.
#[derive(Debug, Default)]
pub(crate) struct Doubts {
    /// The session that some path has accepted last.
    accepted: Option<Number>,
    /// The paths whose last response was a refusal.
    refusing: BTreeMap<String, Refusing>,
}

#[derive(Debug)]
struct Refusing {
    number: Number,
    /// Whether it has refused two sessions in a row, or one that had just been made.
    always: bool,
    at: Instant,
}

impl Doubts {
    /// A path has accepted a session.
    pub(crate) fn accepted(&mut self, path: &str, number: Number) {
        self.refusing.remove(path);
        self.accepted = Some(number);
    }

    /// A path has refused a session. Returns whether that is to be believed.
    pub(crate) fn refused(&mut self, path: &str, number: Number, is_new: bool) -> bool {
        self.refusing.retain(|_, refusing| refusing.at.elapsed() < MEMORY);
        let last = self.refusing.remove(path);
        let always = is_new || last.is_some_and(|last| last.always || last.number != number);
        if self.refusing.len() >= MAX_PATHS {
            self.refusing.pop_first();
        }
        self.refusing.insert(path.to_owned(), Refusing { number, always, at: Instant::now() });
        let is_believed = !always || self.accepted != Some(number);
        if is_believed {
            self.accepted = None;
        }
        is_believed
    }

    /// The paths that are not believed about this session.
    pub(crate) fn paths(&self, number: Number) -> Vec<&str> {
        if self.accepted != Some(number) {
            return Vec::new();
        }
        let is_recent = |refusing: &Refusing| refusing.always && refusing.at.elapsed() < MEMORY;
        let paths = self.refusing.iter().filter(|(_, refusing)| is_recent(refusing));
        paths.map(|(path, _)| path.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_path_that_refuses_every_session_is_not_believed_against_others() {
        let mut doubts = Doubts::default();
        assert!(doubts.refused("/bad", Some(1), false));
        // Nobody has accepted the next one yet.
        assert!(doubts.refused("/bad", Some(2), false));
        doubts.accepted("/good", Some(2));
        assert!(!doubts.refused("/bad", Some(2), false));
        assert_eq!((doubts.paths(Some(2)), doubts.paths(Some(3))), (vec!["/bad"], vec![]));
        // Who has accepted it is believed, and then everybody is.
        assert!(doubts.refused("/good", Some(2), false));
        assert!(doubts.refused("/bad", Some(2), false));
    }

    #[tokio::test(start_paused = true)]
    async fn a_path_that_accepts_again_is_believed_again() {
        let mut doubts = Doubts::default();
        doubts.accepted("/good", Some(1));
        assert!(doubts.refused("/a", Some(1), false), "the first time");
        doubts.accepted("/good", Some(2));
        assert!(!doubts.refused("/a", Some(2), true), "it was made for this path");
        doubts.accepted("/a", Some(2));
        assert!(doubts.refused("/a", Some(2), false));
        doubts.accepted("/good", Some(3));
        tokio::time::advance(MEMORY).await;
        assert!(doubts.refused("/a", Some(3), false), "it was long ago");
    }

    #[tokio::test(start_paused = true)]
    async fn only_so_many_paths_are_remembered() {
        let mut doubts = Doubts::default();
        for number in 0..1000 {
            doubts.refused(&format!("/{number}"), Some(1), true);
        }
        doubts.accepted("/good", Some(1));
        assert_eq!(doubts.paths(Some(1)).len(), MAX_PATHS);
    }
}
