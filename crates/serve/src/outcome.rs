//! What became of a request, also where its client went away before there was a response.

/// The status that is noted for such a request, which nobody is sent. It may have reached the broker all the same.
pub(crate) const UNFINISHED: u16 = 499;

/// Reports the status of the response when it is dropped.
pub(crate) struct Outcome<F: FnMut(u16)> {
    status: u16,
    report: F,
}

impl<F: FnMut(u16)> Outcome<F> {
    /// Nothing is known yet. If the future of the request is dropped, it stays so.
    pub(crate) fn new(report: F) -> Self {
        Self { status: UNFINISHED, report }
    }

    /// There is a response.
    pub(crate) fn is(mut self, status: u16) {
        self.status = status;
    }
}

impl<F: FnMut(u16)> Drop for Outcome<F> {
    fn drop(&mut self) {
        (self.report)(self.status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_without_a_response_is_reported() {
        let mut reported = Vec::new();
        drop(Outcome::new(|status| reported.push(status)));
        Outcome::new(|status| reported.push(status)).is(200);
        assert_eq!(reported, [UNFINISHED, 200]);
    }
}
