//! What a printed command has to repeat of the run that printed it, so that it does what it says as it stands.

use std::collections::BTreeSet;

use crate::aws_cli::word::{is_id, word};
use crate::report::TargetId;

/// Where the data of a run comes from, as arguments for the next one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DataSource {
    /// AWS: the arguments that reach it beside the region, e.g. `--profile` and its value.
    Aws(Vec<String>),
    /// These snapshot files.
    Snapshots(Vec<String>),
    /// Nothing that can be had again: a world that is not, or what came through standard input.
    Imagined,
}

impl Default for DataSource {
    fn default() -> Self {
        Self::Aws(Vec::new())
    }
}

/// The run around a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunContext {
    /// Where the data comes from.
    pub source: DataSource,
    /// The other options that decide what is found, as words.
    pub options: Vec<String>,
    /// The profile that reaches the finding's account; `None` leaves that to the shell.
    pub profile: Option<String>,
}

/// A command on a snapshot.
pub(crate) fn on_snapshot(command: &str, file: &str) -> String {
    format!("inspector-audit {command} --snapshot {}", word(file))
}

impl RunContext {
    /// The command that prints the plan of a finding from the same data; nothing where no data can be had again.
    pub(crate) fn fix(&self, region: &str, fingerprint: &str, way: Option<&str>) -> Option<String> {
        let mut words = vec!["inspector-audit".to_owned(), "fix".to_owned()];
        let mut option = |name: &str, value: &str| words.extend([name.to_owned(), word(value)]);
        match &self.source {
            DataSource::Imagined => return None,
            DataSource::Snapshots(files) => files.iter().for_each(|file| option("--snapshot", file)),
            DataSource::Aws(arguments) => {
                if !is_id(region) {
                    return None;
                }
                option("--region", region);
                words.extend(arguments.iter().map(|argument| word(argument)));
            }
        }
        words.extend(self.options.iter().map(|option| word(option)));
        words.extend(["--finding".to_owned(), word(fingerprint)]);
        words.extend(way.into_iter().flat_map(|way| ["--way".to_owned(), way.to_owned()]));
        Some(words.join(" "))
    }

    /// The command that judges the same data again with more of it; nothing where no data can be had again.
    pub(crate) fn scan_with(&self, region: &str, more: &[&str]) -> Option<String> {
        let mut words = vec!["inspector-audit scan".to_owned()];
        match &self.source {
            DataSource::Imagined => return None,
            DataSource::Snapshots(files) => words.extend(files.iter().map(|file| format!("--snapshot {}", word(file)))),
            DataSource::Aws(arguments) => {
                words.push(is_id(region).then(|| format!("--region {region}"))?);
                words.extend(arguments.iter().map(|argument| word(argument)));
            }
        }
        words.extend(self.options.iter().map(|option| word(option)));
        words.extend(more.iter().map(|one| word(one)));
        Some(words.join(" "))
    }

    /// The mount map that the run was given.
    pub(crate) fn mount_map(&self) -> Option<&str> {
        let name = self.options.iter().position(|option| option == "--mount-map")?;
        self.options.get(name + 1).map(String::as_str)
    }

    /// The command that says what switching EC2 scanning on would do here; nothing where no data can be had again.
    pub(crate) fn what_if(&self, targets: &[TargetId]) -> Option<String> {
        let from: Vec<String> = match &self.source {
            DataSource::Imagined => return None,
            DataSource::Snapshots(files) => files.iter().map(|file| format!(" --snapshot {}", word(file))).collect(),
            DataSource::Aws(arguments) => {
                let regions: BTreeSet<&str> = targets.iter().map(|target| target.region.as_str()).collect();
                let regions =
                    regions.into_iter().filter(|region| is_id(region)).map(|region| format!(" --region {region}"));
                regions.chain(arguments.iter().map(|argument| format!(" {}", word(argument)))).collect()
            }
        };
        let options: Vec<String> = self.options.iter().map(|option| format!(" {}", word(option))).collect();
        Some(format!("inspector-audit what-if{}{} --inspector-ec2 on", from.concat(), options.concat()))
    }
}
