//! Faults that the sandbox is told to answer with.

use broker_session_sandbox::{
    Fault,
    kotak::{Operation, Sandbox},
};
use http::StatusCode;

/// A fault for every call of one operation.
#[derive(Clone, Debug)]
pub(super) struct PlannedFault {
    operation: Operation,
    fault: Fault,
}

impl PlannedFault {
    pub(super) fn inject(self, sandbox: &Sandbox) {
        sandbox.inject_always(self.operation, self.fault);
    }
}

/// Reads `OPERATION=FAULT`.
///
/// # Errors
/// If either is not known; the text lists what is.
pub(super) fn planned_fault(text: &str) -> Result<PlannedFault, String> {
    let (operation, fault) = text.split_once('=').ok_or("not of the form OPERATION=FAULT")?;
    let operation = Operation::from_id(operation).ok_or_else(|| {
        let known: Vec<&str> = Operation::ALL.iter().map(|operation| operation.id()).collect();
        format!("there is no operation `{operation}`; there are: {}", known.join(", "))
    })?;
    let fault = match fault {
        "cut-body" => Fault::cut_body(),
        "slow-body" => Fault::slow_body(),
        "hang" => Fault::hang(),
        "reset" => Fault::reset(),
        with_status => with_status_of(with_status)
            .ok_or("there are the faults status-N, html-N, empty-N (N: an HTTP status), cut-body, slow-body, hang, reset")?,
    };
    Ok(PlannedFault { operation, fault })
}

fn with_status_of(text: &str) -> Option<Fault> {
    let (form, status) = text.split_once('-')?;
    let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
    match form {
        "status" => Some(Fault::status(status)),
        "html" => Some(Fault::html_page(status)),
        "empty" => Some(Fault::empty(status)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_faults_are_read_and_others_explained() {
        for text in ["session_init=html-503", "session_logout=reset", "token=status-401"] {
            assert!(planned_fault(text).is_ok(), "{text}");
        }
        for text in ["session_init", "nothing=hang", "session_init=html-5030", "session_init=surprise"] {
            assert!(planned_fault(text).is_err(), "{text}");
        }
    }
}
