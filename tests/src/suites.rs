//! The tests that every broker has, written once.

/// Names a generated API, for the walks over its spec.
///
/// The crate is the one that was generated from the spec.
#[macro_export]
macro_rules! generated_api {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident = $api:ident, $spec:literal;) => {
        $(#[$attribute])*
        $visibility struct $name;

        impl $crate::Generated for $name {
            type Client = $api::Client;

            fn spec() -> &'static $crate::Spec {
                static SPEC: ::std::sync::LazyLock<$crate::Spec> =
                    ::std::sync::LazyLock::new(|| $crate::Spec::load($spec));
                &SPEC
            }

            fn api() -> &'static ::broker_session_runtime::Api {
                &$api::API
            }

            fn client(
                base: &str,
                http: ::reqwest::Client,
                transport: ::broker_session_runtime::Transport,
            ) -> Self::Client {
                $api::Client::new_with_client(base, http, transport)
            }

            async fn call(
                client: &Self::Client,
                operation: &str,
                arguments: &::serde_json::Value,
            ) -> ::std::result::Result<::broker_session_runtime::contract::Outcome, String> {
                $api::contract::call(client, operation, arguments).await
            }

            fn schemas() -> Vec<(&'static str, ::schemars::Schema)> {
                $api::contract::schemas()
            }
        }
    };
}

/// The tests of a generated client against its spec. The numbers say how much there is to check at least: a walk that
/// finds nothing to walk over proves nothing.
#[macro_export]
macro_rules! generated_suite {
    ($api:ty {
        answers: $answers:literal,
        requests: $requests:literal,
        bodies: $bodies:literal,
        schemas: $schemas:literal,
        mutations: $mutations:literal,
        table: $table:literal $(,)?
    }) => {
        #[tokio::test]
        async fn every_documented_answer_comes_out_as_what_it_is_and_loses_nothing() {
            $crate::check_outcomes::<$api>().await.finish($answers);
        }

        #[tokio::test]
        async fn every_request_is_what_the_spec_asks_for_and_nothing_more() {
            $crate::check_requests::<$api>().await.finish($requests);
        }

        #[tokio::test]
        async fn the_types_of_the_bodies_take_what_the_spec_accepts_and_nothing_else() {
            $crate::check_bodies::<$api>().await.finish($bodies);
        }

        #[tokio::test]
        async fn the_observer_of_drift_says_where_an_answer_is_not_what_the_spec_describes() {
            $crate::check_drift::<$api>().await.finish($mutations);
        }

        #[test]
        fn the_types_have_the_schemas_of_the_spec() {
            $crate::check_schemas::<$api>().finish($schemas);
        }

        #[test]
        fn spec_type_and_decoder_accept_and_refuse_the_same_values() {
            $crate::check_mutations::<$api>().finish($mutations);
        }

        #[test]
        fn the_generated_table_says_what_the_spec_says() {
            $crate::check_table::<$api>().finish($table);
        }
    };
}

/// The tests of the ergonomic crate against the spec of a [`crate::Broker`]: `answers` says how much there is to check
/// at least.
#[macro_export]
macro_rules! ergonomic_suite {
    ($broker:ty { answers: $answers:literal $(,)? }) => {
        #[test]
        fn every_operation_of_the_spec_can_be_reached() {
            $crate::check_reached::<$broker>();
        }

        #[tokio::test]
        async fn every_documented_answer_becomes_its_value_or_its_error() {
            $crate::check_answers::<$broker>().await.finish($answers);
        }
    };
}

/// The test of a broker's sandbox against the spec: `builder` makes one that takes any number of calls, and `answers` says
/// how much there is to check at least.
#[macro_export]
macro_rules! sandbox_suite {
    ($api:ty, $builder:expr, { answers: $answers:literal $(,)? }) => {
        #[tokio::test]
        async fn every_documented_answer_can_be_had_from_the_sandbox() {
            $crate::check_sandbox::<$api, _>($builder).await.finish($answers);
        }
    };
}

/// The tests of every call of a [`crate::Broker`] in a hostile network.
#[macro_export]
macro_rules! hostile_suite {
    ($broker:ty) => {
        /// Each check is made at least so often for every operation.
        fn for_each(checks: usize) -> usize {
            checks * <$broker as $crate::Broker>::reaches().len()
        }

        #[tokio::test(start_paused = true)]
        async fn an_endless_answer_is_read_up_to_a_limit_that_the_error_names() {
            $crate::hostile::check_endless::<$broker>().await.finish(for_each(1));
        }

        #[tokio::test(start_paused = true)]
        async fn what_may_be_sent_once_is_sent_once_although_a_failure_asks_for_more() {
            $crate::hostile::check_sent_once::<$broker>().await.finish(20);
        }

        #[tokio::test(start_paused = true)]
        async fn what_may_be_repeated_gets_through_once_the_trouble_has_passed() {
            $crate::hostile::check_repeated::<$broker>().await.finish(8);
        }

        #[tokio::test(start_paused = true)]
        async fn who_asks_to_wait_is_left_alone_for_as_long_and_then_called_again() {
            $crate::hostile::check_waits::<$broker>().await.finish(for_each(1));
        }

        #[tokio::test(start_paused = true)]
        async fn what_the_broker_says_can_be_shown_on_a_terminal() {
            $crate::hostile::check_words::<$broker>().await.finish(for_each(2));
        }

        #[tokio::test]
        async fn everything_goes_through_the_proxy() {
            $crate::hostile::check_proxied::<$broker>().await.finish(for_each(3));
        }

        #[tokio::test]
        async fn a_proxy_that_asks_who_is_there_is_told_and_the_broker_is_not() {
            $crate::hostile::check_proxy_password::<$broker>().await.finish(for_each(5));
        }

        #[tokio::test]
        async fn tls_goes_through_the_proxy_from_end_to_end() {
            $crate::hostile::check_tls_through_proxy::<$broker>().await.finish(for_each(3));
        }

        #[tokio::test]
        async fn a_proxy_makes_no_certificate_trusted() {
            $crate::hostile::check_certificates::<$broker>().await.finish(for_each(6));
        }

        #[tokio::test]
        async fn a_proxy_that_is_not_there_is_a_connection_that_was_not_made() {
            $crate::hostile::check_proxy_gone::<$broker>().await.finish(for_each(2));
        }
    };
}
