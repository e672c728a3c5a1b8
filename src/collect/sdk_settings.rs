//! What the SDK reads from the environment and the configuration files, checked before it does: it panics on some of it,
//! passes over some of it in silence, and where an endpoint is none its error holds the whole request.

use std::collections::BTreeSet;

use aws_config::profile::ProfileSet;
use aws_runtime::env_config::property::PropertiesKey;
use aws_smithy_types::retry::RetryMode;

use super::error::CollectError;
use crate::permissions::ALLOWED;
use crate::text::secrets::without_secrets;

/// Variables with an address in them, beside `AWS_ENDPOINT_URL` and those of the services (AWS SDKs and tools reference,
/// "Service-specific endpoints", "Container credential provider", "IMDS credential provider", 2026-11).
const ADDRESSES: [&str; 2] = ["AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_EC2_METADATA_SERVICE_ENDPOINT"];
/// What the names of all the others begin with.
const ENDPOINT: &str = "AWS_ENDPOINT_URL";
/// Services that only the credentials chain asks.
const OF_THE_CHAIN: [&str; 3] = ["SSO", "SSO OIDC", "Signin"];

/// Whether the SDK can use what the environment and the selected profile say.
///
/// # Errors
/// [`CollectError::Setting`] with the first that it cannot.
pub(super) fn check(profiles: &ProfileSet) -> Result<(), CollectError> {
    let mut variables: Vec<(String, String)> =
        std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, text(value)))).collect();
    variables.sort();
    for (name, value) in &variables {
        check_variable(name, value)?;
    }
    check_profile(profiles)
}

/// What is no Unicode is no address and no number either: it is kept in a form that fails.
fn text(value: std::ffi::OsString) -> String {
    value.into_string().unwrap_or_else(|value| value.to_string_lossy().into_owned())
}

/// A variable. One that is empty is as good as unset.
fn check_variable(name: &str, value: &str) -> Result<(), CollectError> {
    let wrong = match name {
        _ if value.is_empty() => None,
        "AWS_MAX_ATTEMPTS" => wrong_attempts(value),
        "AWS_RETRY_MODE" => wrong_mode(value),
        _ if ADDRESSES.contains(&name) || name == ENDPOINT || name.starts_with("AWS_ENDPOINT_URL_") => {
            wrong_address(value)
        }
        _ => None,
    };
    wrong.map_or(Ok(()), |wrong| Err(wrong.of(name.to_owned(), &format!("{name}="), "unset it")))
}

/// The selected profile, with the section of services that it names.
fn check_profile(profiles: &ProfileSet) -> Result<(), CollectError> {
    let name = profiles.selected_profile();
    let Some(profile) = profiles.get_profile(name) else { return Ok(()) };
    let checks: [(&str, fn(&str) -> Option<Wrong>); 3] =
        [("endpoint_url", wrong_address), ("max_attempts", wrong_attempts), ("retry_mode", wrong_mode)];
    for (key, wrong) in checks {
        if let Some(wrong) = profile.get(key).and_then(wrong) {
            return Err(wrong.of(format!("`{key}` of profile `{name}`"), &format!("{key} = "), "leave it out"));
        }
    }
    let Some(section) = profile.get("services") else { return Ok(()) };
    let services: BTreeSet<&str> = ALLOWED.iter().map(|call| call.service).chain(OF_THE_CHAIN).collect();
    for service in services {
        let service = service.to_lowercase().replace(' ', "_");
        let key = PropertiesKey::builder()
            .section_key("services")
            .section_name(section)
            .property_name(&service)
            .sub_property_name("endpoint_url")
            .build();
        let value = key.ok().and_then(|key| profiles.other_sections().get(&key));
        if let Some(wrong) = value.and_then(|value| wrong_address(value)) {
            let place = format!("`endpoint_url` of `{service}` in [services {section}], which profile `{name}` names,");
            return Err(wrong.of(place, "endpoint_url = ", "leave it out"));
        }
    }
    Ok(())
}

/// Why a value cannot be used, and one that can.
struct Wrong {
    why: String,
    instead: String,
}

impl Wrong {
    /// The error about the setting of that name; `assigned` is how a value is written down.
    fn of(self, name: String, assigned: &str, or: &str) -> CollectError {
        CollectError::Setting { name, why: self.why, next: format!("write `{assigned}{}`, or {or}", self.instead) }
    }
}

/// Attempts: from one up.
fn wrong_attempts(value: &str) -> Option<Wrong> {
    let usable = value.parse::<u32>().is_ok_and(|attempts| attempts > 0);
    let wrong = || Wrong {
        why: format!("`{}` is no number of attempts from 1 up", without_secrets(value)),
        instead: "5".to_owned(),
    };
    (!usable).then(wrong)
}

