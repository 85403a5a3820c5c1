//! One answer of whatever form, met by the generated client.

use std::sync::LazyLock;

use broker_session_runtime::{
    Deadlines, HttpClientBuilder, RetryPolicy, Transport, Unfit, contract::Outcome,
};

use super::{Given, Memory};
use crate::{Broker, arguments, credential};

/// What the generated client makes of an answer is what the table says of it; and what it has decoded and encoded
/// again, it decodes to the same.
pub async fn check_wire<B: Broker>(given: &Given<'_>) {
    let outcome = wire::<B>(given).await;
    let id = &given.operation.id;
    let known = B::api().operation(id).and_then(|operation| operation.status(given.status.as_u16()));
    let (status, value) = match outcome {
        Outcome::Answer(status, value) => {
            assert!(status.is_success(), "{id}: a success with {status}");
            // An unknown success means what 200 means.
            let ok = || B::api().operation(id).and_then(|operation| operation.status(200));
            assert!(known.or_else(ok).is_some(), "{id}: nobody knows {}", given.status);
            (status, value)
        }
        Outcome::Fault(status, value) => {
            assert!(known.is_some() && status == given.status, "{id}: {status} in place of {}", given.status);
            (status, value)
        }
        Outcome::Unexpected(status, kept) => {
            assert_eq!(status, given.status, "{id}");
            let kept = kept.expect("why it is not what was expected");
            assert_eq!(kept.status(), status, "{id}");
            // Nobody reads the page of a redirect, so nobody knows whether it was whole.
            match status.is_redirection() {
                true => assert!(matches!(kept.unfit(), Unfit::Redirect { .. }), "{id}: {:?}", kept.unfit()),
                false => assert_eq!(*kept.unfit() == Unfit::Cut, given.is_cut, "{id}: {:?}", kept.unfit()),
            }
            return;
        }
        Outcome::Nothing(what) => panic!("{id}: there was an answer, and it was lost: {what}"),
    };
    if value.is_null() {
        return;
    }
    let mut again = given.clone();
    (again.status, again.body) = (status, value.to_string().into_bytes());
    match wire::<B>(&again).await {
        Outcome::Answer(_, second) | Outcome::Fault(_, second) => assert_eq!(second, value, "{id}"),
        // Of a failure in words that nobody knows nothing is left that says so.
        Outcome::Unexpected(_, Some(kept)) if *kept.unfit() == Unfit::Unconfirmed => {}
        other => panic!("{id}: {value} is not taken again: {other:?}"),
    }
}

/// What the generated client makes of the answer: the operation is called by its name, with its own examples.
pub async fn wire<B: Broker>(given: &Given<'_>) -> Outcome {
    // It sends nothing, so one is enough; making one takes longer than all the rest.
    static HTTP: LazyLock<reqwest::Client> = LazyLock::new(|| {
        let http = HttpClientBuilder::new().only_given_roots(true).build(Deadlines::default());
        http.expect("a client without TLS")
    });
    let transport = Transport::builder(B::api()).retry(RetryPolicy::NEVER).exchange(Memory::new::<B>(given));
    let schemes = B::api().security_schemes.iter();
    let transport =
        schemes.fold(transport, |transport, scheme| transport.credential(scheme.name, credential(scheme)));
    let base = format!("http://127.0.0.1:9{}", B::PREFIX);
    let client = B::client(&base, HTTP.clone(), transport.build());
    let body = given.operation.body.as_ref().and_then(|media| media.examples.first());
    let arguments = arguments(given.operation, body.map(|example| &example.value));
    B::call(&client, &given.operation.id, &arguments).await.expect("arguments that fit")
}
