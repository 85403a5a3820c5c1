//! Putting a session on a program's own requests.

use broker_session_runtime::{AllowedHosts, ErrorKind, Secret};
use reqwest::{
    Request, RequestBuilder,
    header::{HeaderMap, HeaderName},
};

use crate::Error;

/// Lets `add` put its headers on a request, if it goes to one of the hosts.
pub(crate) fn authorize(
    request: RequestBuilder,
    hosts: &AllowedHosts,
    add: impl FnOnce(&mut Request) -> Result<(), Error>,
) -> Result<RequestBuilder, Error> {
    let (client, request) = request.build_split();
    let mut request = request
        .map_err(|error| Error::config("the request cannot be built").caused_by(error.without_url()))?;
    hosts
        .check_parsed(request.url())
        .map_err(|error| Error::new(ErrorKind::HostNotAllowed, error.to_string()).unsent())?;
    add(&mut request)?;
    Ok(RequestBuilder::from_parts(client, request))
}

/// Sets a header that nobody may log.
pub(crate) fn set(headers: &mut HeaderMap, name: &'static str, secret: &Secret) -> Result<(), Error> {
    let bad = || {
        Error::config(format!("what goes into the header `{name}` has characters that no header may have"))
    };
    let value = secret.header().map_err(|_| bad())?;
    let name = HeaderName::try_from(name).map_err(|_| bad())?;
    headers.insert(name, value);
    Ok(())
}
