//! Checking the parameters of a search, all at once.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{SearchParams, SuggestParams};
use crate::kernel::fields::{Fault, Fields, number, text};
use crate::kernel::page::{DEFAULT_LIMIT, MAX_LIMIT};
use crate::kernel::{Problem, RegionCode};
use crate::platform::search::{Facet, Filters, Sort, VendorKey};
use crate::search::model::SearchCursor;
use crate::search::query::answer::Wanted;

/// A longer text is a mistake, not a search.
const LONGEST_TEXT: usize = 200;

/// No price is higher: a bound that keeps sums of prices far from overflow.
const HIGHEST_PRICE: i64 = 1_000_000_000_000;

/// Most suggestions of one answer.
const MOST_SUGGESTIONS: u64 = 20;

/// Reads the parameters of a search at `now`; an empty one is as good as none.
pub fn read(given: &SearchParams, now: DateTime<Utc>) -> Result<Wanted, Problem> {
    let mut fields = Fields::new();
    let typed = fields.take("?q", text(given.q.as_deref().unwrap_or_default(), 0, LONGEST_TEXT, false));
    let slug = |value: &Option<String>| present(value).map(|value| text(value, 1, 200, false));
    let category = fields.take_opt("?category", slug(&given.category));
    let vendor = fields.take_opt("?vendor", slug(&given.vendor));
    let district = present(&given.district).map(RegionCode::district);
    let district = fields.take_opt("?district", district);
    let price_min = fields.take_opt("?price_min", present(&given.price_min).map(price));
    let price_max = fields.take_opt("?price_max", present(&given.price_max).map(price));
    let in_stock = fields.take_opt("?in_stock", present(&given.in_stock).map(yes_or_no));
    let sort = fields.take_opt("?sort", present(&given.sort).map(sort));
    let facets = fields.take_opt("?facets", present(&given.facets).map(facets));
    let limit = fields.take("?limit", limit(&given.limit, DEFAULT_LIMIT, MAX_LIMIT));
    let page = fields.take_opt("?cursor", present(&given.cursor).map(SearchCursor::decode));
    if let (Some(Some(low)), Some(Some(high))) = (price_min, price_max)
        && low > high
    {
        fields.push("?price_max", order_of_prices());
    }
    fields.check()?;
    Ok(Wanted {
        text: typed.unwrap_or_default(),
        filters: Filters {
            category: category.flatten(),
            vendor: vendor.flatten().map(vendor_key),
            district: district.flatten().map(|code| code.as_str().to_owned()),
            price_min: price_min.flatten(),
            price_max: price_max.flatten(),
            in_stock: in_stock.flatten(),
            seen_until_ms: None,
        },
        sort: sort.flatten().unwrap_or_default(),
        facets: facets.flatten().unwrap_or_default(),
        limit: limit.unwrap_or(1),
        page: page.flatten().unwrap_or_else(|| SearchCursor::first(now)),
    })
}

/// Reads the parameters of a suggestion: what was typed and how many are wanted.
pub fn read_suggest(given: &SuggestParams) -> Result<(String, usize), Problem> {
    let mut fields = Fields::new();
    let typed = fields.take("?q", text(given.q.as_deref().unwrap_or_default(), 0, LONGEST_TEXT, false));
    let limit = fields.take("?limit", limit(&given.limit, 10, MOST_SUGGESTIONS));
    fields.check()?;
    Ok((typed.unwrap_or_default(), limit.unwrap_or(1)))
}

fn present(value: &Option<String>) -> Option<&str> {
    value.as_deref().map(str::trim).filter(|value| !value.is_empty())
}

fn parsed<T: FromStr>(value: &str) -> Result<T, Fault> {
    value.parse().map_err(|_| Fault::new("number", "Harus berupa angka.", "Must be a whole number."))
}

fn price(value: &str) -> Result<i64, Fault> {
    number(parsed(value)?, 0, HIGHEST_PRICE)
}

fn limit(value: &Option<String>, default: u64, most: u64) -> Result<usize, Fault> {
    let wanted = present(value).map_or(Ok(default), parsed)?;
    let limit = number(wanted, 1, most)?;
    Ok(usize::try_from(limit).unwrap_or(1))
}

fn yes_or_no(value: &str) -> Result<bool, Fault> {
    parsed(value).map_err(|_: Fault| one_of("true, false"))
}

fn sort(value: &str) -> Result<Sort, Fault> {
    match value {
        "relevance" => Ok(Sort::Relevance),
        "price_asc" => Ok(Sort::PriceAsc),
        "price_desc" => Ok(Sort::PriceDesc),
        "newest" => Ok(Sort::Newest),
        "rating" => Ok(Sort::Rating),
        _ => Err(one_of("relevance, price_asc, price_desc, newest, rating")),
    }
}

fn facets(value: &str) -> Result<Vec<Facet>, Fault> {
    let facet = |name: &str| match name.trim() {
        "category" => Ok(Facet::Category),
        "district" => Ok(Facet::District),
        "price" => Ok(Facet::Price),
        _ => Err(one_of("category, district, price")),
    };
    value.split(',').map(facet).collect()
}

fn one_of(known: &str) -> Fault {
    Fault::new(
        "unknown-value",
        format!("Harus salah satu dari: {known}."),
        format!("Must be one of: {known}."),
    )
}

fn order_of_prices() -> Fault {
    Fault::new("order", "Tidak boleh di bawah price_min.", "Must not be below price_min.")
}

fn vendor_key(value: String) -> VendorKey {
    Uuid::parse_str(&value).map_or(VendorKey::Slug(value), VendorKey::Id)
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::platform::search::{Facet, Sort, VendorKey};
    use crate::search::http::SearchParams;

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    #[test]
    fn empty_parameters_are_none() {
        let empty = SearchParams {
            category: some(""),
            price_min: some(""),
            sort: some(" "),
            ..SearchParams::default()
        };
        let wanted = read(&empty, chrono::DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(
            (wanted.filters.category, wanted.filters.price_min, wanted.sort),
            (None, None, Sort::Relevance)
        );
        assert_eq!(wanted.limit, 20);
    }

    #[test]
    fn every_fault_is_named_at_once() {
        let wrong = SearchParams {
            district: some("99"),
            price_min: some("x"),
            in_stock: some("maybe"),
            sort: some("best"),
            facets: some("category,size"),
            limit: some("101"),
            cursor: some("💥"),
            ..SearchParams::default()
        };
        let problem = read(&wrong, chrono::DateTime::UNIX_EPOCH).unwrap_err();
        let places: Vec<&str> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
        assert_eq!(places, ["?district", "?price_min", "?in_stock", "?sort", "?facets", "?limit", "?cursor"]);
        let crossed = SearchParams { price_min: some("2"), price_max: some("1"), ..SearchParams::default() };
        assert_eq!(read(&crossed, chrono::DateTime::UNIX_EPOCH).unwrap_err().errors[0].pointer, "?price_max");
    }

    #[test]
    fn values_are_read() {
        let given = SearchParams {
            q: some("keripik"),
            vendor: some("toko-batik"),
            district: some("32.16.09"),
            in_stock: some("true"),
            sort: some("price_desc"),
            facets: some("price,district"),
            ..SearchParams::default()
        };
        let wanted = read(&given, chrono::DateTime::UNIX_EPOCH).unwrap();
        assert_eq!(wanted.filters.vendor, Some(VendorKey::Slug("toko-batik".to_owned())));
        assert_eq!((wanted.filters.in_stock, wanted.sort), (Some(true), Sort::PriceDesc));
        assert_eq!(wanted.facets, [Facet::Price, Facet::District]);
    }
}
