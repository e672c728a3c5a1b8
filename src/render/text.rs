//! Text as renderers print it: [`crate::text`], and money.

use rust_decimal::{Decimal, RoundingStrategy};

use crate::price::Usd;

pub(crate) use crate::text::*;

/// From this amount on cents say nothing.
const WHOLE: Usd = Usd(Decimal::ONE_THOUSAND);

/// Whole dollars, thousands separated: `$3,408`.
pub(crate) fn dollars(amount: Usd) -> String {
    let whole = Usd(amount.0.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)).display();
    whole.trim_end_matches(".00").to_owned()
}

/// An amount for reading: whole dollars from 1,000 on, and no cents that are none.
pub(crate) fn short_usd(usd: Usd) -> String {
    if usd.0.abs() >= WHOLE.0 { dollars(usd) } else { usd.display().trim_end_matches(".00").to_owned() }
}

/// The same with its sign.
pub(crate) fn short_signed(usd: Usd) -> String {
    let text = short_usd(usd);
    if usd > Usd::ZERO && text != "$0" { format!("+{text}") } else { text }
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
