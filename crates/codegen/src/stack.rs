//! A large stack for recursion. The typed model and the generator recurse along the document with large frames. The
//! depth of a document is limited, but the deepest one needs more than the usual 2 MiB of a thread.

use std::{io, panic, thread};

/// Several times the need of the deepest document in a debug build (bytes). The system commits only used pages.
const LARGE: usize = 32 << 20;

/// Runs `work` on a thread of its own with a large stack, and waits for it. A panic goes on in the caller.
///
/// # Errors
/// If the system cannot start a thread.
pub(crate) fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> io::Result<T> {
    thread::scope(|scope| {
        let worker = thread::Builder::new().stack_size(LARGE).spawn_scoped(scope, work)?;
        match worker.join() {
            Ok(value) => Ok(value),
            Err(panicked) => panic::resume_unwind(panicked),
        }
    })
}
