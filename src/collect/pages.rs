//! Listings: every page or an error, never a shortened list.
//!
//! The SDK's own paginators end without an error when a service repeats a token, which reads as a complete list.

use std::collections::{BTreeMap, BTreeSet};

use super::failure::Failure;
use crate::permissions::Call;

/// More pages than any listing here can have; at the largest page sizes, millions of rows.
const MOST_PAGES: usize = 10_000;
/// More empty pages in a row than a filtered listing comes with.
const MOST_EMPTY_PAGES: usize = 100;

#[derive(Debug)]
pub(super) struct Page<T> {
    /// Its rows; `None` where the answer had no list at all.
    pub(super) items: Option<Vec<T>>,
    /// The token of the next page; empty means none.
    pub(super) next: Option<String>,
}

/// All rows of a listing.
pub(super) async fn all_pages<T>(
    call: &'static Call,
    mut fetch: impl AsyncFnMut(Option<String>) -> Result<Page<T>, Failure>,
) -> Result<Vec<T>, Failure> {
    let mut rows = Vec::new();
    let mut seen = BTreeSet::new();
    let mut empty_in_a_row = 0;
    let mut token = None;
    for number in 1..=MOST_PAGES {
        let page = fetch(token.take()).await?;
        let items = page.items.ok_or_else(|| Failure::protocol(call, format!("page {number} has no list")))?;
        empty_in_a_row = if items.is_empty() { empty_in_a_row + 1 } else { 0 };
        rows.extend(items);
        let Some(next) = page.next.filter(|next| !next.is_empty()) else { return Ok(rows) };
        if empty_in_a_row >= MOST_EMPTY_PAGES {
            return Err(Failure::protocol(call, format!("{MOST_EMPTY_PAGES} empty pages in a row")));
        }
        if !seen.insert(next.clone()) {
            return Err(Failure::protocol(call, format!("page {number} repeats a page token")));
        }
        token = Some(next);
    }
    Err(Failure::protocol(call, format!("more than {MOST_PAGES} pages")))
}

/// The rows of a source of evidence: as many pages as `budget` allows, or as `enough` wants.
///
/// A row of these proves something whatever the others say, so that a part is worth keeping; it says that it is one.
///
/// # Errors
/// Where the first page cannot be read; a later one that cannot only ends the listing.
pub(super) async fn first_pages<T>(
    call: &'static Call,
    budget: usize,
    enough: impl Fn(&[T]) -> bool,
    mut fetch: impl AsyncFnMut(Option<String>) -> Result<Page<T>, Failure>,
) -> Result<Part<T>, Failure> {
    let mut part = Part { rows: Vec::new(), truncated: None };
    let mut seen = BTreeSet::new();
    let mut token = None;
    for number in 1..=budget {
        let items = match fetch(token.take()).await {
            Ok(page) => match page.items {
                Some(items) => Ok((items, page.next)),
                None => Err(Failure::protocol(call, format!("page {number} has no list"))),
            },
            Err(failure) => Err(failure),
        };
        let (items, next) = match items {
            Ok(items) => items,
            Err(failure) if number == 1 => return Err(failure),
            Err(failure) => {
                part.truncated = Some(format!("{} broke off at page {number}: {}", call.action, failure.gap().message));
                return Ok(part);
            }
        };
        let done = enough(&items);
        part.rows.extend(items);
        let Some(next) = next.filter(|next| !next.is_empty() && !done) else { return Ok(part) };
        if !seen.insert(next.clone()) {
            part.truncated = Some(format!("{} repeated a page token at page {number}", call.action));
            return Ok(part);
        }
        token = Some(next);
    }
    part.truncated = Some(format!("{} was stopped after {budget} pages", call.action));
    Ok(part)
}

/// Rows of a listing that may have been read in part.
#[derive(Debug)]
pub(super) struct Part<T> {
    /// Its rows, in the order in which they came.
    pub(super) rows: Vec<T>,
    /// Why there may be more.
    pub(super) truncated: Option<String>,
}

