//! Notes every call for the other programs at the same gateway.

use std::{pin::Pin, sync::Arc};

use broker_session_runtime::Exchange;
use ibkr_session_api::API;
use reqwest::{Client, Request, Response};

use super::notes::Notes;

/// Carries out a request, by another exchange if there is one, and notes it.
pub(super) struct NotingExchange {
    notes: Arc<Notes>,
    inner: Option<Arc<dyn Exchange>>,
}

impl NotingExchange {
    pub(super) fn new(notes: Arc<Notes>, inner: Option<Arc<dyn Exchange>>) -> Self {
        Self { notes, inner }
    }

    async fn carry_out(&self, client: &Client, request: Request) -> reqwest::Result<Response> {
        let path = request.url().path();
        let operation = API.operations.iter().find(|known| path.ends_with(known.path)).map(|known| known.id);
        let started = match operation {
            Some(operation) => Some(self.notes.call(operation, None).await),
            None => None,
        };
        let outcome = match &self.inner {
            Some(inner) => inner.execute(client, request).await,
            None => client.execute(request).await,
        };
        // When the broker has counted it is not known, only that it has by now.
        if let Some(operation) = operation {
            self.notes.call(operation, started).await;
        }
        outcome
    }
}

impl Exchange for NotingExchange {
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>> {
        Box::pin(self.carry_out(client, request))
    }
}
