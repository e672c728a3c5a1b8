//! Which share of the accounts a worker has: as typed, or as the engine that runs it says.

#[cfg(any(feature = "aws", test))]
use sha2::{Digest as _, Sha256};

use super::error::SettingsError;
use crate::cli::ShardChoice;

/// A share of the accounts. All regions of an account are in one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    /// From 0.
    pub(crate) index: u32,
    pub(crate) of: u32,
}

/// A variable of the environment.
type Variable<'a> = &'a dyn Fn(&str) -> Option<String>;

impl Shard {
    /// The share that was typed (`shard`, or how many `shards` there are), else that of AWS Batch's array, of Kubernetes'
    /// indexed job or of Slurm's array.
    ///
    /// # Errors
    /// When an engine is to say which share this is, and none does, or it makes no sense.
    pub(super) fn of(
        shard: Option<ShardChoice>,
        shards: Option<u32>,
        variable: Variable<'_>,
    ) -> Result<Option<Self>, SettingsError> {
        let auto = match (shard, shards) {
            (None, None) => return Ok(None),
            (Some(ShardChoice::Of(number, of)), _) => return Ok(Some(Self { index: number - 1, of })),
            (Some(ShardChoice::Auto), _) | (None, Some(_)) => Self::of_engine(shards, variable)?,
        };
        auto.map_or(Err(SettingsError::NoShard), |shard| Ok(Some(shard)))
    }

    fn of_engine(shards: Option<u32>, variable: Variable<'_>) -> Result<Option<Self>, SettingsError> {
        let number = |name: &'static str| -> Result<Option<u32>, SettingsError> {
            let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return Ok(None) };
            text.parse().map(Some).map_err(|_| SettingsError::Shard(format!("{name} is `{text}`, which is no number")))
        };
        let engines = [
            // AWS Batch user guide, "Array jobs" (2026-10).
            ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"),
            // Slurm, "Job array support" (2026-10).
            ("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"),
            // Kubernetes, "Indexed Job" (2026-10): it does not say how many there are.
            ("JOB_COMPLETION_INDEX", ""),
        ];
        for (index_name, size_name) in engines {
            let Some(index) = number(index_name)? else { continue };
            let of = match shards {
                Some(shards) => Some(shards),
                None if size_name.is_empty() => None,
                None => number(size_name)?,
            };
            let Some(of) = of.filter(|of| *of > 0) else {
                return Err(SettingsError::Shard(format!("{index_name} is set, and nothing says how many there are")));
            };
            let index = if index_name.starts_with("SLURM") {
                let first = number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0);
                let step = number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1);
                index.saturating_sub(first) / step
            } else {
                index
            };
            if index >= of {
                return Err(SettingsError::Shard(format!(
                    "{index_name} stands for share {} of {of}",
                    u64::from(index) + 1
                )));
            }
            return Ok(Some(Self { index, of }));
        }
        Ok(None)
    }

    #[cfg(any(feature = "aws", test))]
    /// Whether the account is in this share, today and in every version.
    pub(crate) fn has(self, account: &str) -> bool {
        let digest = Sha256::digest(account);
        let start = digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        start % u64::from(self.of.max(1)) == u64::from(self.index)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", u64::from(self.index) + 1, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shard: Option<ShardChoice>, shards: Option<u32>, set: &[(&str, &str)]) -> Result<String, String> {
        let variable = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let shard = Shard::of(shard, shards, &variable).map_err(|error| error.to_string())?;
        Ok(shard.map_or_else(|| "all".to_owned(), |shard| shard.to_string()))
    }

    #[test]
    fn the_share_is_what_was_typed_or_what_the_engine_says() {
        let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "2"), ("AWS_BATCH_JOB_ARRAY_SIZE", "8")];
        let slurm = [
            ("SLURM_ARRAY_TASK_ID", "14"),
            ("SLURM_ARRAY_TASK_COUNT", "8"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_STEP", "2"),
        ];
        let kubernetes = [("JOB_COMPLETION_INDEX", "0")];
        let auto = Some(ShardChoice::Auto);
        assert_eq!(of(None, None, &batch).as_deref(), Ok("all"));
        assert_eq!(of(Some(ShardChoice::Of(1, 4)), None, &batch).as_deref(), Ok("1/4"));
        assert_eq!(of(auto, None, &batch).as_deref(), Ok("3/8"));
        assert_eq!(of(auto, None, &slurm).as_deref(), Ok("3/8"));
        assert_eq!(of(None, Some(5), &kubernetes).as_deref(), Ok("1/5"));
        for (shard, shards, set) in [
            (auto, None, &kubernetes[..]),
            (auto, None, &[]),
            (None, Some(2), &batch),
            (auto, None, &[("AWS_BATCH_JOB_ARRAY_INDEX", "x"), ("AWS_BATCH_JOB_ARRAY_SIZE", "8")]),
        ] {
            assert!(of(shard, shards, set).is_err(), "{set:?}");
        }
    }

    #[test]
    fn every_account_is_in_one_share_and_stays_there() {
        let share = |account: &str, of| {
            let all: Vec<u32> = (0..of).filter(|index| Shard { index: *index, of }.has(account)).collect();
            assert_eq!(all.len(), 1, "{account} of {of}");
            all[0]
        };
        for of in [1, 2, 8, 1000] {
            for account in ["111122223333", "123456789012", "000000000000"] {
                share(account, of);
            }
        }
        // Other workers of the same sweep may be of another version.
        assert_eq!((share("111122223333", 8), share("123456789012", 8)), (4, 2));
    }
}
