//! `config-example`: a configuration file with every key, explained.

use crate::io::print;
use crate::report::Status;
use crate::settings::SAMPLE;

pub(super) fn run() -> anyhow::Result<Status> {
    print(SAMPLE.trim_end())?;
    Ok(Status::Clean)
}
