//! The command that a person wants to be run: when a person is needed, when a session is lost, and when it is back.
//!
//! It is run once for each of these, one at a time for each session. It gets variables without secrets, and its output goes
//! nowhere, because nobody knows what is in it.

use std::{collections::HashMap, process::Stdio, time::Duration};

use broker_session_serve::{Event, EventKind};
use tokio::{
    process::{Child, Command},
    sync::{mpsc, watch},
    time::timeout,
};

use super::{held::Sessions, systemd};
use crate::{exec::hidden, signals::kill_group};

const EVENT: &str = "BROKER_SESSION_EVENT";
const BROKER: &str = "BROKER_SESSION_BROKER";
const USER: &str = "BROKER_SESSION_USER";
const REASON: &str = "BROKER_SESSION_REASON";
const LOGIN_URL: &str = "BROKER_SESSION_LOGIN_URL";

/// The variables of the command.
pub(super) const VARIABLES: [(&str, &str); 5] = [
    (EVENT, "person_needed, lost or back."),
    (BROKER, "The broker, as on the command line."),
    (USER, "The user at the broker, if it is known."),
    (REASON, "Why, in a sentence or a few."),
    (LOGIN_URL, "The page to open in a browser, where that is what to do."),
];

/// How long the command may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// How many runs of one session may wait.
const WAITING: usize = 16;

/// What a person is notified of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    PersonNeeded,
    Lost,
    Back,
}

impl News {
    fn name(self) -> &'static str {
        match self {
            Self::PersonNeeded => "person_needed",
            Self::Lost => "lost",
            Self::Back => "back",
        }
    }

    /// What an event is after the last thing that the person was notified of. None if it is nothing new.
    fn of(event: EventKind, last: Option<Self>) -> Option<Self> {
        let is_down = matches!(last, Some(Self::PersonNeeded | Self::Lost));
        match event {
            EventKind::Ready | EventKind::Renewed => is_down.then_some(Self::Back),
            EventKind::PersonNeeded => (last != Some(Self::PersonNeeded)).then_some(Self::PersonNeeded),
            // A person who is needed already sees to it.
            EventKind::Lost | EventKind::Failed | EventKind::SignedOut => (!is_down).then_some(Self::Lost),
            _ => None,
        }
    }
}

/// Runs the command. Dropping it ends the runs.
pub(super) struct Notifier {
    events: mpsc::UnboundedSender<Event>,
    command: watch::Sender<Vec<String>>,
}

/// What is known of a session.
struct Known {
    last: Option<News>,
    runs: mpsc::Sender<(News, Event)>,
}

impl Notifier {
    /// Waits for events. An empty command is none.
    pub(super) fn start(command: Vec<String>, sessions: Sessions) -> Self {
        let (events, received) = mpsc::unbounded_channel();
        let (command, current) = watch::channel(command);
        tokio::spawn(sort(received, current, sessions));
        Self { events, command }
    }

    /// Where events go. Sending does not wait: they are few.
    pub(super) fn events(&self) -> mpsc::UnboundedSender<Event> {
        self.events.clone()
    }

    /// Takes another command from now on.
    pub(super) fn replace(&self, command: Vec<String>) {
        self.command.send_replace(command);
    }
}

/// Hands each event that is news to the task of its session.
async fn sort(
    mut events: mpsc::UnboundedReceiver<Event>,
    command: watch::Receiver<Vec<String>>,
    sessions: Sessions,
) {
    let mut known: HashMap<String, Known> = HashMap::new();
    while let Some(event) = events.recv().await {
        let of_session = known.entry(event.session.clone()).or_insert_with(|| {
            let (runs, waiting) = mpsc::channel(WAITING);
            tokio::spawn(run_each(waiting, command.clone(), sessions.clone()));
            Known { last: None, runs }
        });
        let Some(news) = News::of(event.kind, of_session.last) else { continue };
        of_session.last = Some(news);
        if of_session.runs.try_send((news, event)).is_err() {
            tracing::warn!(
                event = news.name(),
                "too many runs of the notify command wait, so this one is left out"
            );
        }
    }
}

