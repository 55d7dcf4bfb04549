//! Running one search on one view of the index.

use std::ops::Bound;

use tantivy::query::{AllQuery, BooleanQuery, Occur, Query, RangeQuery};
use tantivy::schema::Field;
use tantivy::{DocAddress, Searcher, Term};
use uuid::Uuid;

use super::collect::{Pass, Tallies, Tally};
use super::correct::{Corrected, correct};
use super::lexicon::Lexicon;
use super::plan::{Plan, plan, term};
use super::rank;
use super::schema::{Fields, column};
use crate::platform::search::{
    Facet, FacetCount, Facets, PRICE_STEPS, PriceCount, PriceHint, Result, SearchHits, SearchQuery, Sort,
    TextAnalysis, VendorKey,
};

/// With this many hits nobody needs to be asked what they meant, unless a word was unknown.
const MANY_HITS: u64 = 3;

/// Answers a search.
pub fn search(
    searcher: &Searcher,
    fields: &Fields,
    analysis: &dyn TextAnalysis,
    query: &SearchQuery,
) -> Result<SearchHits> {
    let lexicon = Lexicon::new(searcher, fields);
    let typed = analysis.query(&query.text);
    let price = typed.price;
    let Corrected { query: meant, text, certain } = correct(typed, &lexicon, analysis)?;
    let planned = plan(&meant, &lexicon)?;
    if planned.is_none() && price.is_none() && !query.text.trim().is_empty() {
        return Ok(SearchHits { facets: facets(query, Tally::default()), ..SearchHits::default() });
    }
    let (mut tally, mut relaxed) = run(searcher, fields, query, planned.as_ref(), price)?;
    if tally.total == 0 && price.is_some() {
        // Better the same goods at another price than nothing.
        (tally, _) = run(searcher, fields, query, planned.as_ref(), None)?;
        relaxed = tally.total > 0;
    }
    let ids = ids(searcher, tally.best.iter().skip(query.offset).map(|(_, address)| *address))?;
    let total = tally.total;
    let did_you_mean = text.filter(|_| total > 0 && (certain || total < MANY_HITS));
    Ok(SearchHits { ids, total, facets: facets(query, tally), did_you_mean, relaxed })
}

fn run(
    searcher: &Searcher,
    fields: &Fields,
    query: &SearchQuery,
    planned: Option<&Plan>,
    price: Option<PriceHint>,
) -> Result<(Tally, bool)> {
    let mut pass = Pass {
        sort: query.sort,
        full: planned.map_or(0, |plan| plan.full),
        most: planned.map_or(0, |plan| plan.most),
        least: planned.map_or(0, |plan| plan.least),
        keep: query.offset.saturating_add(query.limit),
        rotation: query.rotation,
        facets: query.facets.clone(),
        category: None,
        district: None,
        price: None,
    };
    let mut clauses = conditions(fields, query, price, &mut pass);
    let text = planned.map_or_else(|| Box::new(AllQuery) as Box<dyn Query>, |plan| plan.query.box_clone());
    clauses.push((Occur::Must, text));
    let found = searcher.search(&BooleanQuery::new(clauses), &pass)?;
    Ok(choose(found, &pass))
}

/// What to show, and whether none of it is a full hit. Full hits alone if there are enough of them, or if the order is
/// not by relevance.
fn choose(found: Tallies, pass: &Pass) -> (Tally, bool) {
    let Tallies { mut full, partial, little } = found;
    let any = full.total > 0;
    let enough = full.total >= rank::ENOUGH_FULL || (any && pass.sort != Sort::Relevance);
    if !enough {
        if any && full.total < rank::FEW_FULL {
            full.absorb(little, pass.keep);
        }
        full.absorb(partial, pass.keep);
    }
    full.best.sort_unstable_by_key(|one| std::cmp::Reverse(*one));
    let relaxed = !any && full.total > 0;
    (full, relaxed)
}

