//! The public items of a file, by their paths.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{
    Attribute, Fields, FnArg, ImplItem, Item as Syntax, Signature, TraitItem, Type, Visibility,
    visit::{self, Visit},
};

/// What an item is, as far as it decides what one more of it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// A public field of a struct.
    Field,
    /// A variant of an enum.
    Variant,
    /// Anything else.
    Other,
}

/// A public item.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) role: Role,
    /// Everything that users depend on, as text.
    pub(super) text: String,
    /// What it belongs to, if that is an item, too.
    pub(super) parent: Option<String>,
    /// The names of the types that a function takes.
    pub(super) takes: Vec<String>,
    /// The names of the types that a field or a variant holds.
    pub(super) mentions: Vec<String>,
}

/// The public items of a file.
pub(super) fn read(items: &[Syntax]) -> BTreeMap<String, Item> {
    let mut reader = Reader { found: BTreeMap::new() };
    reader.module("", items);
    reader.found
}

struct Reader {
    found: BTreeMap<String, Item>,
}

impl Reader {
    fn add(&mut self, path: String, role: Role, parent: Option<&str>, text: &str) -> Option<&mut Item> {
        let item = Item {
            role,
            text: short(text),
            parent: parent.map(str::to_owned),
            takes: Vec::new(),
            mentions: Vec::new(),
        };
        self.found.insert(path.clone(), item);
        self.found.get_mut(&path)
    }

    fn module(&mut self, prefix: &str, items: &[Syntax]) {
        for item in items {
            match item {
                Syntax::Mod(module) if public(&module.vis) => {
                    if let Some((_, items)) = &module.content {
                        self.module(&format!("{prefix}{}::", module.ident), items);
                    }
                }
                Syntax::Struct(item) if public(&item.vis) => {
                    let path = format!("{prefix}{}", item.ident);
                    let generics = text(&item.generics);
                    self.add(
                        path.clone(),
                        Role::Other,
                        None,
                        &format!("struct {}{generics}{}", item.ident, style(&item.fields)),
                    );
                    self.derives(&path, &item.attrs);
                    self.fields(&path, &item.fields);
                }
                Syntax::Enum(item) if public(&item.vis) => {
                    let path = format!("{prefix}{}", item.ident);
                    let generics = text(&item.generics);
                    self.add(path.clone(), Role::Other, None, &format!("enum {}{generics}", item.ident));
                    self.derives(&path, &item.attrs);
                    for variant in &item.variants {
                        let fields: Vec<String> = variant
                            .fields
                            .iter()
                            .map(|field| {
                                let name =
                                    field.ident.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
                                format!("{name}{}", text(&field.ty))
                            })
                            .collect();
                        let shown = format!("{}({})", variant.ident, fields.join(", "));
                        let mentions = variant.fields.iter().flat_map(|field| names(&field.ty)).collect();
                        if let Some(added) =
                            self.add(format!("{path}::{}", variant.ident), Role::Variant, Some(&path), &shown)
                        {
                            added.mentions = mentions;
                        }
                    }
                }
                Syntax::Trait(item) if public(&item.vis) => {
                    let path = format!("{prefix}{}", item.ident);
                    self.add(
                        path.clone(),
                        Role::Other,
                        None,
                        &format!("trait {}{}", item.ident, text(&item.generics)),
                    );
                    for member in &item.items {
                        if let TraitItem::Fn(function) = member {
                            self.function(&path, Some(&path), &function.sig);
                        } else {
                            self.add(
                                format!("{path}: {}", text(member)),
                                Role::Other,
                                Some(&path),
                                &text(member),
                            );
                        }
                    }
                }
                Syntax::Fn(item) if public(&item.vis) => {
                    self.function(prefix.trim_end_matches("::"), None, &item.sig);
                }
                Syntax::Impl(item) => self.block(prefix, item),
                Syntax::Type(item) if public(&item.vis) => {
                    let shown = format!("type {}{} = {}", item.ident, text(&item.generics), text(&item.ty));
                    self.add(format!("{prefix}{}", item.ident), Role::Other, None, &shown);
                }
                Syntax::Static(item) if public(&item.vis) => {
                    let shown = format!("static {}: {}", item.ident, text(&item.ty));
                    self.add(format!("{prefix}{}", item.ident), Role::Other, None, &shown);
                }
                Syntax::Const(item) if public(&item.vis) => {
                    let shown = format!("const {}: {}", item.ident, text(&item.ty));
                    self.add(format!("{prefix}{}", item.ident), Role::Other, None, &shown);
                }
                Syntax::Use(item) if public(&item.vis) => {
                    let shown = text(&item.tree);
                    self.add(format!("{prefix}use {}", short(&shown)), Role::Other, None, &shown);
                }
                _ => {}
            }
        }
    }