/// Runs the command for one session, one time after the other.
async fn run_each(
    mut waiting: mpsc::Receiver<(News, Event)>,
    command: watch::Receiver<Vec<String>>,
    sessions: Sessions,
) {
    while let Some((news, event)) = waiting.recv().await {
        let words = command.borrow().clone();
        let user = sessions.user(&event.session).await;
        let Some(command) = command_of(&words, news, &event, user) else { continue };
        let (session, event) = (event.session.as_str(), news.name());
        if let Err(why) = run(command).await {
            tracing::warn!(session, event, why, "the notify command has failed");
        } else {
            tracing::info!(session, event, "the notify command was run");
        }
    }
}

fn command_of(words: &[String], news: News, event: &Event, user: Option<String>) -> Option<Command> {
    let (program, arguments) = words.split_first()?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    for name in hidden() {
        command.env_remove(name);
    }
    for name in systemd::VARIABLES {
        command.env_remove(name);
    }
    // The system takes no NUL.
    let value = |text: &str| text.replace('\0', " ");
    command.env(EVENT, news.name()).env(BROKER, value(&event.session)).env(REASON, value(&event.message));
    for (name, known) in [(USER, user.as_deref()), (LOGIN_URL, event.login_url.as_deref())] {
        match known {
            Some(known) => command.env(name, value(known)),
            None => command.env_remove(name),
        };
    }
    // So that what it starts can be ended with it.
    #[cfg(unix)]
    command.process_group(0);
    command.kill_on_drop(true);
    Some(command)
}

/// Runs the command. The error has nothing of its output.
async fn run(mut command: Command) -> Result<(), String> {
    let mut child = command.spawn().map_err(|error| format!("it cannot be started: {error}"))?;
    match timeout(PATIENCE, child.wait()).await {
        Ok(Ok(status)) if status.success() => Ok(()),
        Ok(Ok(status)) => Err(format!("it has ended with {status}")),
        Ok(Err(error)) => Err(format!("its end is not known: {error}")),
        Err(_) => {
            end(&mut child).await;
            Err(format!("it took longer than {} seconds, and was ended", PATIENCE.as_secs()))
        }
    }
}

/// Ends the command and what it has started.
async fn end(child: &mut Child) {
    kill_group(child);
    // If it fails, it has ended.
    let _ = child.kill().await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_turn_is_notified_of_once() {
        use EventKind::{Failed, Lost, PersonNeeded, Ready, Renewed, SignedOut};
        let mut last = None;
        let mut sent = Vec::new();
        for event in [
            Ready,
            Renewed,
            PersonNeeded,
            PersonNeeded,
            Failed,
            Ready,
            Lost,
            Failed,
            PersonNeeded,
            Renewed,
            SignedOut,
            Ready,
            Ready,
        ] {
            if let Some(news) = News::of(event, last) {
                last = Some(news);
                sent.push(news.name());
            }
        }
        let expected = ["person_needed", "back", "lost", "person_needed", "back", "lost", "back"];
        assert_eq!(sent, expected);
    }

    /// The clock stands still until the command has started something.
    #[cfg(unix)]
    #[tokio::test(start_paused = true)]
    async fn a_command_that_takes_too_long_ends_with_all_of_it() {
        use std::io::Read;
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut command = Command::new("/bin/sh");
        command.args(["-c", "sleep 20 & echo; wait"]).stdout(writer).process_group(0).kill_on_drop(true);
        let started = tokio::task::spawn_blocking(move || {
            reader.read_exact(&mut [0]).unwrap();
            reader
        });
        let ended = tokio::spawn(run(command));
        let mut reader = started.await.unwrap();
        let why = ended.await.unwrap().unwrap_err();
        assert!(why.contains("longer than 30 seconds"), "{why}");
        let asked = std::time::Instant::now();
        reader.read_to_end(&mut Vec::new()).unwrap();
        assert!(asked.elapsed() < Duration::from_secs(10), "what it has started still runs");
    }
}
