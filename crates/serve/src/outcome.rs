//! What became of a request, also where its client went away before there was a response.

use http::Response;

/// The status that is noted for such a request, which nobody is sent. It may have reached the broker all the same.
pub(crate) const UNFINISHED: u16 = 499;

/// Who has made a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Maker {
    Broker,
    Proxy,
}

/// Marks a response of the broker's.
#[derive(Clone, Copy)]
pub(crate) struct OfBroker;

/// Reports the status of the response, and who has made it, when it is dropped.
pub(crate) struct Outcome<F: FnMut(u16, Maker)> {
    status: u16,
    from: Maker,
    report: F,
}

impl<F: FnMut(u16, Maker)> Outcome<F> {
    /// Nothing is known yet. If the future of the request is dropped, it stays so.
    pub(crate) fn new(report: F) -> Self {
        Self { status: UNFINISHED, from: Maker::Proxy, report }
    }

    /// There is a response.
    pub(crate) fn is<B>(mut self, response: &Response<B>) {
        self.status = response.status().as_u16();
        if response.extensions().get::<OfBroker>().is_some() {
            self.from = Maker::Broker;
        }
    }
}

impl<F: FnMut(u16, Maker)> Drop for Outcome<F> {
    fn drop(&mut self) {
        (self.report)(self.status, self.from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_response_is_reported() {
        let mut reported = Vec::new();
        drop(Outcome::new(|status, from| reported.push((status, from))));
        let mut response = Response::new(());
        Outcome::new(|status, from| reported.push((status, from))).is(&response);
        response.extensions_mut().insert(OfBroker);
        Outcome::new(|status, from| reported.push((status, from))).is(&response);
        assert_eq!(reported, [(UNFINISHED, Maker::Proxy), (200, Maker::Proxy), (200, Maker::Broker)]);
    }
}
