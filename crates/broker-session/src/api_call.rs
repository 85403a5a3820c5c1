//! A call of a generated client, together with the id of its operation.

use crate::Error;

/// A call that has not been made yet.
pub(crate) struct ApiCall<F> {
    /// The id of the operation.
    pub(crate) operation: &'static str,
    /// Makes the call.
    pub(crate) response: F,
}

impl<T, F: Future<Output = Result<T, Error>>> ApiCall<F> {
    /// Makes the call and reads its response. An error names the operation.
    pub(crate) async fn read<U>(
        self,
        read: impl FnOnce(Result<T, Error>) -> Result<U, Error>,
    ) -> Result<U, Error> {
        read(self.response.await).map_err(|error| error.during(self.operation))
    }
}

/// The call of a method of a generated client. The method has the name of its operation. Arguments are evaluated when the
/// call is made, and may fail with `?`; then nothing is sent.
macro_rules! api_call {
    ($api:ident.$method:ident($($argument:expr),*)) => {
        $crate::api_call::ApiCall {
            operation: stringify!($method),
            response: async {
                let response = $api.$method($($argument),*).await;
                Ok::<_, $crate::Error>(response?.into_inner())
            },
        }
    };
}

pub(crate) use api_call;
