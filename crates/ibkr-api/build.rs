//! Checks that the generated client and its spec belong together.

use std::process::ExitCode;

fn main() -> ExitCode {
    broker_session_codegen::build_script::run(broker_session_documents::FOLDER)
}
