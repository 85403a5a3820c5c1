//! The life of the service: it starts, reads its settings again, and ends when what is under way is finished.

use std::{io, path::Path, time::Duration};

use broker_session_serve::{Server, Token};
use tokio::{sync::oneshot, task::JoinHandle};

use super::{
    descriptors,
    held::{Sessions, names_of},
    listeners::Listeners,
    notify::Notifier,
    options::{Fixed, Options, ServeArgs},
    ready::Reporter,
    systemd,
};
use crate::{
    Context,
    failure::Failure,
    finish_tasks,
    signals::{Signal, Signals},
};

/// How long the report that it is ready waits for sessions that are there at once. Clients do not wait for it.
const MOMENT: Duration = Duration::from_secs(1);

/// Serves until a signal ends the program.
///
/// # Errors
/// If a setting cannot be used, or if the sockets cannot be opened; `interrupted` at a second signal to end.
pub(crate) async fn serve(args: ServeArgs, context: &Context) -> Result<(), Failure> {
    let mut signals = Signals::catch()?;
    let service = tokio::select! {
        service = Service::start(args, context) => service?,
        () = signals.stop() => return Err(Failure::interrupted()),
    };
    service.run(signals).await?;
    // Who has the right to sign in gives it back.
    finish_tasks().await;
    Ok(())
}

/// The service while it runs.
struct Service<'a> {
    args: ServeArgs,
    context: &'a Context,
    fixed: Fixed,
    gateways: Vec<String>,
    sessions: Sessions,
    server: Server,
    notifier: Notifier,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<io::Result<()>>,
}

impl<'a> Service<'a> {
    /// Starts it, and reports that it is ready.
    async fn start(args: ServeArgs, context: &'a Context) -> Result<Self, Failure> {
        let config = context.config()?;
        let Options { brokers, notify, fixed } = args.options(&config, context)?;
        let mut listeners = Listeners::open(&fixed, systemd::passed()?).await?;
        let gateways: Vec<String> = listeners.gateways.iter().map(|gateway| gateway.broker.clone()).collect();
        let named = gateways.iter().map(String::as_str);
        let sessions = Sessions::of(&brokers, named, &config, context).await?;
        let token = token(&fixed.token_file)?;
        let notifier = Notifier::start(notify, sessions.clone());
        let reporter = Reporter::new(context.output);
        let server = {
            let (events, reporter, held) = (notifier.events(), reporter.clone(), sessions.clone());
            let builder =
                Server::builder().limits(descriptors::limits()).token(token).bodies(fixed.bodies()).on_event(
                    move |event| {
                        reporter.event(event);
                        systemd::status(&held.summary());
                        // It fails only when the program ends.
                        let _ = events.send(event.clone());
                    },
                );
            let providers = sessions.providers().into_iter();
            let builder =
                providers.fold(builder, |builder, (name, provider)| builder.upstream(name, provider));
            builder.build().map_err(|error| failed(&error))?
        };
        let (stop, stopped) = oneshot::channel();
        let serving = {
            let (server, listeners) = (server.clone(), listeners.take_all());
            // Without a sender it never stops by itself.
            tokio::spawn(async move { server.serve(listeners, async { drop(stopped.await) }).await })
        };
        let service =
            Self { args, context, fixed, gateways, sessions, server, notifier, stop: Some(stop), serving };
        service.server.settled(MOMENT).await;
        systemd::status(&service.sessions.summary());
        systemd::ready();
        reporter.ready(&listeners, &service.fixed.token_file, &service.sessions)?;
        Ok(service)
    }

    /// Runs until it has ended in good order.
    async fn run(mut self, mut signals: Signals) -> Result<(), Failure> {
        let watchdog = tokio::spawn(systemd::watchdog());
        let outcome = loop {
            tokio::select! {
                ended = &mut self.serving => {
                    break match ended {
                        Ok(Ok(())) => Ok(()),
                        Ok(Err(error)) => Err(failed(&error)),
                        Err(error) => Err(Failure::other(format!("the proxy has ended: {error}."))),
                    };
                }
                signal = signals.next() => match signal {
                    Signal::Interrupt | Signal::Terminate => match self.stop.take() {
                        Some(stop) => {
                            systemd::stopping();
                            // If it fails, it has ended already.
                            let _ = stop.send(());
                        }
                        None => break Err(Failure::interrupted()),
                    },
                    Signal::HangUp if self.stop.is_some() => {
                        systemd::reloading();
                        let stopped = tokio::select! {
                            () = self.reload_or_warn() => false,
                            () = signals.stop() => true,
                        };
                        systemd::ready();
                        if stopped && let Some(stop) = self.stop.take() {
                            systemd::stopping();
                            let _ = stop.send(());
                        }
                    }
                    Signal::HangUp => {}
                }
            }
        };
        watchdog.abort();
        outcome
    }

    async fn reload_or_warn(&self) {
        match self.reload().await {
            Ok(()) => self.context.output.note("The settings were read again."),
            Err(failure) => self
                .context
                .output
                .warn(&format!("the settings cannot be used, so those from before stay: {failure}")),
        }
        systemd::status(&self.sessions.summary());
    }

    /// Reads the settings again. Sessions come from the store, so that nobody signs in anew.
    async fn reload(&self) -> Result<(), Failure> {
        let context = self.context;
        context.commands.forget().await;
        let config = context.config()?;
        let Options { brokers, notify, fixed } = self.args.options(&config, context)?;
        let named = self.gateways.iter().map(String::as_str).chain(names_of(&fixed.gateways));
        let sessions = Sessions::of(&brokers, named, &config, context).await?;
        self.server.replace(sessions.providers()).map_err(|error| failed(&error))?;
        self.sessions.replace(&sessions);
        self.notifier.replace(notify);
        if fixed != self.fixed {
            context.output.warn(
                "`listen`, `unix`, `gateway`, `gateway_plain`, `token_file` and `bodies` of `serve` stay as they were. Start the program anew to change them.",
            );
        }
        Ok(())
    }
}

/// The token in its file, which is made if it is not there.
pub(super) fn token(path: &Path) -> Result<Token, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let made = folder.map_or(Ok(()), crate::new_files::private_folder);
    made.and_then(|()| Token::in_file(path)).map_err(|error| {
        let text = error.to_string();
        let text = text.trim_end_matches('.');
        Failure::config(format!("{text}. Correct it, or name another file with --token-file."))
    })
}

fn failed(error: &io::Error) -> Failure {
    Failure::config(format!("{}.", error.to_string().trim_end_matches('.')))
}
