//! The schemas of the answers as a table: the module `shapes` of a generated file.
//!
//! The generated types are more generous than the spec. Whoever wants to know whether an answer is what the spec
//! describes, to the letter, needs the spec's own schemas, references followed and nothing else in them.

use std::collections::BTreeMap;

use heck::ToShoutySnakeCase;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use crate::{Document, spec};

/// Where the schemas with a name stand.
const COMPONENTS: &str = "/components/schemas/";

/// The schemas that answers refer to.
pub(super) struct Shapes<'a> {
    document: &'a Document,
    /// What has been written, by its name in the spec.
    named: BTreeMap<String, TokenStream>,
}

impl<'a> Shapes<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        Self { document, named: BTreeMap::new() }
    }

    /// A reference to the shape of a response's JSON; nothing if it has none.
    pub(super) fn of(&mut self, response: &spec::Response) -> Option<TokenStream> {
        let is_json = |media: &&spec::Media| media.media_type.contains("json");
        let media = response.content.iter().filter(|_| !response.is_redirect()).find(is_json)?;
        let shape = self.at(&media.schema);
        Some(quote! { &#shape })
    }

    /// The module.
    pub(super) fn module(self) -> TokenStream {
        let statics = self.named.into_iter().map(|(name, shape)| {
            let name = constant(&name);
            quote! { pub(super) static #name: Shape = #shape; }
        });
        quote! {
            /// What the answers look like to the letter; the types are more generous.
            mod shapes {
                #[allow(unused_imports, reason = "generated; few specs need all of them")]
                use broker_session_runtime::{Member, Shape};

                #(#statics)*
            }
        }
    }

    /// The schema at `pointer`, references followed: a path to a static, or a value.
    fn at(&mut self, pointer: &str) -> TokenStream {
        let document = self.document;
        let Some((pointer, schema)) = document.resolve(pointer) else { return quote! { Shape::Any } };
        let Some(name) = pointer.strip_prefix(COMPONENTS).filter(|name| !name.contains('/')) else {
            return self.written(&pointer, schema);
        };
        if !self.named.contains_key(name) {
            // Known before it is written, so that a schema may contain itself.
            self.named.insert(name.to_owned(), TokenStream::new());
            let shape = self.written(&pointer, schema);
            self.named.insert(name.to_owned(), shape);
        }
        let name = constant(name);
        quote! { #name }
    }

    fn written(&mut self, pointer: &str, schema: &'a Value) -> TokenStream {
        let shape = self.bare(pointer, schema);
        match schema.get("nullable").and_then(Value::as_bool) {
            Some(true) => quote! { Shape::OrNull(&#shape) },
            _ => shape,
        }
    }

    fn bare(&mut self, pointer: &str, schema: &'a Value) -> TokenStream {
        for key in ["anyOf", "oneOf"] {
            if let Some(forms) = schema.get(key).and_then(Value::as_array) {
                let forms: Vec<_> =
                    (0..forms.len()).map(|index| self.at(&format!("{pointer}/{key}/{index}"))).collect();
                return quote! { Shape::AnyOf(&[#(&#forms),*]) };
            }
        }
        if let Some(parts) = schema.get("allOf").and_then(Value::as_array) {
            let parts = (0..parts.len()).map(|index| format!("{pointer}/allOf/{index}"));
            return match parts.clone().count() {
                // The way to say something about a reference.
                1 => parts.map(|part| self.at(&part)).collect(),
                _ => self.object(parts.filter_map(|part| self.document.resolve(&part)).collect()),
            };
        }
        match schema.get("type").and_then(Value::as_str) {
            Some("string") if schema.get("format").and_then(Value::as_str) == Some("password") => {
                quote! { Shape::Secret }
            }
            Some("string") => quote! { Shape::Text },
            Some("integer") => quote! { Shape::Integer },
            Some("number") => quote! { Shape::Number },
            Some("boolean") => quote! { Shape::Boolean },
            Some("array") => {
                let item = self.at(&format!("{pointer}/items"));
                quote! { Shape::List(&#item) }
            }
            Some("object") => self.object(vec![(pointer.to_owned(), schema)]),
            _ => quote! { Shape::Any },
        }
    }

    /// An object that has the members of all parts.
    fn object(&mut self, parts: Vec<(String, &'a Value)>) -> TokenStream {
        let (mut members, mut others) = (Vec::new(), None);
        for (pointer, part) in parts {
            let required = texts(part, "required");
            let properties = part.get("properties").and_then(Value::as_object);
            for (name, member) in properties.into_iter().flatten() {
                let shape = self.at(&format!("{pointer}/properties/{}", spec::escape(name)));
                let (aliases, required) = (texts(member, "x-aliases"), required.contains(&name.as_str()));
                members.push(quote! {
                    Member { name: #name, aliases: &[#(#aliases),*], required: #required, shape: &#shape }
                });
            }
            let of_part = match part.get("additionalProperties") {
                Some(Value::Object(_)) => Some(self.at(&format!("{pointer}/additionalProperties"))),
                Some(Value::Bool(true)) => Some(quote! { Shape::Any }),
                // An object of which the spec says nothing.
                None if properties.is_none() => Some(quote! { Shape::Any }),
                _ => None,
            };
            others = others.or(of_part);
        }
        let others = others.map_or_else(|| quote! { None }, |others| quote! { Some(&#others) });
        quote! { Shape::Object { members: &[#(#members),*], others: #others } }
    }
}

fn constant(name: &str) -> proc_macro2::Ident {
    format_ident!("{}", name.to_shouty_snake_case())
}

fn texts<'v>(value: &'v Value, name: &str) -> Vec<&'v str> {
    let list = value.get(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}
