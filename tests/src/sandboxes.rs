//! The sandbox against every documented answer: whatever the spec documents, a program's tests can be made to meet.

use broker_session_sandbox::{Broker, Builder, Fault, Operation as _, Sandbox};
use http::{HeaderValue, StatusCode};

use crate::{
    Case, Generated, Report, arguments,
    outcomes::{client_at, compare, first_body, http},
};

/// Tells a sandbox to give every documented answer, and compares what the generated client makes of it.
pub async fn check_sandbox<G: Generated, S: Broker>(builder: Builder<S>) -> Report {
    let spec = G::spec();
    let sandbox = builder.start().await.expect("a sandbox on loopback");
    let http = http();
    let mut report = Report::default();
    for case in spec.cases() {
        let outcome = match tell(&sandbox, &case) {
            Ok(()) => {
                let arguments = arguments(case.operation, first_body(case.operation));
                let client = client_at::<G>(sandbox.base_url(), &http);
                let outcome = G::call(&client, &case.operation.id, &arguments).await;
                outcome.and_then(|outcome| compare(spec, &case, outcome))
            }
            Err(why) => Err(why),
        };
        report.add(case.label(), outcome);
    }
    report
}

/// Tells the sandbox to give this answer next, and nothing else.
fn tell<S: Broker>(sandbox: &Sandbox<S>, case: &Case<'_>) -> Result<(), String> {
    let id = case.operation.id.as_str();
    let mut known = S::Operation::all().iter();
    let operation = known.find(|operation| operation.id() == id);
    let operation = *operation.ok_or_else(|| format!("the sandbox does not have the operation `{id}`"))?;
    let status = StatusCode::from_u16(case.response.status).map_err(|error| error.to_string())?;
    let fault = match (case.example, &case.response.location) {
        (Some(example), _) => {
            Sandbox::<S>::example(operation, status, &example.name).map_err(|error| error.to_string())?
        }
        (None, Some(location)) => {
            Fault::redirect(status, HeaderValue::from_str(location).map_err(|error| error.to_string())?)
        }
        (None, None) => Fault::empty(status),
    };
    sandbox.clear_faults();
    sandbox.inject(operation, fault);
    Ok(())
}