/// The rows sorted by id, each id once (a row can move between pages while they are read).
///
/// # Errors
/// Where a row has no id: then the answer is not what the service sends.
pub(super) fn by_id<T>(call: &'static Call, rows: Vec<T>, id: impl Fn(&T) -> &str) -> Result<Vec<T>, Failure> {
    let mut sorted = BTreeMap::new();
    for row in rows {
        let key = id(&row).to_owned();
        if key.is_empty() {
            return Err(Failure::protocol(call, "a row has no id"));
        }
        sorted.entry(key).or_insert(row);
    }
    Ok(sorted.into_values().collect())
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::model::GapReason;
    use crate::permissions::DESCRIBE_FILE_SYSTEMS;

    type Listing = Result<Vec<u32>, Failure>;

    /// Runs a listing whose pages come from `page`, by number.
    fn listing(page: impl Fn(usize, Option<String>) -> Result<Page<u32>, Failure>) -> (Listing, usize) {
        let calls = Cell::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("test data is good");
        let result = runtime.block_on(all_pages(&DESCRIBE_FILE_SYSTEMS, |token| {
            calls.set(calls.get() + 1);
            std::future::ready(page(calls.get(), token))
        }));
        (result, calls.get())
    }

    fn page(items: &[u32], next: Option<&str>) -> Page<u32> {
        Page { items: Some(items.to_vec()), next: next.map(str::to_owned) }
    }

    #[test]
    fn pages_are_followed_to_the_end() {
        let (rows, calls) = listing(|number, token| {
            Ok(match number {
                1 => {
                    assert_eq!(token, None);
                    page(&[1, 2], Some("a"))
                }
                2 => {
                    assert_eq!(token.as_deref(), Some("a"));
                    page(&[], Some("b"))
                }
                _ => page(&[3], Some("")),
            })
        });
        assert_eq!((rows.expect("test data is good"), calls), (vec![1, 2, 3], 3));
    }

    #[test]
    fn a_listing_that_cannot_be_finished_is_an_error() {
        let reason = |(result, _): (Listing, usize)| result.expect_err("must fail").gap();
        let repeated = reason(listing(|_, _| Ok(page(&[1], Some("same")))));
        assert_eq!(repeated.reason, GapReason::Protocol);
        assert!(repeated.message.contains("repeats a page token"), "{}", repeated.message);

        let empty = reason(listing(|number, _| Ok(page(&[], Some(&number.to_string())))));
        assert!(empty.message.contains("empty pages"), "{}", empty.message);

        let endless = reason(listing(|number, _| Ok(page(&[1], Some(&number.to_string())))));
        assert!(endless.message.contains("more than"), "{}", endless.message);

        let missing = reason(listing(|_, _| Ok(Page { items: None, next: None })));
        assert!(missing.message.contains("no list"), "{}", missing.message);

        let broken = listing(|number, _| match number {
            1 => Ok(page(&[1], Some("a"))),
            _ => Err(Failure::protocol(&DESCRIBE_FILE_SYSTEMS, "broken")),
        });
        assert!(broken.0.is_err());
    }

    /// Runs a listing in part: at most three pages, or until one has a nine.
    fn part(page: impl Fn(usize) -> Result<Page<u32>, Failure>) -> Result<Part<u32>, Failure> {
        let calls = Cell::new(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("test data is good");
        runtime.block_on(first_pages(
            &DESCRIBE_FILE_SYSTEMS,
            3,
            |rows: &[u32]| rows.contains(&9),
            |_| {
                calls.set(calls.get() + 1);
                std::future::ready(page(calls.get()))
            },
        ))
    }

    #[test]
    fn a_part_of_evidence_is_kept_and_says_that_it_is_one() {
        let rows = |result: Result<Part<u32>, Failure>| {
            let part = result.expect("test data is good");
            (part.rows, part.truncated)
        };
        let broken = || Failure::protocol(&DESCRIBE_FILE_SYSTEMS, "broken");
        assert_eq!(rows(part(|_| Ok(page(&[1], None)))), (vec![1], None));
        assert_eq!(rows(part(|_| Ok(page(&[9], Some("a"))))), (vec![9], None));
        let (kept, why) = rows(part(|number| Ok(page(&[1], Some(&number.to_string())))));
        assert_eq!(
            (kept.len(), why.as_deref()),
            (3, Some("elasticfilesystem:DescribeFileSystems was stopped after 3 pages"))
        );
        let (kept, why) = rows(part(|_| Ok(page(&[1], Some("same")))));
        assert_eq!((kept.len(), why.is_some_and(|why| why.contains("repeated"))), (2, true));
        let (kept, why) = rows(part(|number| if number == 1 { Ok(page(&[1], Some("a"))) } else { Err(broken()) }));
        assert_eq!((kept, why.is_some_and(|why| why.contains("broken"))), (vec![1], true));
        assert!(part(|_| Err(broken())).is_err());
        assert!(part(|_| Ok(Page { items: None, next: None })).is_err());
    }

    #[test]
    fn rows_come_sorted_and_once() {
        let rows = vec!["b".to_owned(), "a".to_owned(), "b".to_owned()];
        assert_eq!(by_id(&DESCRIBE_FILE_SYSTEMS, rows, |row| row).expect("test data is good"), ["a", "b"]);
        assert!(by_id(&DESCRIBE_FILE_SYSTEMS, vec![String::new()], |row| row).is_err());
    }
}
