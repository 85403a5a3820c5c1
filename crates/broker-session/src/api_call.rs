//! A call of a generated client, together with the id of its operation.

use crate::Error;

/// A call that has not been made yet.
pub(crate) struct ApiCall<F> {
    /// The id of the operation.
    pub(crate) operation: &'static str,
    /// Makes the call. A future would be copied whenever it is passed on, and is large.
    pub(crate) send: F,
}

impl<F> ApiCall<F> {
    /// Makes the call and reads its response. An error names the operation.
    pub(crate) async fn read<T, U>(
        self,
        read: impl FnOnce(Result<T, Error>) -> Result<U, Error>,
    ) -> Result<U, Error>
    where
        F: AsyncFnOnce() -> Result<T, Error>,
    {
        read((self.send)().await).map_err(|error| error.during(self.operation))
    }
}

/// The call of a method of a generated client. The method has the name of its operation. Arguments are evaluated when the
/// call is made, and may fail with `?`; then nothing is sent.
macro_rules! api_call {
    ($api:ident.$method:ident($($argument:expr),*)) => {
        $crate::api_call::ApiCall {
            operation: stringify!($method),
            send: async || {
                let response = $api.$method($($argument),*).await;
                Ok::<_, $crate::Error>(response?.into_inner())
            },
        }
    };
}

pub(crate) use api_call;
