//! The generated types as a person would write them: `Option<String>`, where progenitor writes
//! `::std::option::Option<::std::string::String>`, and without conversions that nobody calls.

use std::collections::BTreeSet;

use proc_macro2::TokenTree;
use quote::{ToTokens, quote};
use syn::{
    Attribute, Item, ItemImpl, Meta, Path, Token, Type,
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

/// Leaves out the conversions from strings of types that serde reads without them, and their error if nothing else needs it.
pub(super) fn leave_out_parsing(items: &mut Vec<Item>) {
    let text = |tokens: &dyn ToTokens| tokens.to_token_stream().to_string();
    let is_read = |attributes: &[Attribute]| attributes.iter().any(|it| text(it).contains("Deserialize"));
    let read: BTreeSet<String> = items
        .iter()
        .filter_map(|item| match item {
            Item::Enum(item) if is_read(&item.attrs) => Some(item.ident.to_string()),
            Item::Struct(item) if is_read(&item.attrs) => Some(item.ident.to_string()),
            _ => None,
        })
        .collect();
    let is_for = |block: &ItemImpl| matches!(&*block.self_ty, Type::Path(of) if read.contains(&text(of)));
    let is_error = |item: &Item| matches!(item, Item::Mod(module) if module.ident == "error");
    items.retain(|item| !matches!(item, Item::Impl(block) if parses(block) && is_for(block)));
    if !items.iter().any(|item| !is_error(item) && text(item).contains("ConversionError")) {
        items.retain(|item| !is_error(item));
    }
}

fn parses(block: &ItemImpl) -> bool {
    let last = block.trait_.as_ref().and_then(|(path, ..)| path.segments.last());
    last.is_some_and(|last| last.ident == "FromStr" || last.ident == "TryFrom")
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
