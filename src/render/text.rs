//! Text as renderers print it: [`crate::text`], and money.

use rust_decimal::RoundingStrategy;

use crate::price::Usd;

pub(crate) use crate::text::*;

/// Whole dollars, thousands separated: `$3,408`.
pub(crate) fn dollars(amount: Usd) -> String {
    let whole = Usd(amount.0.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).display();
    whole.trim_end_matches(".00").to_owned()
}

/// Whether the evidence has said already where it is mounted.
pub(crate) fn says_at(evidence: &str, point: &str) -> bool {
    evidence.ends_with(&format!(" at {point}")) || evidence.contains(&format!(" at {point} "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dollars_are_whole_and_grouped() {
        assert_eq!(dollars(Usd("1234.5".parse().expect("decimal"))), "$1,235");
    }
}