/// A mode that the SDK knows.
fn wrong_mode(value: &str) -> Option<Wrong> {
    let wrong = || Wrong {
        why: format!("`{}` is neither `standard` nor `adaptive`", without_secrets(value)),
        instead: "standard".to_owned(),
    };
    value.parse::<RetryMode>().is_err().then(wrong)
}

/// An address of http or https with a host and nobody who signs in.
fn wrong_address(value: &str) -> Option<Wrong> {
    let shown = without_secrets(value);
    let wrong = |why: String, instead: &str| Some(Wrong { why, instead: instead.to_owned() });
    let example = "https://sts.us-east-1.amazonaws.com";
    let scheme = ["http://", "https://"]
        .iter()
        .any(|scheme| value.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    if !scheme {
        let completed = format!("https://{value}");
        let likely = value.contains('.') && is_address(&completed);
        let instead = if likely { completed.as_str() } else { example };
        // Without a scheme nothing tells who signs in from the host.
        let shown = if value.contains('@') { "it".to_owned() } else { format!("`{shown}`") };
        return wrong(format!("{shown} does not begin with http:// or https://"), instead);
    }
    if is_address(value) {
        return None;
    }
    match value.parse::<http::Uri>() {
        Ok(address) if address.authority().is_some_and(|authority| authority.as_str().contains('@')) => wrong(
            "it has a user name or a password in it, which no endpoint of AWS takes".to_owned(),
            &format!("{}://{}", address.scheme_str().unwrap_or("https"), address.host().unwrap_or_default()),
        ),
        _ if value.contains('@') => wrong("it is no address".to_owned(), example),
        _ => wrong(format!("`{shown}` is no address"), example),
    }
}

/// Whether the SDK can call there without telling anybody's password.
fn is_address(value: &str) -> bool {
    let whole = |authority: &http::uri::Authority| {
        let (text, host) = (authority.as_str(), authority.host());
        !host.is_empty() && (text == host || !text.contains('@') && authority.port_u16().is_some())
    };
    value.parse::<http::Uri>().is_ok_and(|address| address.authority().is_some_and(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(checked: Result<(), CollectError>) -> String {
        let error = checked.expect_err("must fail");
        format!("{error}; {}", error.hint().expect("a hint"))
    }

    #[test]
    fn an_address_has_a_scheme_a_host_and_no_password() {
        for good in ["http://127.0.0.1:4566", "https://vpce-1.sts.us-east-1.vpce.amazonaws.com/", "HTTP://[::1]:80/x?y"]
        {
            check_variable("AWS_ENDPOINT_URL", good).expect(good);
        }
        for bad in [
            "foo",
            "sts.us-east-1.amazonaws.com",
            "http://",
            "https:///x",
            "ftp://host",
            "http://a b",
            "http://h:x",
            "http://me:secret@host",
            "me:secret@host",
            "http://me:secret@",
            "\u{fffd}",
            "/x",
        ] {
            for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_EC2_METADATA_SERVICE_ENDPOINT"] {
                let said = said(check_variable(name, bad));
                assert!(said.starts_with(name) && said.contains(&format!("`{name}=http")), "{bad}: {said}");
                assert!(!said.contains("secret"), "{said}");
            }
        }
        let said = said(check_variable("AWS_ENDPOINT_URL_STS", "sts.us-east-1.amazonaws.com"));
        assert!(said.contains("`AWS_ENDPOINT_URL_STS=https://sts.us-east-1.amazonaws.com`"), "{said}");
    }

    #[test]
    fn what_the_sdk_would_panic_on_is_named() {
        for (name, bad) in [
            ("AWS_MAX_ATTEMPTS", "abc"),
            ("AWS_MAX_ATTEMPTS", "0"),
            ("AWS_MAX_ATTEMPTS", "-1"),
            ("AWS_MAX_ATTEMPTS", "99999999999"),
            ("AWS_RETRY_MODE", "foo"),
            ("AWS_RETRY_MODE", "legacy"),
        ] {
            let said = said(check_variable(name, bad));
            assert!(said.starts_with(name) && said.contains(&format!("`{bad}`")), "{said}");
        }
        for (name, good) in
            [("AWS_MAX_ATTEMPTS", "7"), ("AWS_MAX_ATTEMPTS", ""), ("AWS_RETRY_MODE", "Adaptive"), ("AWS_OTHER", "x")]
        {
            check_variable(name, good).expect(good);
        }
    }
}
