//! How names of the spec become names in Rust, and what a mistyped name was meant to be.

use heck::{ToPascalCase, ToSnakeCase};

/// The name of a type, as the generator makes it.
pub(super) fn type_name(name: &str) -> String {
    plain(name).to_pascal_case()
}

/// The name of a field, a parameter or a method, as the generator makes it.
pub(super) fn field_name(name: &str) -> String {
    plain(name).to_snake_case()
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    field_name(name).split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whatever cannot stand in an identifier separates words.
fn plain(name: &str) -> String {
    name.replace('\'', "").replace(|character: char| !character.is_alphanumeric() && character != '_', "-")
}

/// The known name that `name` was most likely meant to be.
pub(super) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    /// Longer names are not mistyped ones, and comparing takes the square of their length.
    const LONGEST: usize = 64;
    if name.len() > LONGEST {
        return None;
    }
    let lower = name.to_lowercase();
    known
        .into_iter()
        .filter(|known| known.len() <= LONGEST)
        .map(|known| (strsim::damerau_levenshtein(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= known.chars().count().div_ceil(4))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// "Did you mean …?" as a cure, or another one.
pub(super) fn suggestion<'k>(
    name: &str,
    known: impl IntoIterator<Item = &'k str>,
    otherwise: impl Into<String>,
) -> String {
    nearest(name, known)
        .map_or_else(|| otherwise.into(), |known| format!("Write `{known}`, if that is meant."))
}

#[cfg(test)]
mod tests {
    use super::{field_name, nearest, type_name};

    #[test]
    fn names_are_converted_like_the_generator_does() {
        assert_eq!(type_name("login-answer"), "LoginAnswer");
        assert_eq!(type_name("login_answer"), type_name("LoginAnswer"));
        assert_eq!(field_name("consumerKey"), "consumer_key");
        assert_eq!(field_name("X-Request-ID"), "x_request_id");
    }

    #[test]
    fn a_typing_error_finds_its_name() {
        let known = ["properties", "required", "type", "description"];
        assert_eq!(nearest("propertys", known), Some("properties"));
        assert_eq!(nearest("requred", known), Some("required"));
        assert_eq!(nearest("Type", known), Some("type"));
        assert_eq!(nearest("tpye", known), Some("type"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
