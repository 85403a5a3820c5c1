//! The generated types as a person would write them: `Option<String>`, where progenitor writes
//! `::std::option::Option<::std::string::String>`.

use proc_macro2::TokenTree;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Item, Meta, Path, Token,
    parse::Parser,
    parse_quote,
    punctuated::Punctuated,
    visit_mut::{self, VisitMut},
};

use super::client::type_names;

/// What the prelude or the `use` declarations of the module bring.
const KNOWN: [&str; 6] = ["Deserialize", "JsonSchema", "Option", "Serialize", "String", "Vec"];
const IS_NONE: &str = "\"::std::option::Option::is_none\"";

/// Shortens the paths in these items of the module of the types, unless a type of its own has one of the names.
pub(super) fn shorten(items: &mut Vec<Item>) {
    if type_names(items).any(|name| KNOWN.iter().any(|known| name == known)) {
        return;
    }
    // A module within this one would need declarations of its own.
    items
        .iter_mut()
        .filter(|item| !matches!(item, Item::Mod(_)))
        .for_each(|item| ShortPaths.visit_item_mut(item));
    let uses: [Item; 2] =
        [parse_quote! { use schemars::JsonSchema; }, parse_quote! { use serde::{Deserialize, Serialize}; }];
    items.splice(0..0, uses);
}

struct ShortPaths;

impl VisitMut for ShortPaths {
    fn visit_path_mut(&mut self, path: &mut Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let of_crate = match names.as_slice() {
            ["std", "option", "Option", ..] | ["std", "string", "String", ..] | ["std", "vec", "Vec", ..] => {
                2
            }
            ["serde", "Deserialize" | "Serialize"] | ["schemars", "JsonSchema"] => 1,
            _ => 0,
        };
        if of_crate > 0 {
            path.leading_colon = None;
            path.segments = std::mem::take(&mut path.segments).into_iter().skip(of_crate).collect();
        }
        visit_mut::visit_path_mut(self, path);
    }

    fn visit_attribute_mut(&mut self, attribute: &mut Attribute) {
        let Meta::List(list) = &mut attribute.meta else { return };
        let parse = Punctuated::<Path, Token![,]>::parse_terminated;
        if list.path.is_ident("derive")
            && let Ok(mut paths) = parse.parse2(list.tokens.clone())
        {
            paths.iter_mut().for_each(|path| self.visit_path_mut(path));
            list.tokens = paths.into_token_stream();
        } else if list.path.is_ident("serde") {
            let short = |token: TokenTree| match token.to_string() == IS_NONE {
                true => quote! { "Option::is_none" },
                false => token.into(),
            };
            list.tokens = list.tokens.clone().into_iter().map(short).collect();
        }
    }
}
