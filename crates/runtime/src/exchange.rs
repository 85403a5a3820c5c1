//! One request on its way, and its answer on the way back.

use std::pin::Pin;

use reqwest::{Client, Request, Response};

/// Carries out one attempt in place of `client.execute(request)`.
///
/// It exists for programs that share a broker's limits with other processes, and so have to note each call; and
/// for tests on a paused clock: tokio's clock runs on by itself whenever nothing but the network is waited for,
/// so that every deadline would pass before an answer arrives. An exchange can hold time still while an answer
/// is under way, its body included if it reads the body and gives back a response made of it.
pub trait Exchange: Send + Sync {
    /// Sends `request` with `client`, and gives back the answer. The attempt's deadline is on the request, so that
    /// `client.execute` keeps it; nobody ends a wait of the exchange's own.
    ///
    /// # Errors
    /// What `client.execute` meets.
    fn execute<'a>(
        &'a self,
        client: &'a Client,
        request: Request,
    ) -> Pin<Box<dyn Future<Output = reqwest::Result<Response>> + Send + 'a>>;
}
