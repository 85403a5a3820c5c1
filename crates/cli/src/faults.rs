//! Faults with which a sandbox responds.

use std::io;

use broker_session_sandbox::{Broker, Fault, Operation, Sandbox};
use http::StatusCode;

/// A fault for every call of one operation.
#[derive(Clone, Debug)]
pub(crate) struct PlannedFault<O> {
    pub(crate) operation: O,
    fault: Planned,
}

#[derive(Clone, Debug)]
enum Planned {
    Fault(Fault),
    /// The example of the spec with this status and this name.
    Example(StatusCode, String),
}

impl<O: Operation> PlannedFault<O> {
    /// The fault itself.
    ///
    /// # Errors
    /// If the broker's spec has no such example; the message lists those that it has.
    pub(crate) fn fault<B: Broker<Operation = O>>(self) -> io::Result<Fault> {
        match self.fault {
            Planned::Fault(fault) => Ok(fault),
            Planned::Example(status, name) => Sandbox::<B>::example(self.operation, status, &name),
        }
    }
}

/// Reads `OPERATION=FAULT`, where the operation is named by its id.
///
/// # Errors
/// If either is not known; the message lists what is.
pub(crate) fn planned_fault<O: Operation>(text: &str) -> Result<PlannedFault<O>, String> {
    let (named, fault) = text.split_once('=').ok_or("not of the form OPERATION=FAULT")?;
    let operation = O::all().iter().copied().find(|operation| operation.id() == named).ok_or_else(|| {
        let known: Vec<&str> = O::all().iter().map(|operation| operation.id()).collect();
        format!("there is no operation `{named}`; there are: {}", known.join(", "))
    })?;
    let fault = match fault {
        "cut-body" => Planned::Fault(Fault::cut_body()),
        "slow-body" => Planned::Fault(Fault::slow_body()),
        "hang" => Planned::Fault(Fault::hang()),
        "reset" => Planned::Fault(Fault::reset()),
        with_status => with_status_of(with_status).ok_or(
            "there are the faults status-N, html-N, empty-N (N: an HTTP status), example-N-NAME (an example of the \
             spec), cut-body, slow-body, hang, reset",
        )?,
    };
    Ok(PlannedFault { operation, fault })
}

fn with_status_of(text: &str) -> Option<Planned> {
    let (form, rest) = text.split_once('-')?;
    let (status, name) = rest.split_once('-').map_or((rest, None), |(status, name)| (status, Some(name)));
    let status = StatusCode::from_bytes(status.as_bytes()).ok()?;
    match (form, name) {
        ("status", None) => Some(Planned::Fault(Fault::status(status))),
        ("html", None) => Some(Planned::Fault(Fault::html_page(status))),
        ("empty", None) => Some(Planned::Fault(Fault::empty(status))),
        ("example", Some(name)) => Some(Planned::Example(status, name.to_owned())),
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
        for text in [
            "session_init=html-503",
            "session_logout=reset",
            "token=status-401",
            "session_init=example-400-wrong-host",
        ] {
            let fault = planned(text).map_err(io::Error::other).and_then(PlannedFault::fault::<kotak::Kotak>);
            assert!(fault.is_ok(), "{text}");
        }
        for text in [
            "session_init",
            "nothing=hang",
            "session_init=html-5030",
            "session_init=html-503-page",
            "session_init=example-400",
            "session_init=surprise",
        ] {
            assert!(planned(text).is_err(), "{text}");
        }
        let unknown = planned("session_init=example-400-nothing").unwrap().fault::<kotak::Kotak>();
        assert!(unknown.unwrap_err().to_string().contains("wrong-host"));
    }
}
