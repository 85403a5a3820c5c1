//! Keeps the broker's limits across runs of the program.
//!
//! Within a process the library keeps them. But to the broker somebody who runs one command after the other is one
//! caller, and a call too many costs a quarter of an hour. So the runs tell each other, in a file beside the
//! session store, when they called last; the limits themselves stand in the spec. Whether the single sign-on is
//! alive may be asked once a minute: as long as nothing else has changed, what another run was told in that minute
//! holds for this one; otherwise this one waits. Without a usable file things go on without it.

use std::{
    collections::BTreeMap,
    hash::{DefaultHasher, Hash, Hasher},
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use broker_session::{Exchange, ibkr::api::API};
use futures::{StreamExt, stream};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Body, Client, Request, Response, ResponseBuilderExt};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    context::Context,
    private_file::{Kind, PrivateFile},
};

/// The file's name, beside the session store.
const FILE: &str = "calls.json";

const KIND: Kind = Kind { name: "list of calls", if_seen: "that is no harm." };

/// What is older has no effect any more.
const FORGET_AFTER: SignedDuration = SignedDuration::from_hours(1);
/// What is kept of an answer of `/sso/validate`; the rest is nobody's business, and some of it secret.
const MEMBERS: [&str; 2] = ["RESULT", "USER_NAME"];
/// No honest answer that is looked at here is longer, in bytes; the rest is not looked at.
const LONGEST: usize = 64 * 1024;

const STATUS: &str = "iserver_auth_status_post";
const VALIDATE: &str = "sso_validate_get";
const LOGOUT: &str = "logout_post";

/// The last calls of one gateway.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Calls {
    address: String,
    last: Timestamp,
    /// The last call of every operation that has a limit of its own.
    operations: BTreeMap<String, Timestamp>,
    validation: Option<Validation>,
}

/// What was answered to `/sso/validate`.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Validation {
    at: Timestamp,
    status: u16,
    answer: Option<Map<String, Value>>,
    /// What was said of the brokerage session then; nothing after a logout.
    seen: Option<Seen>,
}

/// An answer about the brokerage session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    status: u16,
    digest: u64,
}

#[derive(Default, Serialize, Deserialize)]
struct Content {
    gateways: Vec<Calls>,
}

/// Sends requests at a pace that all runs of the program share.
#[derive(Debug)]
pub(super) struct SharedPace {
    file: PrivateFile,
    address: String,
    seen: Mutex<Option<Seen>>,
}

impl SharedPace {
    /// For the gateway at an address; nothing if there is no place for the file.
    pub(super) fn open(address: String, context: &Context) -> Option<Self> {
        let path = context.store().ok()?.beside(FILE);
        let file = PrivateFile::open(path, KIND, context.output).ok()?;
        Some(Self { file, address, seen: Mutex::default() })
    }

    /// Takes a place in the line, and gives back how long it is until then.
    fn take_turn(&self, operation: Option<&'static str>) -> Duration {
        let now = Timestamp::now();
        let mut turn = now;
        self.change(|calls| {
            let own = operation.and_then(|id| Some((id, gap(id)?)));
            let before = own.and_then(|(id, gap)| Some((*calls.operations.get(id)?, gap)));
            let any = API.rate_limit.map(|limit| (calls.last, limit.per / limit.requests.max(1)));
            for (last, gap) in before.into_iter().chain(any) {
                let gap = SignedDuration::try_from(gap).unwrap_or_default();
                // A clock that was set back must not make anybody wait.
                let next = last.checked_add(gap).ok().filter(|next| next.duration_since(now) <= gap);
                turn = turn.max(next.unwrap_or(now));
            }
            calls.last = turn;
            if let Some((id, _)) = own {
                calls.operations.insert(id.to_owned(), turn);
            }
        });
        turn.duration_since(now).try_into().unwrap_or_default()
    }

    /// The answer that another run was given so recently that it must not be asked for again, if the brokerage
    /// session is still as it was then.
    fn known_answer(&self) -> Option<Response> {
        let gateways = self.file.read::<Content>().ok()?.gateways;
        let validation = gateways.into_iter().find(|calls| calls.address == self.address)?.validation?;
        let age = Duration::try_from(Timestamp::now().duration_since(validation.at)).ok()?;
        let seen = self.seen();
        let is_the_same = match validation.seen {
            Some(_) => validation.seen == seen,
            None => seen.is_some_and(|seen| seen.status != StatusCode::OK.as_u16()),
        };
        if age >= gap(VALIDATE)? || !is_the_same {
            return None;
        }
        let body = validation.answer.map(|answer| Value::Object(answer).to_string());
        let mut response = http::Response::new(body.unwrap_or_default());
        *response.status_mut() = StatusCode::from_u16(validation.status).ok()?;
        tracing::debug!(age_s = age.as_secs(), "the last answer to sso_validate_get holds");
        Some(response.into())
    }

