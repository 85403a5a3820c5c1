//! Where blocking calls are carried out, and where they are not.

use std::{
    io,
    pin::pin,
    sync::{Arc, OnceLock},
    task::{Context, Poll, Wake, Waker},
    thread::{self, Thread},
};

use tokio::{
    runtime::{Builder, Runtime},
    task::coop,
};

use crate::Error;

/// Waits for a future, in the runtime of this module: what has no blocking form, such as the request of
/// [`Session::authorize`](crate::Session::authorize), the opening of a store in the keyring, or
/// [`Session::forward`](crate::Session::forward).
///
/// ```no_run
/// # fn example(session: broker_session::blocking::Session) -> Result<(), Box<dyn std::error::Error>> {
/// use broker_session::blocking;
///
/// let request = session.authorize(session.http().get("https://cis.kotaksecurities.com/scripmaster"))?;
/// let response = blocking::block_on(request.send())??;
/// println!("{}", blocking::block_on(response.text())??);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// `Config` in a task of tokio, and if the runtime cannot be started.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Error> {
    if is_in_task() {
        let what = "this thread carries out async tasks, and a call that blocks would hold them up, so nothing was sent";
        let hint = "Call the async form, without `blocking` in its path, and `.await` it; or make this call in `tokio::task::spawn_blocking`.";
        return Err(Error::config(what).with_hint(Some(hint.to_owned())).unsent());
    }
    let runtime = runtime().map_err(|error| {
        let hint = "Let the process have another thread and a few more open files.".to_owned();
        Error::config("the runtime of the blocking calls cannot be started")
            .with_hint(Some(hint))
            .caused_by(error)
            .unsent()
    })?;
    let _entered = runtime.enter();
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Parked(thread::current())));
    let mut context = Context::from_waker(&waker);
    // That of tokio would panic in a task that `is_in_task` does not notice.
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return Ok(output),
            Poll::Pending => thread::park(),
        }
    }
}

/// The one runtime. Its thread drives sockets and timers, and whatever goes on between two calls.
fn runtime() -> io::Result<&'static Runtime> {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    if let Some(runtime) = RUNTIME.get() {
        return Ok(runtime);
    }
    let runtime =
        Builder::new_multi_thread().worker_threads(1).thread_name("broker-session").enable_all().build()?;
    Ok(RUNTIME.get_or_init(|| runtime))
}

/// Whether tokio is polling a task on this thread. `Handle::try_current` would also find a runtime where blocking is fine.
///
/// A task has a budget, of fewer than 256 steps in one poll; what may block has none. Each step is given back when it is
/// dropped, so the budget is what it was. A task that was made `unconstrained` is not noticed.
fn is_in_task() -> bool {
    let (mut context, mut steps) = (Context::from_waker(Waker::noop()), Vec::new());
    let is_limited = (0..=u8::MAX).any(|_| match coop::poll_proceed(&mut context) {
        Poll::Ready(step) => {
            steps.push(step);
            false
        }
        Poll::Pending => true,
    });
    // Each sets the budget to what it was before, so the first must be the last.
    while steps.pop().is_some() {}
    is_limited
}

/// A thread that waits for its future.
struct Parked(Thread);

impl Wake for Parked {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Duration};

    use broker_session_runtime::ErrorKind;
    use tokio::{
        task::{block_in_place, spawn_blocking},
        time::sleep,
    };

    use super::*;

    /// What a call that waits comes to.
    fn call() -> Result<u8, Error> {
        block_on(async {
            sleep(Duration::from_millis(1)).await;
            7
        })
    }

    fn assert_refused(outcome: Result<u8, Error>) {
        let error = outcome.unwrap_err();
        assert_eq!((error.kind(), error.is_unsent()), (ErrorKind::Config, true), "{error}");
        assert!(error.hint().unwrap().contains("spawn_blocking"), "{error}");
    }

    #[test]
    fn tasks_of_any_runtime_may_not_block() {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.enable_all().build().unwrap();
            assert_refused(runtime.block_on(async { call() }));
            assert_refused(runtime.block_on(async { tokio::spawn(async { call() }).await.unwrap() }));
        }
        assert_refused(block_on(async { tokio::spawn(async { call() }).await.unwrap() }).unwrap());
    }

    #[test]
    fn threads_that_may_block_do() {
        assert_eq!(call().unwrap(), 7);
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.enable_all().build().unwrap();
            assert_eq!(runtime.block_on(async { spawn_blocking(call).await.unwrap() }).unwrap(), 7);
            let _entered = runtime.enter();
            assert_eq!(call().unwrap(), 7);
        }
        let runtime = Builder::new_multi_thread().build().unwrap();
        assert_eq!(runtime.block_on(async { block_in_place(call) }).unwrap(), 7);
    }

    #[tokio::test]
    async fn a_refused_call_leaves_the_budget_of_its_task() {
        assert_refused(call());
        assert!(coop::has_budget_remaining());
        // Each value costs one step; a poll that has none left would be pending.
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        (0..50).for_each(|value| sender.send(value).unwrap());
        let mut context = Context::from_waker(Waker::noop());
        assert!((0..50).all(|_| receiver.poll_recv(&mut context).is_ready()));
    }

    #[tokio::test]
    async fn a_task_that_is_not_noticed_does_not_panic() {
        let outcome = coop::unconstrained(async { call() }).await;
        assert_eq!(outcome.unwrap(), 7);
    }

    #[test]
    fn tasks_go_on_between_two_calls() {
        let (sender, receiver) = std::sync::mpsc::channel();
        block_on(async move { drop(tokio::spawn(async move { sender.send(7) })) }).unwrap();
        assert_eq!(receiver.recv(), Ok(7));
    }

    #[test]
    fn futures_need_not_be_sent_to_another_thread() {
        let count = Cell::new(0);
        block_on(async {
            sleep(Duration::from_millis(1)).await;
            count.set(1);
        })
        .unwrap();
        assert_eq!(count.get(), 1);
    }
}