    fn block(&mut self, prefix: &str, block: &syn::ItemImpl) {
        let owner = short(&text(&block.self_ty));
        let parent = format!("{prefix}{owner}");
        if let Some((of, _)) = &block.trait_ {
            let of = short(&text(of));
            let shown = format!("impl{} {} for", text(&block.generics), of.trim_start_matches("::"));
            // Types that the trait fixes belong to it; its methods are the trait's own.
            let fixed: Vec<String> = block
                .items
                .iter()
                .filter(|item| matches!(item, ImplItem::Type(_) | ImplItem::Const(_)))
                .map(text)
                .collect();
            let path = format!("{} {parent}", short(&shown));
            self.add(path, Role::Other, Some(&parent), &format!("{shown} {owner} {}", fixed.join(" ")));
            return;
        }
        for item in &block.items {
            match item {
                ImplItem::Fn(function) if public(&function.vis) => {
                    self.function(&parent, Some(&parent), &function.sig);
                }
                ImplItem::Const(item) if public(&item.vis) => {
                    let shown = format!("const {}: {}", item.ident, text(&item.ty));
                    self.add(format!("{parent}::{}", item.ident), Role::Other, Some(&parent), &shown);
                }
                _ => {}
            }
        }
    }

    fn function(&mut self, owner: &str, parent: Option<&str>, signature: &Signature) {
        let path = if owner.is_empty() {
            signature.ident.to_string()
        } else {
            format!("{owner}::{}", signature.ident)
        };
        let takes = signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(typed) => Some(names(&typed.ty)),
            FnArg::Receiver(_) => None,
        });
        let takes = takes.flatten().collect();
        // Mocks take what the broker sends, so that they say nothing about who builds a type.
        let is_mock = path.starts_with("mock::");
        if let Some(added) = self.add(path, Role::Other, parent, &text(signature))
            && !is_mock
        {
            added.takes = takes;
        }
    }

    fn fields(&mut self, path: &str, fields: &Fields) {
        for (index, field) in fields.iter().enumerate() {
            if !public(&field.vis) {
                self.add(format!("{path}: private fields"), Role::Other, Some(path), "private fields");
                continue;
            }
            let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
            let shown = format!("{name}: {}", text(&field.ty));
            let mentions = names(&field.ty);
            if let Some(added) = self.add(format!("{path}.{name}"), Role::Field, Some(path), &shown) {
                added.mentions = mentions;
            }
        }
    }

    /// What is derived, and other attributes that users depend on.
    fn derives(&mut self, path: &str, attributes: &[Attribute]) {
        for attribute in attributes {
            if attribute.path().is_ident("derive") {
                // What cannot be read as a list of traits would not have compiled.
                let _ = attribute.parse_nested_meta(|meta| {
                    let name =
                        meta.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default();
                    self.add(
                        format!("impl {name} for {path}"),
                        Role::Other,
                        Some(path),
                        &format!("derives {name}"),
                    );
                    Ok(())
                });
            } else if attribute.path().is_ident("non_exhaustive") || attribute.path().is_ident("repr") {
                self.add(format!("{path}: {}", text(attribute)), Role::Other, Some(path), &text(attribute));
            }
        }
    }
}

fn public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn style(fields: &Fields) -> &'static str {
    match fields {
        Fields::Named(_) => " { … }",
        Fields::Unnamed(_) => "(…)",
        Fields::Unit => "",
    }
}

/// The last names of all types in a type.
fn names(of: &Type) -> Vec<String> {
    struct Names(Vec<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_type_path(&mut self, path: &'ast syn::TypePath) {
            self.0.extend(path.path.segments.last().map(|last| last.ident.to_string()));
            visit::visit_type_path(self, path);
        }
    }
    let mut names = Names(Vec::new());
    names.visit_type(of);
    names.0
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}

/// The text of tokens as people write it.
fn short(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        ("::std::option::", ""),
        ("::std::string::", ""),
        ("::std::vec::", ""),
        (" < ", "<"),
        (" >", ">"),
        ("< ", "<"),
        (" <", "<"),
        (" ,", ","),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :", ":"),
        ("' ", "'"),
        (",)", ")"),
        (", )", ")"),
    ] {
        text = text.replace(from, to);
    }
    text
}