    fn note_validation(&self, status: StatusCode, body: &[u8]) {
        // What is behind a redirect to the login page does not matter.
        let status = if status.is_redirection() { StatusCode::UNAUTHORIZED } else { status };
        let answer = serde_json::from_slice::<Map<String, Value>>(body).ok().map(|mut answer| {
            answer.retain(|name, _| MEMBERS.contains(&name.as_str()));
            answer
        });
        let (at, status, seen) = (Timestamp::now(), status.as_u16(), self.seen());
        self.change(|calls| calls.validation = Some(Validation { at, status, answer, seen }));
    }

    /// After a logout it is known what would be answered, until the session is there again.
    fn note_logout(&self) {
        self.change(|calls| {
            if let Some(validation) = &mut calls.validation {
                *validation = Validation {
                    at: validation.at,
                    status: StatusCode::UNAUTHORIZED.as_u16(),
                    answer: None,
                    seen: None,
                };
            }
        });
    }

    fn seen(&self) -> Option<Seen> {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_status(&self, status: StatusCode, body: &[u8]) {
        let mut digest = DefaultHasher::new();
        body.hash(&mut digest);
        let seen = Seen { status: status.as_u16(), digest: digest.finish() };
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(seen);
    }

    fn change(&self, change: impl FnOnce(&mut Calls)) {
        let now = Timestamp::now();
        let outcome = self.file.change(|content: &mut Content| {
            let known = content.gateways.iter().find(|calls| calls.address == self.address).cloned();
            let mut calls = known.unwrap_or_else(|| Calls {
                address: self.address.clone(),
                last: Timestamp::UNIX_EPOCH,
                operations: BTreeMap::new(),
                validation: None,
            });
            change(&mut calls);
            let is_old = |calls: &Calls| now.duration_since(calls.last) > FORGET_AFTER;
            content.gateways.retain(|calls| calls.address != self.address && !is_old(calls));
            content.gateways.push(calls);
        });
        if outcome.is_err() {
            tracing::debug!("the calls cannot be noted for the next run");
        }
    }

    async fn carry_out(&self, client: &Client, request: Request) -> reqwest::Result<Response> {
        let path = request.url().path();
        let operation = API.operations.iter().find(|known| path.ends_with(known.path)).map(|known| known.id);
        if operation == Some(VALIDATE)
            && let Some(answer) = self.known_answer()
        {
            return Ok(answer);
        }
        tokio::time::sleep(self.take_turn(operation)).await;
        let response = client.execute(request).await?;
        // A 429 says nothing about a session.
        let is_telling = response.status() != StatusCode::TOO_MANY_REQUESTS;
        match operation {
            Some(STATUS) if is_telling => {
                let (response, body) = read(response).await;
                self.note_status(response.status(), &body);
                Ok(response)
            }
            Some(VALIDATE) if is_telling => {
                let (response, body) = read(response).await;
                self.note_validation(response.status(), &body);
                Ok(response)
            }
            Some(LOGOUT) if response.status().is_success() => {
                self.note_logout();
                Ok(response)
            }
            _ => Ok(response),
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

/// The time from one call of an operation to the next, if it has a limit of its own.
fn gap(operation: &str) -> Option<Duration> {
    let limit = API.operation(operation)?.rate_limit?;
    Some(limit.per / limit.requests.max(1))
}

/// An answer as it was, and the beginning of its body. What comes after that, or keeps it from coming, is handed on.
async fn read(mut response: Response) -> (Response, Vec<u8>) {
    let mut begin = Vec::new();
    let failure = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => begin.extend_from_slice(&chunk),
            Ok(None) => break None,
            Err(error) => break Some(Err(error)),
        }
        if begin.len() > LONGEST {
            break None;
        }
    };
    let mut same = http::Response::builder().status(response.status()).url(response.url().clone());
    if let Some(headers) = same.headers_mut() {
        *headers = std::mem::take(response.headers_mut());
    }
    let parts = std::iter::once(Ok(begin.clone().into())).chain(failure);
    let body = Body::wrap_stream(stream::iter(parts).chain(response.bytes_stream()));
    // Every part is one that an answer has had already, so nothing can be wrong with it.
    (same.body(body).unwrap_or_default().into(), begin)
}
