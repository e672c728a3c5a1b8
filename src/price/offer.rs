//! Price list files: the public bulk files of AWS (`/offers/v1.0/aws/SERVICE/current/index.json`, for all regions, or
//! `.../current/REGION/index.json`), and saved answers of `GetProducts`. Pure: bytes come from elsewhere.
//!
//! A bulk file keeps products and prices apart, by SKU, products first (Billing user guide, "Reading the service price
//! list file", 2026-10). It is read as it comes, and what this program has no use for is dropped at once: the file of a
//! large service takes time but no memory.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read;
use std::marker::PhantomData;

use chrono::NaiveDate;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::PriceError;
use super::list::{Entry, Kind, Listed, Listing, Origin, Product, Term, kind};

/// Reads a bulk file or a saved answer of `GetProducts` (as the AWS CLI prints it, or its `PriceList` alone). `name` is
/// the table's source; terms that begin after `today` do not count. Every rate is as of the list's publication.
///
/// # Errors
/// When the bytes are no such list, or one page of several, or nothing in it gave a rate; when `bytes` fails.
pub(crate) fn read(bytes: impl Read, name: &str, today: NaiveDate) -> Result<Listed, PriceError> {
    let mut reading = Reading {
        listing: Listing::new(name, today),
        offer: None,
        published: None,
        has_products: false,
        sold: BTreeMap::new(),
        prices: BTreeMap::new(),
    };
    let mut deserializer = serde_json::Deserializer::from_reader(bytes);
    let whole = Document(&mut reading).deserialize(&mut deserializer).and_then(|()| deserializer.end());
    whole.map_err(|error| PriceError::List(error.to_string()))?;
    reading.finish()
}

/// A list while it is read.
struct Reading {
    listing: Listing,
    /// The service that a bulk file is of.
    offer: Option<String>,
    published: Option<String>,
    has_products: bool,
    /// The products of use, by SKU.
    sold: BTreeMap<String, (Product, Kind)>,
    /// Their prices, by SKU and term; all prices where they come before the products.
    prices: BTreeMap<String, BTreeMap<String, Term>>,
}

impl Reading {
    fn finish(mut self) -> Result<Listed, PriceError> {
        for (sku, (product, kind)) in &self.sold {
            let terms = self.prices.get(sku).into_iter().flat_map(BTreeMap::values);
            self.listing.add(product, kind, terms, self.published.as_deref(), Origin::File);
        }
        self.listing.finish()
    }
}

struct Document<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Document<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a price list of AWS: a bulk file, or an answer of GetProducts")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let reading = self.0;
        let mut is_list = false;
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "offerCode" => reading.offer = map.next_value()?,
                "publicationDate" => reading.published = map.next_value()?,
                "products" => {
                    let Reading { offer, sold, has_products, .. } = &mut *reading;
                    *has_products = true;
                    map.next_value_seed(by_key(|sku, product: Product| {
                        if let Some(kind) = kind(&product, offer.as_deref()) {
                            sold.insert(sku, (product, kind));
                        }
                    }))?;
                }
                "terms" => map.next_value_seed(Terms(&mut *reading))?,
                "PriceList" => map.next_value_seed(Entries(&mut reading.listing))?,
                "NextToken" if map.next_value::<Option<String>>()?.is_some_and(|token| !token.is_empty()) => {
                    return Err(A::Error::custom(
                        "it is one page of several (NextToken): save all of them in one file",
                    ));
                }
                "NextToken" => {}
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
            is_list |= matches!(key.as_str(), "products" | "PriceList");
        }
        if is_list { Ok(()) } else { Err(A::Error::custom("it has neither `products` nor a `PriceList`")) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        Entries(&mut self.0.listing).visit_seq(seq)
    }
}

/// An object of any size, each value handed on with its key and then forgotten.
struct ByKey<T, F>(F, PhantomData<T>);

fn by_key<T, F: FnMut(String, T)>(each: F) -> ByKey<T, F> {
    ByKey(each, PhantomData)
}

impl<'de, T: Deserialize<'de>, F: FnMut(String, T)> DeserializeSeed<'de> for ByKey<T, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, T: Deserialize<'de>, F: FnMut(String, T)> Visitor<'de> for ByKey<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry()? {
            (self.0)(key, value);
        }
        Ok(())
    }
}

