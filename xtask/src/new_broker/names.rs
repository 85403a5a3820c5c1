//! What a broker is called, in all the forms in which its name is written.

use std::{path::Path, str::FromStr};

use anyhow::{Context, Result, bail};
use heck::{ToTitleCase, ToUpperCamelCase};
use url::Url;

/// A longer name makes longer lines than rustfmt can break.
const LONGEST: usize = 24;

/// Crates that every program knows, besides those of the workspace: a module of the same name would hide them.
const BUILT_IN: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Where the broker gets a module later, by hand.
const LATER: &str = "crates/cli/src/brokers";

/// A name that may be one, wherever it is used.
#[derive(Clone, Debug)]
pub(crate) struct Name(String);

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let starts = text.starts_with(|first: char| first.is_ascii_lowercase());
        let is_word = |word: &str| {
            !word.is_empty() && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit())
        };
        if !starts || !text.split('-').all(is_word) {
            return Err(
                "a broker's name is in kebab-case, because it names packages: lower-case letters and digits, \
                 with single hyphens between words, for example `acme-trade`"
                    .to_owned(),
            );
        }
        if text.len() > LONGEST {
            return Err(format!("a broker's name has at most {LONGEST} characters; shorten it"));
        }
        // `gen` is a keyword from edition 2024 on, which syn does not look at.
        if text == "gen" || syn::parse_str::<syn::Ident>(&text.replace('-', "_")).is_err() {
            return Err(format!(
                "`{text}` is a keyword of Rust and cannot name a module; say more, for example `{text}-broker`"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

/// A title that YAML, TOML and Markdown take as it is.
#[derive(Clone, Debug)]
pub(crate) struct Title(String);

impl FromStr for Title {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_plain = |char: char| char.is_alphanumeric() || " .-&'".contains(char);
        let starts = text.starts_with(char::is_alphabetic) && !text.ends_with(' ');
        match starts && text.chars().count() <= 60 && text.chars().all(is_plain) {
            true => Ok(Self(text.to_owned())),
            false => Err("a title begins with a letter and has at most 60 letters, digits, spaces, and \
                          `.`, `-`, `&`, `'`"
                .to_owned()),
        }
    }
}

/// Where a broker is reached.
#[derive(Clone, Debug)]
pub(crate) struct BaseUrl {
    /// Without a slash at its end.
    text: String,
    /// Its path, empty for the root.
    path: String,
}

impl FromStr for BaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("this is no URL: {error}"))?;
        let has_more = url.query().is_some() || url.fragment().is_some() || url.password().is_some();
        let is_plain = |char: char| char.is_ascii_alphanumeric() || "-._~/".contains(char);
        let is_plain = url.domain().is_some() && url.path().chars().all(is_plain);
        if url.scheme() != "https" || has_more || !url.username().is_empty() || !is_plain {
            return Err(
                "a broker is reached by https, at a host with a name and perhaps below a path of letters, \
                        digits, `-`, `.`, `_`, `~` and `/`: https://api.acme.example/v1"
                    .to_owned(),
            );
        }
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { text: url.as_str().trim_end_matches('/').to_owned(), path })
    }
}

/// A broker's name in every form.
#[derive(Debug)]
pub(crate) struct Names {
    /// In kebab-case, for files and packages.
    pub(crate) name: String,
    /// In snake case, for modules.
    pub(crate) snake: String,
    /// In upper camel case, for types.
    pub(crate) camel: String,
    /// In capitals, for the environment.
    pub(crate) screaming: String,
    /// For people.
    pub(crate) title: String,
    /// What clients are configured with.
    pub(crate) base_url: String,
    /// Its path.
    pub(crate) base_path: String,
}

impl Name {
    /// All forms of it.
    ///
    /// # Errors
    /// Something else of the workspace has this name.
    pub(crate) fn names(&self, title: Option<&Title>, base_url: Option<&BaseUrl>) -> Result<Names> {
        let Self(name) = self;
        let snake = name.replace('-', "_");
        let taken =
            |by: &str| format!("`{name}` is taken: {by}. Choose another name, for example `{name}-broker`");
        let root: toml::Table =
            std::fs::read_to_string("Cargo.toml")?.parse().context("cannot read Cargo.toml")?;
        let crates = root.get("workspace").and_then(|workspace| workspace.get("dependencies"));
        let mut crates = crates.and_then(toml::Value::as_table).into_iter().flat_map(toml::Table::keys);
        if BUILT_IN.contains(&snake.as_str()) || crates.any(|other| other.replace('-', "_") == snake) {
            bail!(taken("a crate is called so, and a module of the same name would hide it"));
        }
        if [&snake, &format!("{snake}.rs")].iter().any(|module| Path::new(LATER).join(module).exists()) {
            bail!(taken(&format!("there is a module of this name in {LATER}")));
        }
        let default = || BaseUrl { text: format!("https://api.{name}.example"), path: String::new() };
        let BaseUrl { text: base_url, path: base_path } = base_url.cloned().unwrap_or_else(default);
        Ok(Names {
            camel: name.to_upper_camel_case(),
            screaming: snake.to_uppercase(),
            title: title.map_or_else(|| name.to_title_case(), |Title(title)| title.clone()),
            name: name.clone(),
            snake,
            base_url,
            base_path,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_in_kebab_case_and_no_keyword() {
        for good in ["acme", "acme-trade", "a1", "acme-2", "loop-broker", "generation"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        let bad = [
            "",
            "-",
            "Acme",
            "acme_trade",
            "-acme",
            "acme-",
            "acme--trade",
            "1acme",
            "acme trade",
            "acmé",
            "../acme",
            "acme/x",
            "a.b",
            "fn",
            "self",
            "async",
            "try",
            "gen",
            "abstract",
            "a-name-that-is-much-longer-than-any",
        ];
        for bad in bad {
            assert!(bad.parse::<Name>().is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_name_is_said_and_how_to_mend_it() {
        let said = |name: &str| name.parse::<Name>().unwrap_err();
        assert!(said("Acme").contains("kebab-case") && said("Acme").contains("`acme-trade`"));
        assert!(said("loop").contains("keyword") && said("loop").contains("`loop-broker`"));
    }

    #[test]
    fn a_base_url_is_https_without_anything_besides_a_path() {
        let base = |text: &str| text.parse::<BaseUrl>().map(|base| (base.text, base.path));
        let both = |text: &str, path: &str| Ok((text.to_owned(), path.to_owned()));
        assert_eq!(base("https://acme.example"), both("https://acme.example", ""));
        assert_eq!(base("https://acme.example/"), both("https://acme.example", ""));
        assert_eq!(base("https://acme.example/v1/"), both("https://acme.example/v1", "/v1"));
        for bad in [
            "acme.example",
            "http://acme.example",
            "https://u@acme.example",
            "https://acme.example?a=b",
            "https://127.0.0.1",
            "https://[::1]/v1",
            "https://acme.example/{version}",
            "https://acme.example/a'b",
        ] {
            assert!(base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_title_has_nothing_that_yaml_or_toml_would_read() {
        for good in ["Acme", "Acme & Sons Ltd.", "O'Neill", "Société Générale"] {
            assert!(good.parse::<Title>().is_ok(), "{good}");
        }
        for bad in ["", " Acme", "Acme ", "Acme: now", "\"Acme\"", "Acme # one", "{{ name }}", "- Acme"] {
            assert!(bad.parse::<Title>().is_err(), "{bad}");
        }
    }
}
