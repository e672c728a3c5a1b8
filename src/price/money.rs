//! Dollars, and the one conversion between bytes and what EFS bills.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text::grouped_digits;

/// An amount in US dollars, kept exact and printed with at most six decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Hash)]
pub struct Usd(pub Decimal);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// The amount of `quantity` at `unit_price`, rounded to six decimals so that sums of amounts are exact.
    ///
    /// Saturates where the product would leave the range of a decimal (7.9e28): no real bill gets there, and a
    /// forged snapshot must not stop the run.
    pub fn of(quantity: Decimal, unit_price: Decimal) -> Self {
        Self(round6(quantity.checked_mul(unit_price).unwrap_or(Decimal::MAX)))
    }

    /// The sum, saturating.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference, saturating.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// For people, with its sign: `+$3,407.87`, `-$12.50`, `$0.00`.
    pub fn signed(self) -> String {
        let text = self.display();
        let is_more = self.0 > Decimal::ZERO && text != "$0.00";
        if is_more { format!("+{text}") } else { text }
    }

    /// For people: `$3,407.87`; two decimals, thousands separated.
    pub fn display(self) -> String {
        let rounded = self.0.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
        let text = format!("{:.2}", rounded.abs());
        let (whole, cents) = text.split_once('.').unwrap_or((text.as_str(), "00"));
        let grouped = grouped_digits(whole);
        let sign = if rounded.is_sign_negative() && !rounded.is_zero() { "-" } else { "" };
        format!("{sign}${grouped}.{cents}")
    }
}

impl std::iter::Sum for Usd {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self::ZERO, Self::plus)
    }
}

impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        rust_decimal::serde::arbitrary_precision::serialize(&round6(self.0), serializer)
    }
}

impl<'de> Deserialize<'de> for Usd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        rust_decimal::serde::arbitrary_precision::deserialize(deserializer).map(Self)
    }
}

/// At most six decimals, no trailing zeros.
pub(crate) fn round6(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(6, RoundingStrategy::MidpointAwayFromZero).normalize()
}

/// Bytes as EFS bills them: 1 GiB = 2^30 bytes ("GB" in EFS bills is 2^30; EFS user guide, "Billing and usage
/// reports", 2026-10), rounded to six decimals.
pub fn bytes_to_gib(bytes: u64) -> Decimal {
    round6(Decimal::from(bytes) / Decimal::from(1_u64 << 30))
}

/// GiB for people: `10,237.91`; at most two decimals, thousands separated. Never negative.
pub fn display_gib(gib: Decimal) -> String {
    let text = gib.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero).normalize().to_string();
    match text.split_once('.') {
        Some((whole, part)) => format!("{}.{part}", grouped_digits(whole)),
        None => grouped_digits(&text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped_and_rounded() {
        assert_eq!(Usd("3407.872".parse().expect("decimal")).display(), "$3,407.87");
        assert_eq!(Usd("0.005".parse().expect("decimal")).display(), "$0.01");
        assert_eq!(Usd("1234567".parse().expect("decimal")).display(), "$1,234,567.00");
        assert_eq!(Usd("-12.5".parse().expect("decimal")).display(), "-$12.50");
    }

    #[test]
    fn gib_are_grouped_and_have_two_decimals_at_most() {
        for (gib, text) in
            [("0", "0"), ("999.994", "999.99"), ("10240.000000", "10,240"), ("1234567.895", "1,234,567.9")]
        {
            assert_eq!(display_gib(gib.parse().expect("a number")), text);
        }
    }

    #[test]
    fn ten_tebibytes_are_10240_gib() {
        assert_eq!(bytes_to_gib(10 << 40), Decimal::from(10_240));
    }
}
