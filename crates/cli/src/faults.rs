//! Faults that a sandbox is told to answer with.

use broker_session_sandbox::{Fault, Operation};
use http::StatusCode;

/// A fault for every call of one operation.
#[derive(Clone, Debug)]
pub(crate) struct PlannedFault<O> {
    pub(crate) operation: O,
    pub(crate) fault: Fault,
}

/// Reads `OPERATION=FAULT`, where the operation is named by its id.
///
/// # Errors
/// If either is not known; the text lists what is.
pub(crate) fn planned_fault<O: Operation>(text: &str) -> Result<PlannedFault<O>, String> {
    let (named, fault) = text.split_once('=').ok_or("not of the form OPERATION=FAULT")?;
    let operation = O::all().iter().copied().find(|operation| operation.id() == named).ok_or_else(|| {
        let known: Vec<&str> = O::all().iter().map(|operation| operation.id()).collect();
        format!("there is no operation `{named}`; there are: {}", known.join(", "))
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
    use broker_session_sandbox::kotak;

    #[test]
    fn known_faults_are_read_and_others_explained() {
        let planned = planned_fault::<kotak::Operation>;
        for text in ["session_init=html-503", "session_logout=reset", "token=status-401"] {
            assert!(planned(text).is_ok(), "{text}");
        }
        for text in ["session_init", "nothing=hang", "session_init=html-5030", "session_init=surprise"] {
            assert!(planned(text).is_err(), "{text}");
        }
    }
}
