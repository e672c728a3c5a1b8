//! What S3 bills for requests. No table: a figure of these stands beside a finding, and never in it.

use rust_decimal::Decimal;

use super::Usd;

/// Where the prices are those of.
pub const S3_PRICES_OF: &str = "us-east-1";

/// So many LIST, and HEAD or GET requests to S3 Standard, in US dollars: $0.005 and $0.0004 per 1,000 in us-east-1 (S3
/// pricing page, "Requests and data retrievals", 2026-10).
pub fn s3_requests(list: u64, head_and_get: u64) -> Usd {
    let of = |requests: u64, unit: Decimal| Usd::of(Decimal::from(requests), unit);
    of(list, Decimal::new(5, 6)).plus(of(head_and_get, Decimal::new(4, 7)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_of_each() {
        assert_eq!(s3_requests(1_000_000, 0).display(), "$5.00");
        assert_eq!(s3_requests(0, 1_000_000).display(), "$0.40");
    }
}
