//! The options of `collect`.

use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use clap::Args;

use super::config::ConfigArgs;
use super::evidence::EvidenceArgs;
use super::rules::RuleArgs;
use super::target::TargetArgs;
use super::values::whole;

pub(super) const EXAMPLES: &str = "\
Examples:
  inspector-audit collect --region ap-northeast-1 --output account.json
  inspector-audit scan --snapshot account.json
  inspector-audit collect --targets targets.jsonl --into sweep/ --shard 3/8
  inspector-audit scan --snapshot sweep/ --expect targets.jsonl

Exit status with --into: 0 all written whole, 3 written with gaps, 2 nothing could be done.";

/// `collect`.
#[derive(Debug, Clone, Args)]
pub struct CollectArgs {
    /// Where to look.
    #[command(flatten)]
    pub target: TargetArgs,
    /// The targets of this plan, which `targets` writes (JSON Lines); beside it --accounts-file gives external ids
    #[arg(long, value_name = "FILE", help_heading = "Targets", group = "entered",
          conflicts_with_all = ["region", "all_regions", "role_arn", "organization", "role_name"])]
    pub targets: Option<PathBuf>,
    /// Which rules the snapshot is for.
    #[command(flatten)]
    pub rules: RuleArgs,
    /// Which evidence.
    #[command(flatten)]
    pub evidence: EvidenceArgs,
    /// Write the snapshot to this file instead of standard output (`-`)
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Write each target to DIR/ACCOUNT/REGION.json.gz as soon as it is done. What is there already is not collected again
    #[arg(long, value_name = "DIR", help_heading = "Output", conflicts_with = "output")]
    pub into: Option<PathBuf>,
    /// Collect again what is older: a number with m, h or d
    #[arg(long, value_name = "AGE", help_heading = "Output", requires = "into", default_value = "20h", value_parser = age)]
    pub max_age: Age,
    /// Collect again what was throttled, timed out, had no credentials or failed; never what was denied
    #[arg(long, help_heading = "Output", requires = "into")]
    pub retry_gaps: bool,
    /// Only this share of the accounts, such as 3/8; `auto`: by AWS Batch's, Kubernetes' or Slurm's own variables
    #[arg(long, value_name = "I/N|auto", help_heading = "Targets", value_parser = shard, requires = "into")]
    pub shard: Option<ShardChoice>,
    /// How many shards there are, where the engine does not say; `--shard auto` then is not needed
    #[arg(long, value_name = "N", help_heading = "Targets", value_parser = whole(1..=MOST_SHARDS), requires = "into",
          conflicts_with = "shard")]
    pub shards: Option<u32>,
    /// Where settings come from.
    #[command(flatten)]
    pub config: ConfigArgs,
}

/// As many as AWS Batch has children in an array.
const MOST_SHARDS: u32 = 10_000;

/// An age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(pub Duration);

/// `--shard`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardChoice {
    /// As the engine's variables say.
    Auto,
    /// The number of the shard, from 1, and how many there are.
    Of(u32, u32),
}

fn age(text: &str) -> Result<Age, String> {
    let unit = match text.chars().next_back() {
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => 0,
    };
    let number = text.get(..text.len().saturating_sub(1)).and_then(|number| u64::from_str(number).ok());
    let seconds = number.and_then(|number| number.checked_mul(unit)).filter(|seconds| *seconds <= 366 * 86_400);
    match seconds {
        Some(seconds) if unit > 0 => Ok(Age(Duration::from_secs(seconds))),
        _ => Err("give an age of up to 366 days, such as 20h, 90m or 7d; 0m collects everything again".to_owned()),
    }
}

fn shard(text: &str) -> Result<ShardChoice, String> {
    if text == "auto" {
        return Ok(ShardChoice::Auto);
    }
    let parts = text.split_once('/').map(|(number, of)| (u32::from_str(number), u32::from_str(of)));
    match parts {
        Some((Ok(number), Ok(of))) if (1..=of).contains(&number) && of <= MOST_SHARDS => {
            Ok(ShardChoice::Of(number, of))
        }
        _ => Err(format!(
            "give the shard's number from 1 and how many there are (at most {MOST_SHARDS}), such as 3/8; or auto"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_a_unit() {
        assert_eq!(age("20h"), Ok(Age(Duration::from_hours(20))));
        assert_eq!(age("0m"), Ok(Age(Duration::ZERO)));
        for wrong in ["", "h", "20", "-1h", "1.5h", "20 h", "400d", "99999999999999999999d", "é"] {
            assert!(age(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shards_are_counted_from_one() {
        assert_eq!(shard("3/8"), Ok(ShardChoice::Of(3, 8)));
        assert_eq!(shard("auto"), Ok(ShardChoice::Auto));
        for wrong in ["0/8", "9/8", "3", "3/", "/8", "a/b", "1/10001", "-1/8"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }
}
