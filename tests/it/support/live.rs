//! The runner for runs against an endpoint, and a view of the report they print.

use std::ffi::OsStr;
use std::path::Path;

use serde_json::{Map, Value};

use super::audit::{Audit, Run};
use super::call::access_key;

/// The secret key of every run; it must turn up nowhere.
pub(crate) const SECRET: &str = "secret-key-of-the-tests-00000000000000000";

impl Audit {
    /// The directory the binary runs in; it goes when this does.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// The same, sent to `url` in place of AWS, with the keys of a user of account 111122223333.
    pub(crate) fn against(url: &str) -> Self {
        let key = access_key("111122223333");
        Self::new().env("AWS_ENDPOINT_URL", url).env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    /// Adds a profile with keys of an account to the run's configuration file.
    pub(crate) fn profile(self, name: &str, account: &str) -> Self {
        let key = access_key(account);
        let path = self.home.path().join(".aws/config");
        let known = std::fs::read_to_string(path).unwrap_or_default();
        let more = format!("{known}[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n");
        self.file(".aws/config", more)
    }

    /// Adds an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// What an environment variable of the run has been set to.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        let (_, value) = self.command.get_envs().find(|(known, _)| *known == OsStr::new(name))?;
        value?.to_str().map(str::to_owned)
    }

    /// Makes it a scan, with these options split at spaces.
    pub(crate) fn scan(self, options: &str) -> Self {
        self.args("scan").args(options)
    }
}

impl Run {
    /// The report as JSON, with short ways to its parts.
    pub(crate) fn report(&self) -> ReportView {
        ReportView(self.json())
    }
}

/// A report as a script reads it: by the names of its JSON.
#[derive(Debug)]
pub(crate) struct ReportView(pub(crate) Value);

impl ReportView {
    /// The rows of a list.
    pub(crate) fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().unwrap_or_else(|| panic!("{name} is a list"))
    }

    /// The gaps that a call left; sections that nobody asked for have none.
    pub(crate) fn all_gaps(&self) -> Vec<&Value> {
        self.list("gaps").iter().filter(|gap| gap["operation"] != "").collect()
    }

    /// The gaps of one section.
    pub(crate) fn gaps(&self, section: &str) -> Vec<&Value> {
        self.all_gaps().into_iter().filter(|gap| gap["section"] == section).collect()
    }

    /// The one gap of a section.
    pub(crate) fn gap(&self, section: &str) -> &Value {
        match self.gaps(section).as_slice() {
            [gap] => gap,
            gaps => panic!("one gap of {section}, not {}: {:#}", gaps.len(), self.0["gaps"]),
        }
    }

    /// The findings of one rule.
    pub(crate) fn findings(&self, rule: &str) -> Vec<&Value> {
        self.list("findings").iter().filter(|finding| finding["rule"] == rule).collect()
    }

    /// The verdicts on a target, by rule.
    pub(crate) fn verdicts(&self, account: &str, region: &str) -> &Map<String, Value> {
        let target = format!("{account}/{region}");
        let rows: Vec<_> =
            self.list("verdicts").iter().filter(|row| texts(&row["targets"]).contains(&target.as_str())).collect();
        match rows.as_slice() {
            [row] => row["rules"].as_object().expect("rules"),
            rows => panic!("one row of verdicts on {target}, not {}", rows.len()),
        }
    }

    /// The verdict of a rule on a target.
    pub(crate) fn verdict(&self, account: &str, region: &str, rule: &str) -> &str {
        let verdict = self.verdicts(account, region).get(rule).and_then(Value::as_str);
        verdict.unwrap_or_else(|| panic!("no verdict of {rule} on {account} {region}"))
    }

    /// Whether nothing unseen could still be a finding.
    pub(crate) fn complete(&self) -> bool {
        self.0["complete"] == true
    }
}

/// The texts of a JSON list.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text")).collect()
}