/// `terms` of a bulk file: by kind of term, SKU and term.
struct Terms<'r>(&'r mut Reading);

impl<'de> DeserializeSeed<'de> for Terms<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Terms<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("terms by kind")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Reading { sold, has_products, prices, .. } = self.0;
        while let Some(key) = map.next_key::<String>()? {
            if key != "OnDemand" {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            map.next_value_seed(by_key(|sku: String, terms: BTreeMap<String, Term>| {
                if !*has_products || sold.contains_key(&sku) {
                    prices.insert(sku, terms);
                }
            }))?;
        }
        Ok(())
    }
}

/// `PriceList` of an answer: products with their prices, each a JSON text.
struct Entries<'r>(&'r mut Listing);

impl<'de> DeserializeSeed<'de> for Entries<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of products")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while let Some(Text(entry)) = seq.next_element()? {
            self.0.add_entry(&entry, Origin::File);
        }
        Ok(())
    }
}

/// A product as the API writes it, in a string, or as tools like jq have taken it out of there.
struct Text(Entry);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a product")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Text, E> {
        serde_json::from_str(text).map(Text).map_err(|error| E::custom(format!("a product that is none: {error}")))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
        Entry::deserialize(MapAccessDeserializer::new(map)).map(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::price::{INSPECTOR, dimension};

    const PRODUCTS: &str = r#""products": {"S1": {"sku": "S1", "attributes": {"regionCode": "eu-central-1",
        "usagetype": "EUC1-container-image-re-scan", "locationType": "AWS Region"}},
        "S2": {"sku": "S2", "attributes": {"usagetype": "EUC1-something-else"}}}"#;
    const TERMS: &str = r#""terms": {"Reserved": {"S1": {"x": 1}}, "OnDemand": {"S2": {},
        "S1": {"S1.T": {"effectiveDate": "2026-01-01T00:00:00Z", "priceDimensions": {"S1.T.R": {
            "unit": "Resource-assessment", "beginRange": "0", "pricePerUnit": {"USD": "0.0100000000"}}}}}}}"#;
    const HEAD: &str = r#""formatVersion": "v1.0", "offerCode": "AmazonInspectorV2",
        "publicationDate": "2026-11-18T20:11:04Z""#;

    fn today() -> NaiveDate {
        "2026-11-21".parse().expect("a date")
    }

    #[test]
    fn products_and_terms_are_joined_whichever_comes_first() {
        for parts in [[HEAD, PRODUCTS, TERMS], [HEAD, TERMS, PRODUCTS]] {
            let text = format!("{{{}}}", parts.join(", "));
            let listed = read(text.as_bytes(), "offer.json", today()).expect("a rate");
            assert_eq!(listed.notes, Vec::<String>::new());
            assert_eq!(listed.table.iter().count(), 1);
            let rate = listed.table.get(INSPECTOR, "eu-central-1", dimension::ECR_RESCAN).expect("the rate");
            assert_eq!((rate.usd.to_string().as_str(), rate.unit.as_str()), ("0.01", "scan"));
            assert_eq!(rate.source, "AWS price list file, AmazonInspectorV2, published 2026-11-18");
            assert_eq!(rate.as_of.as_deref(), Some("2026-11-18"));
        }
    }

    #[test]
    fn what_is_no_whole_list_is_an_error_that_says_why() {
        let whole = format!("{{{HEAD}, {PRODUCTS}, {TERMS}}}");
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            assert!(read(&whole.as_bytes()[..end], "x", today()).is_err(), "{end}");
        }
        for (text, word) in [
            (r#"{"PriceList": [], "NextToken": "more"}"#.to_owned(), "NextToken"),
            (r#"{"PriceList": []}"#.to_owned(), "no rate"),
            (r#"{"PriceList": ["{"]}"#.to_owned(), "a product that is none"),
            (r#"{"offers": {}}"#.to_owned(), "neither"),
            (format!("{whole} {whole}"), "trailing"),
            (format!("{{{HEAD}, {PRODUCTS}}}"), "no on-demand price"),
            ("7".to_owned(), "a bulk file"),
        ] {
            let error = read(text.as_bytes(), "x", today()).expect_err(&text).to_string();
            assert!(error.contains(word), "{word} in {error}");
        }
    }
}
