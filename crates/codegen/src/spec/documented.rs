//! The answers that a spec documents, one by one: what tests walk over, and what their coverage is counted in.

use super::{Example, Media, Operation, Response};

const JSON: &str = "application/json";

/// One documented answer: an operation, a status, a media type and a named example.
#[derive(Clone, Copy, Debug)]
pub struct Documented<'a> {
    /// The operation that is called.
    pub operation: &'a Operation,
    /// The documented response.
    pub response: &'a Response,
    /// The media type, if there is a body.
    pub media: Option<&'a Media>,
    /// The named example, if there is a body. None with a media type: the body is missing, see
    /// [`Documented::is_missing`].
    pub example: Option<&'a Example>,
}

impl Documented<'_> {
    /// Whether the body is missing where it may be (`x-may-be-empty`), and so means an object without members.
    pub fn is_missing(&self) -> bool {
        self.media.is_some() && self.example.is_none()
    }
}

/// Every documented answer of an operation, in the order of the text: each named example, each response without a
/// body, and each JSON body that may be missing.
pub fn documented(operation: &Operation) -> impl Iterator<Item = Documented<'_>> {
    operation.responses.iter().flat_map(move |response| {
        let bare = Documented { operation, response, media: None, example: None };
        let empty = response.content.is_empty().then_some(bare);
        let with_body = response.content.iter().flat_map(move |media| {
            let examples = media.examples.iter();
            examples.map(move |example| Documented { media: Some(media), example: Some(example), ..bare })
        });
        let json = response.content.iter().find(|media| media.media_type == JSON);
        let missing =
            json.filter(|_| response.may_be_empty).map(|media| Documented { media: Some(media), ..bare });
        empty.into_iter().chain(with_body).chain(missing)
    })
}
