//! The `broker-session` program.

use std::{alloc::System, process::ExitCode};

use zeroizing_alloc::ZeroAlloc;

/// Overwrites whatever is freed. Secrets are overwritten wherever they are freed, but the HTTP stack makes copies of them
/// that nobody else can reach.
#[global_allocator]
static MEMORY: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    broker_session_cli::run()
}
