//! The HTTP client that all calls share: one pool of connections, proxies from the environment, a private CA if named,
//! and an end to every answer.

use std::error::Error;
use std::path::PathBuf;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient as _, HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use http_body_util::{LengthLimitError, Limited};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::CollectError;
use super::permits::Ticket;

/// The largest answer that is read, bytes. The largest page of any call here is a few MiB.
pub(super) const MAX_ANSWER: usize = 64 << 20;

/// The client, with `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY` and `AWS_CA_BUNDLE` as the environment has them.
///
/// # Errors
/// [`CollectError::CaBundle`] where the bundle cannot be read or holds no usable certificate.
pub(super) fn http_client() -> Result<SharedHttpClient, CollectError> {
    let mut trust = TrustStore::default();
    if let Some(path) = std::env::var_os("AWS_CA_BUNDLE").filter(|path| !path.is_empty()).map(PathBuf::from) {
        let unusable = |reason: String| CollectError::CaBundle { path: path.display().to_string(), reason };
        let pem = std::fs::read(&path).map_err(|error| unusable(error.to_string()))?;
        check_bundle(&pem).map_err(unusable)?;
        trust.add_pem_certificate(pem);
    }
    let context = TlsContext::builder()
        .with_trust_store(trust)
        .build()
        .map_err(|error| CollectError::Configuration(format!("TLS: {error}")))?;
    let client = aws_smithy_http_client::Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(context.clone()).build()
    });
    Ok(http_client_fn(move |settings, components| {
        SharedHttpConnector::new(Bounded(client.http_connector(settings, components)))
    }))
}

/// A connection whose answers end, and that nobody uses without a permit.
#[derive(Debug)]
struct Bounded(SharedHttpConnector);

impl HttpConnector for Bounded {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (connection, ticket) = (self.0.clone(), Ticket::current());
        HttpConnectorFuture::new(async move {
            let answer = match ticket {
                // Every attempt comes through here, and a repeated one has given its permit back.
                Some(ticket) => {
                    ticket.resume().await;
                    ticket.wait_for(connection.call(request)).await?
                }
                // What the credentials chain asks before any call.
                None => connection.call(request).await?,
            };
            Ok(answer.map(|body| SdkBody::from_body_1_x(Limited::new(body, MAX_ANSWER))))
        })
    }
}

/// Whether an answer did not end in time.
pub(super) fn is_endless(error: &(dyn Error + 'static)) -> bool {
    std::iter::successors(Some(error), |&error| error.source()).any(<dyn Error>::is::<LengthLimitError>)
}

/// Does not ask a second time for what has been too large once. (Otherwise an answer that breaks off is asked for again.)
#[derive(Debug)]
pub(super) struct NotAgain;

impl ClassifyRetry for NotAgain {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if is_endless(error) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "too large"
    }

    fn priority(&self) -> RetryClassifierPriority {
        RetryClassifierPriority::run_after(RetryClassifierPriority::transient_error_classifier())
    }
}

/// Whether every certificate of a bundle can be used, else what is wrong. (The SDK panics on one that cannot.)
fn check_bundle(pem: &[u8]) -> Result<(), String> {
    let mut roots = rustls::RootCertStore::empty();
    for (index, certificate) in CertificateDer::pem_slice_iter(pem).enumerate() {
        let place = index + 1;
        let certificate = certificate.map_err(|error| format!("certificate {place} is not PEM: {error}"))?;
        roots.add(certificate).map_err(|error| format!("certificate {place} cannot be used: {error}"))?;
    }
    if roots.is_empty() { Err("it holds no PEM certificate".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_without_a_usable_certificate_is_refused() {
        assert!(check_bundle(b"").expect_err("must fail").contains("no PEM"));
        assert!(check_bundle(b"hello").expect_err("must fail").contains("no PEM"));
        let not_der = b"-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
        assert!(check_bundle(not_der).expect_err("must fail").contains("certificate 1"));
        let not_base64 = b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n";
        assert!(check_bundle(not_base64).is_err());
    }
}
