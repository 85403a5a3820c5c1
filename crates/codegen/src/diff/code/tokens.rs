//! Whether two files do the same, in whatever order they list it: a last net under everything else. What nobody has
//! thought of shows up as a word that stands in one of them more often.

use std::collections::BTreeMap;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;

/// Fields of the table that are for people: what follows them is not compared.
const FOR_PEOPLE: [&str; 3] = ["title", "version", "meaning"];

/// The words with how many more of them the newer file has.
pub(super) fn difference(base: syn::File, now: syn::File) -> BTreeMap<String, i64> {
    let mut counts = BTreeMap::new();
    count(base.into_token_stream(), -1, &mut counts);
    count(now.into_token_stream(), 1, &mut counts);
    counts.retain(|_, count| *count != 0);
    counts
}

fn count(tokens: TokenStream, by: i64, counts: &mut BTreeMap<String, i64>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let before = |steps: usize| index.checked_sub(steps).and_then(|index| tokens.get(index));
        let is = |token: Option<&TokenTree>, text: &str| token.is_some_and(|token| token.to_string() == text);
        match token {
            TokenTree::Group(group) => {
                let documents = group.delimiter() == Delimiter::Bracket
                    && is(before(1), "#")
                    && is(group.stream().into_iter().next().as_ref(), "doc");
                // The version of the API, as the client repeats it.
                let repeats = is(before(1), "str") && is(before(8), "api_version");
                if !documents && !repeats {
                    count(group.stream(), by, counts);
                }
            }
            TokenTree::Literal(_)
                if is(before(1), ":") && FOR_PEOPLE.iter().any(|name| is(before(2), name)) => {}
            // Punctuation only separates, and a sign is needed for every attribute.
            TokenTree::Punct(_) => {}
            token => *counts.entry(token.to_string()).or_default() += by,
        }
    }
}
