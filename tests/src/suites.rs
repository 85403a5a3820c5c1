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

/// The tests of a [`crate::Broker`]: its generated client, its part of the ergonomic crate and its sandbox against the
/// spec, and every call in a hostile network.
///
/// The numbers say how much there is to check at least: a walk that finds nothing to walk over proves nothing. `builder`
/// makes a sandbox that takes any number of calls.
#[macro_export]
macro_rules! broker_suite {
    ($broker:ty, $builder:expr, {
        responses: $responses:literal,
        outcomes: $outcomes:literal,
        requests: $requests:literal,
        bodies: $bodies:literal,
        schemas: $schemas:literal,
        mutations: $mutations:literal,
        table: $table:literal $(,)?
    }) => {
        #[tokio::test]
        async fn generated_client_loses_nothing_of_documented_responses() {
            $crate::check_outcomes::<$broker>().await.finish($responses);
        }

        #[tokio::test]
        async fn requests_are_what_the_spec_describes() {
            $crate::check_requests::<$broker>().await.finish($requests);
        }

        #[tokio::test]
        async fn body_types_accept_what_the_spec_accepts() {
            $crate::check_bodies::<$broker>().await.finish($bodies);
        }

        #[tokio::test]
        async fn drift_is_reported_where_a_response_differs_from_the_spec() {
            $crate::check_drift::<$broker>().await.finish($mutations);
        }

        #[test]
        fn the_types_have_the_schemas_of_the_spec() {
            $crate::check_schemas::<$broker>().finish($schemas);
        }

        #[test]
        fn spec_and_decoder_accept_and_refuse_the_same_values() {
            $crate::check_mutations::<$broker>().finish($mutations);
        }

        #[test]
        fn the_generated_table_says_what_the_spec_says() {
            $crate::check_table::<$broker>().finish($table);
        }

        #[test]
        fn every_operation_has_a_scenario() {
            $crate::check_scenarios::<$broker>();
        }

        #[tokio::test]
        async fn documented_responses_become_values_or_errors() {
            $crate::check_responses::<$broker>().await.finish($outcomes);
        }

        #[tokio::test]
        async fn sandbox_gives_every_documented_response() {
            $crate::check_sandbox::<$broker, _>($builder).await.finish($responses);
        }

        /// Each check is made at least so often for every operation.
        fn for_each(checks: usize) -> usize {
            checks * <$broker as $crate::Broker>::scenarios().len()
        }

        #[tokio::test(start_paused = true)]
        async fn endless_response_is_read_up_to_the_limit() {
            $crate::hostile::check_endless::<$broker>().await.finish(for_each(1));
        }

        #[tokio::test(start_paused = true)]
        async fn non_repeatable_calls_are_sent_once() {
            $crate::hostile::check_sent_once::<$broker>().await.finish(20);
        }

        #[tokio::test(start_paused = true)]
        async fn repeatable_calls_succeed_after_a_failure() {
            $crate::hostile::check_repeated::<$broker>().await.finish(8);
        }

        #[tokio::test(start_paused = true)]
        async fn retry_after_is_kept() {
            $crate::hostile::check_waits::<$broker>().await.finish(for_each(1));
        }

        #[tokio::test(start_paused = true)]
        async fn broker_messages_are_safe_for_a_terminal() {
            $crate::hostile::check_words::<$broker>().await.finish(for_each(2));
        }

        #[tokio::test]
        async fn everything_goes_through_the_proxy() {
            $crate::hostile::check_proxied::<$broker>().await.finish(for_each(3));
        }

        #[tokio::test]
        async fn proxy_credentials_go_to_the_proxy_only() {
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
        async fn missing_proxy_is_a_failed_connection() {
            $crate::hostile::check_proxy_gone::<$broker>().await.finish(for_each(2));
        }
    };
}
