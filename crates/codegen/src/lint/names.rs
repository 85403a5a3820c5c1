//! Names in Rust for names of the spec.

use heck::{ToPascalCase, ToSnakeCase};

/// The generator's name for a type.
pub(super) fn type_name(name: &str) -> String {
    plain(name).to_pascal_case()
}

/// The generator's name for a field, a parameter or a method.
pub(super) fn field_name(name: &str) -> String {
    plain(name).to_snake_case()
}

/// The words of a name, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    field_name(name).split('_').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Characters that an identifier cannot have separate words.
fn plain(name: &str) -> String {
    name.replace('\'', "").replace(|character: char| !character.is_alphanumeric() && character != '_', "-")
}

#[cfg(test)]
mod tests {
    use super::{field_name, type_name};

    #[test]
    fn names_are_converted_like_the_generator_does() {
        assert_eq!(type_name("login-response"), "LoginResponse");
        assert_eq!(type_name("login_response"), type_name("LoginResponse"));
        assert_eq!(field_name("consumerKey"), "consumer_key");
        assert_eq!(field_name("X-Request-ID"), "x_request_id");
    }
}
