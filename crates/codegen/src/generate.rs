//! From a spec to the text of a Rust file.
//!
//! progenitor writes the client and its types. Beside them the file gets what the spec knows and progenitor
//! does not: the table of operations, the hooks that bring in the transport, and the calls by name that
//! contract tests walk the spec with.

mod aliases;
mod api;
mod client;
mod contract;
mod document;
mod documentation;
mod forms;
mod lenient;
mod panics;
mod shapes;

use quote::quote;

use crate::{Document, Problem, Problems, lint, stack::on_large_stack};

/// The generators whose output the file is; their versions are pinned in the workspace's manifest.
const GENERATORS: &str = "progenitor 0.15.1, prettyplease 0.3.0";

/// Generates the Rust file for a spec. The same spec gives the same text, always and everywhere.
///
/// # Errors
/// Everything the linter finds, or what progenitor cannot take, with its place in the spec.
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
            "Rename what stands out in the message; if nothing does, this is a mistake in the generator.",
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
        document.hash()
    )
}
