//! From a spec to a Rust file.
//!
//! progenitor writes the client and its types. The file also gets what progenitor does not support: the table of
//! operations, the hooks that bring in the transport, and the calls by name for contract tests.

mod api;
mod cleaning;
mod client;
mod contract;
mod decoding;
mod documentation;
mod short_paths;
mod simplified;

use quote::quote;

use crate::{Document, Problem, Problems, lint, stack::on_large_stack};

/// The generators of the file; the workspace's manifest pins their versions.
const GENERATORS: &str = "progenitor 0.15.1, prettyplease 0.3.0";

/// Generates the Rust file for a spec. The same spec always gives the same file.
///
/// # Errors
/// The linter's problems, or what progenitor does not support, with the place in the spec.
pub fn generate(document: &Document) -> Result<String, Problems> {
    lint(document).into_result()?;
    // progenitor follows schemas into each other, and a debug build of it needs much stack for that.
    on_large_stack(|| write(document)).unwrap_or_else(|error| {
        Err(Problems::from(Problem::new(
            "generated-code",
            document.name(),
            "The generator could not be started.",
            error.to_string(),
            "Try again when the machine has memory and threads to spare.",
        )))
    })
}

fn write(document: &Document) -> Result<String, Problems> {
    let client = client::generate(document)?;
    let api = api::table(document, &client);
    let contract = contract::calls(document, &client);
    let (code, mock) = (&client.code, &client.mock);
    let all = quote! {
        #code
        #api

        impl ClientHooks<broker_session_runtime::Transport> for Client {
            async fn pre<E>(&self, request: &mut reqwest::Request, info: &OperationInfo) -> Result<(), Error<E>> {
                self.inner.pre(request, info)
            }

            async fn exec(
                &self,
                request: reqwest::Request,
                info: &OperationInfo,
            ) -> reqwest::Result<reqwest::Response> {
                self.inner.exec(&self.client, request, info).await
            }

            async fn post<E>(
                &self,
                result: &reqwest::Result<reqwest::Response>,
                _info: &OperationInfo,
            ) -> Result<(), Error<E>> {
                self.inner.post(result)
            }
        }

        /// Typed mocks of every operation for `httpmock`.
        #[cfg(feature = "httpmock")]
        pub mod mock {
            #mock
        }

        #contract
    };
    let file = syn::parse2(all).map_err(|error| {
        Problems::from(Problem::new(
            "generated-code",
            document.name(),
            "The generated code is not Rust.",
            error.to_string(),
            "Rename what the message names; if it names nothing, this is a mistake in the generator.",
        ))
    })?;
    Ok(format!("{}{}", header(document), prettyplease::unparse(&file)))
}

fn header(document: &Document) -> String {
    let name = document.name().rsplit('/').next().unwrap_or_default();
    format!(
        "// Generated from openapi/{name}. Do not edit: change the spec and run `cargo xtask generate`.\n\
         // spec-sha256: {}\n\
         // generators: {GENERATORS}\n\n",
        crate::spec_hash(document.text().as_bytes())
    )
}
