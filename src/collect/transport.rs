//! The HTTP client that all calls share: one pool of connections, proxies from the environment, a private CA if named.

use std::path::PathBuf;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::error::CollectError;

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
    Ok(aws_smithy_http_client::Builder::new().build_with_connector_fn(move |settings, components| {
        let mut builder = Connector::builder().proxy_config(ProxyConfig::from_env());
        builder.set_connector_settings(settings.cloned());
        builder.set_sleep_impl(components.and_then(RuntimeComponents::sleep_impl));
        builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).tls_context(context.clone()).build()
    }))
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