/// The filters as query clauses, but for those a facet needs to see past; these go to the pass.
fn conditions(
    fields: &Fields,
    query: &SearchQuery,
    hint: Option<PriceHint>,
    pass: &mut Pass,
) -> Vec<(Occur, Box<dyn Query>)> {
    let filters = &query.filters;
    let seen = |facet| query.facets.contains(&facet);
    let mut clauses: Vec<Box<dyn Query>> = Vec::new();
    match &filters.category {
        Some(slug) if seen(Facet::Category) => pass.category = Some(slug.clone()),
        Some(slug) => clauses.push(term(fields.category_path, slug)),
        None => {}
    }
    match &filters.district {
        Some(code) if seen(Facet::District) => pass.district = Some(code.clone()),
        Some(code) => clauses.push(term(fields.district_code, code)),
        None => {}
    }
    let price = (filters.price_min, filters.price_max);
    match price {
        (None, None) => {}
        (low, high) if seen(Facet::Price) => pass.price = Some((low.unwrap_or(0), high.unwrap_or(i64::MAX))),
        (low, high) => clauses.extend(between(fields, low, high)),
    }
    if let Some(hint) = hint {
        clauses.extend(between(fields, hint.min, hint.max));
    }
    match &filters.vendor {
        Some(VendorKey::Id(id)) => clauses.push(term(fields.vendor_id, &id.to_string())),
        Some(VendorKey::Slug(slug)) => clauses.push(term(fields.vendor_slug, slug)),
        None => {}
    }
    if let Some(in_stock) = filters.in_stock {
        let wanted = Term::from_field_bool(fields.in_stock, in_stock);
        clauses.push(Box::new(tantivy::query::TermQuery::new(
            wanted,
            tantivy::schema::IndexRecordOption::Basic,
        )));
    }
    if let Some(moment) = filters.seen_until_ms {
        clauses.push(at_most(fields.created, moment));
    }
    let unscored = |query| Box::new(tantivy::query::ConstScoreQuery::new(query, 0.0)) as Box<dyn Query>;
    clauses.into_iter().map(|clause| (Occur::Must, unscored(clause))).collect()
}

/// Products with a price in the range: the dearest variant reaches it, the cheapest does not pass it.
fn between(fields: &Fields, low: Option<i64>, high: Option<i64>) -> Vec<Box<dyn Query>> {
    let mut clauses: Vec<Box<dyn Query>> = Vec::new();
    if let Some(high) = high {
        clauses.push(at_most(fields.price_min, high));
    }
    if let Some(low) = low {
        let bound = Bound::Included(Term::from_field_i64(fields.price_max, low));
        clauses.push(Box::new(RangeQuery::new(bound, Bound::Unbounded)));
    }
    clauses
}

fn at_most(field: Field, value: i64) -> Box<dyn Query> {
    Box::new(RangeQuery::new(Bound::Unbounded, Bound::Included(Term::from_field_i64(field, value))))
}

fn ids(searcher: &Searcher, addresses: impl Iterator<Item = DocAddress>) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for address in addresses {
        let segment = searcher.segment_reader(address.segment_ord);
        let Some(column) = segment.fast_fields().bytes(column::ID)? else {
            continue;
        };
        let Some(ord) = column.term_ords(address.doc_id).next() else {
            continue;
        };
        let mut bytes = Vec::with_capacity(16);
        column.ord_to_bytes(ord, &mut bytes)?;
        found.extend(Uuid::from_slice(&bytes));
    }
    Ok(found)
}

fn facets(query: &SearchQuery, tally: Tally) -> Facets {
    let wanted = |facet| query.facets.contains(&facet);
    Facets {
        category: wanted(Facet::Category).then(|| counts(tally.category)),
        district: wanted(Facet::District).then(|| counts(tally.district)),
        price: wanted(Facet::Price).then(|| prices(&tally.price)),
    }
}

fn counts(found: Vec<(String, u64)>) -> Vec<FacetCount> {
    let mut counts: Vec<FacetCount> =
        found.into_iter().map(|(value, count)| FacetCount { value, count }).collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts
}

fn prices(found: &[u64]) -> Vec<PriceCount> {
    let ranges = PRICE_STEPS.iter().enumerate().zip(found);
    ranges
        .filter(|(_, count)| **count > 0)
        .map(|((at, from), count)| PriceCount {
            from: *from,
            below: PRICE_STEPS.get(at + 1).copied(),
            count: *count,
        })
        .collect()
}
