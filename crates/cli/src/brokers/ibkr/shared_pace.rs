//! What one run of the program leaves for the next about the broker's limits.
//!
//! Within a process the library keeps them. But to the broker somebody who runs one command after the other is one
//! caller, and one call too many costs a quarter of an hour. So the latest calls and how long a penalty lasts are
//! noted in a file beside the session store, and the library takes both into account. Without a usable file things
//! go on without it.

use std::{pin::Pin, sync::Arc};

use broker_session::{
    Exchange,
    ibkr::{GatewayBuilder, api::API},
};
use http::{HeaderMap, StatusCode, header::RETRY_AFTER};
use jiff::{SignedDuration, Timestamp};
use reqwest::{Client, Request, Response};
use serde::{Deserialize, Serialize};
use tokio::task::spawn_blocking;

use crate::{
    context::Context,
    private_file::{Kind, PrivateFile},
};

/// The file's name, beside the session store.
const FILE: &str = "calls.json";

const KIND: Kind = Kind { name: "list of calls", version: 1, if_seen: "it holds no secret." };

/// What is known of one gateway.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Known {
    address: String,
    /// The calls that still count towards a limit.
    calls: Vec<Call>,
    /// When the last penalty ends.
    penalised: Option<Timestamp>,
}

/// A call, by the operation's id.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Call {
    operation: String,
    at: Timestamp,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    gateways: Vec<Known>,
}

/// Notes what the next run has to know of the calls to one gateway.
#[derive(Clone, Debug)]
pub(super) struct SharedPace {
    file: Arc<PrivateFile>,
    address: String,
}

impl SharedPace {
    /// For the gateway at an address; nothing if there is no place for the file.
    pub(super) fn open(address: String, context: &Context) -> Option<Self> {
        let file = context.store().ok()?.beside(FILE, KIND).ok()?;
        Some(Self { file: Arc::new(file), address })
    }

    /// A gateway that knows what was noted.
    pub(super) fn informed(&self, builder: GatewayBuilder) -> GatewayBuilder {
        let gateways = self.file.read::<Content>().unwrap_or_default().gateways;
        let Some(known) = gateways.into_iter().find(|known| known.address == self.address) else {
            return builder;
        };
        let now = Timestamp::now();
        let left = known.penalised.and_then(|until| until.duration_since(now).try_into().ok());
        let builder = left.into_iter().fold(builder, GatewayBuilder::penalised);
        known.calls.into_iter().fold(builder, |builder, Call { operation, at }| {
            // A time to come is that of a clock that was set back since.
            match now.duration_since(at).try_into() {
                Ok(ago) => builder.called(operation, ago),
                Err(_) => builder,
            }
        })
    }

    async fn carry_out(&self, client: &Client, request: Request) -> reqwest::Result<Response> {
        let path = request.url().path();
        let operation = API.operations.iter().find(|known| path.ends_with(known.path)).map(|known| known.id);
        let Some(operation) = operation else { return client.execute(request).await };
        let started = self.note_call(operation, None).await;
        let outcome = client.execute(request).await;
        // When the broker has counted it is not known, only that it has by now.
        self.note_call(operation, Some(started)).await;
        let response = outcome?;
        if response.status() == StatusCode::TOO_MANY_REQUESTS {
            let penalty = penalty(response.headers());
            self.note(move |known| known.penalised = Timestamp::now().checked_add(penalty).ok()).await;
        }
        Ok(response)
    }

    /// Notes a call at this moment, in place of the note from when it `started`. Gives back when it is noted for.
    async fn note_call(&self, operation: &'static str, started: Option<Timestamp>) -> Timestamp {
        let at = Timestamp::now();
        self.note(move |known| {
            known.calls.retain(|call| counts(call, at) && Some(call.at) != started);
            known.calls.push(Call { operation: operation.to_owned(), at });
        })
        .await;
        at
    }

    /// Changes what is known. Another program may hold the file for a while, which must not hold up this one's timers.
    async fn note(&self, change: impl FnOnce(&mut Known) + Send + 'static) {
        let Self { file, address } = self.clone();
        let noted = spawn_blocking(move || {
            file.change(|content: &mut Content| {
                let mut known = Known { address: address.clone(), ..Known::default() };
                if let Some(place) = content.gateways.iter().position(|known| known.address == address) {
                    known = content.gateways.swap_remove(place);
                }
                change(&mut known);
                content.gateways.push(known);
            })
        });
        if !matches!(noted.await, Ok(Ok(()))) {
            tracing::debug!("what the next run has to know cannot be noted");
        }
    }
}

impl Exchange for SharedPace {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(self.carry_out(client, request))
    }
}

/// Whether a call still counts towards a limit.
fn counts(call: &Call, now: Timestamp) -> bool {
    let own = API.operation(&call.operation).and_then(|operation| operation.rate_limit);
    let longest = own.into_iter().chain(API.rate_limit).map(|limit| limit.per).max().unwrap_or_default();
    let age = now.duration_since(call.at);
    !age.is_negative() && age < SignedDuration::try_from(longest).unwrap_or_default()
}

/// How long the broker keeps a caller out: what its spec says, or longer if it asks for more seconds.
fn penalty(headers: &HeaderMap) -> SignedDuration {
    let asked: Option<u32> = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
    let asked = SignedDuration::from_secs(asked.unwrap_or_default().into());
    let documented = API.penalty.and_then(|penalty| SignedDuration::try_from(penalty).ok());
    asked.max(documented.unwrap_or_default())
}
