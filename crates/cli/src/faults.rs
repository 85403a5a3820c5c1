//! Faults that a sandbox is told to answer with.

use broker_session_sandbox::Fault;
use http::StatusCode;

/// A fault for every call of one operation.
#[derive(Clone, Debug)]
pub(crate) struct PlannedFault<O> {
    pub(crate) operation: O,
    pub(crate) fault: Fault,
}

/// Reads `OPERATION=FAULT`, where the operation is one of `all`, named by its id.
///
/// # Errors
/// If either is not known; the text lists what is.
pub(crate) fn planned_fault<O: Copy>(
    text: &str,
    all: &[O],
    id: impl Fn(O) -> &'static str,
) -> Result<PlannedFault<O>, String> {
    let (named, fault) = text.split_once('=').ok_or("not of the form OPERATION=FAULT")?;
    let operation = all.iter().copied().find(|operation| id(*operation) == named).ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(|operation| id(*operation)).collect();
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

    #[test]
    fn known_faults_are_read_and_others_explained() {
        let planned = |text| planned_fault(text, &["session_init", "session_logout", "token"], |id| id);
        for text in ["session_init=html-503", "session_logout=reset", "token=status-401"] {
            assert!(planned(text).is_ok(), "{text}");
        }
        for text in ["session_init", "nothing=hang", "session_init=html-5030", "session_init=surprise"] {
            assert!(planned(text).is_err(), "{text}");
        }
    }
}
