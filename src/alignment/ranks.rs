//! Rank tests, exact: which sums of scores come of chance, counted out.
//!
//! Each run is compared with windows of which none is better than another if the scan reads nothing. Whatever the bytes
//! are distributed like, every order of the windows is then equally likely, so no normal law, no variance and no outlier
//! enters. Ties score in the middle, which only narrows the true distribution below the one that is counted here.

use std::cmp::Ordering;

/// The distribution of a sum of scores that come of chance.
#[derive(Debug, Clone)]
pub(super) struct Chance {
    /// Probability of each sum from `-reach` to `reach`.
    of_sum: Vec<f64>,
    reach: i64,
}

impl Chance {
    /// The sum of no score.
    pub(super) fn certain() -> Self {
        Self { of_sum: vec![1.0], reach: 0 }
    }

    /// Sums that are all equally likely: from `-reach` to `reach` in steps of `step`.
    fn even(reach: usize, step: usize) -> Self {
        let count = 2 * reach / step + 1;
        let mut of_sum = vec![0.0; 2 * reach + 1];
        of_sum.iter_mut().step_by(step).for_each(|chance| *chance = 1.0 / as_float(count));
        Self { of_sum, reach: i64::try_from(reach).unwrap_or(0) }
    }

    /// With one more [`score`] against so many windows: `-n`, `2 - n`, … `n`.
    pub(super) fn and_score(&self, windows: usize) -> Self {
        if windows == 0 { self.clone() } else { Self::even(windows, 2).and(self) }
    }

    /// With the [`signed_ranks`] of so many differences: each rank, doubled, with either sign.
    pub(super) fn and_signed_ranks(&self, differences: usize) -> Self {
        (1..=differences).fold(self.clone(), |sum, rank| Self::even(2 * rank, 4 * rank).and(&sum))
    }

    /// The sum of both; quick where this one is the sparser.
    pub(super) fn and(&self, other: &Self) -> Self {
        let mut of_sum = vec![0.0; self.of_sum.len() + other.of_sum.len() - 1];
        for (start, one) in self.of_sum.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
            for (sum, two) in of_sum.iter_mut().skip(start).zip(&other.of_sum) {
                *sum += one * two;
            }
        }
        Self { of_sum, reach: self.reach + other.reach }
    }

    /// How likely a sum of at least `sum` is.
    pub(super) fn at_least(&self, sum: i64) -> f64 {
        let below = usize::try_from(sum + self.reach).unwrap_or(0);
        self.of_sum.iter().skip(below).sum::<f64>().min(1.0)
    }

    /// The least sum that is no likelier than `level`.
    pub(super) fn bar(&self, level: f64) -> i64 {
        let mut likely = 0.0;
        let within = self.of_sum.iter().rev().take_while(|chance| {
            likely += **chance;
            likely <= level
        });
        self.reach + 1 - i64::try_from(within.count()).unwrap_or(0)
    }
}

/// How many of `windows` lie below `value`, less how many lie above it.
pub(super) fn score(value: i128, windows: &[i128]) -> i64 {
    let each = windows.iter().map(|window| match value.cmp(window) {
        Ordering::Greater => 1,
        Ordering::Equal => 0,
        Ordering::Less => -1,
    });
    each.sum()
}

/// Twice the sum of the ranks of the sizes of `differences`, each with the sign of its difference (Wilcoxon); equal
/// sizes share their mean rank, and a difference of nothing has no sign.
pub(super) fn signed_ranks(differences: &mut [i128]) -> i64 {
    differences.sort_unstable_by_key(|difference| difference.unsigned_abs());
    let (mut sum, mut before) = (0, 0);
    for equal in differences.chunk_by(|a, b| a.unsigned_abs() == b.unsigned_abs()) {
        let count = i64::try_from(equal.len()).unwrap_or(i64::MAX);
        sum += (2 * before + count + 1) * score(0, &equal.iter().map(|difference| -difference).collect::<Vec<_>>());
        before += count;
    }
    sum
}

/// How likely at most `hits` of `count` are, each of which is as likely as not.
pub(super) fn at_most_of(hits: usize, count: usize) -> f64 {
    let sum = (0..count).fold(Chance::certain(), |sum, _| sum.and_score(1));
    let hits = i64::try_from(hits).unwrap_or(i64::MAX);
    let count = i64::try_from(count).unwrap_or(0);
    // A hit scores 1 and a miss -1; few hits are as likely as as many misses.
    sum.at_least(count - 2 * hits)
}

/// A small count as a float.
pub(super) fn as_float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-12
    }

    #[test]
    fn chances_are_those_of_counting() {
        // Two runs of two windows: -2, 0 or 2 each, nine ways.
        let two = Chance::certain().and_score(2).and_score(2);
        assert!(near(two.at_least(4), 1.0 / 9.0) && near(two.at_least(2), 3.0 / 9.0) && near(two.at_least(-4), 1.0));
        assert!(near(two.at_least(5), 0.0));
        assert_eq!((two.bar(0.12), two.bar(0.34), two.bar(0.01)), (3, 1, 5));
        // Three signed ranks, doubled: 12 in one of eight ways, 8 (1 lost) in one more.
        let ranks = Chance::certain().and_signed_ranks(3);
        assert!(near(ranks.at_least(12), 1.0 / 8.0) && near(ranks.at_least(8), 2.0 / 8.0));
    }

    #[test]
    fn scores_are_counts_and_ties_lie_between() {
        assert_eq!(score(5, &[1, 5, 9, 2]), 1);
        assert_eq!(score(5, &[]), 0);
        assert_eq!(signed_ranks(&mut [3, -1, 2]), 2 * (3 - 1 + 2));
        assert_eq!(signed_ranks(&mut [4, -4, 0, 0]), 0);
        assert_eq!(signed_ranks(&mut [7, 0]), 4);
    }

    #[test]
    fn few_hits_are_as_unlikely_as_a_coin_says() {
        assert!(
            near(at_most_of(0, 5), 1.0 / 32.0) && near(at_most_of(1, 5), 6.0 / 32.0) && near(at_most_of(5, 5), 1.0)
        );
        assert!(near(at_most_of(0, 0), 1.0));
    }
}
