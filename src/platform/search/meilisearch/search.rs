//! One search: the hits, and one more query per facet that has to see past its own filter.

use std::collections::HashMap;

use meilisearch_sdk::search::{MatchingStrategies, SearchQuery as SdkQuery, SearchResults, Selectors};

use super::Server;
use super::document::Found;
use super::filter::filter;
use super::http::Http;
use crate::platform::search::{
    Facet, FacetCount, Facets, PRICE_STEPS, PriceCount, QueryUnit, Result, SearchHits, SearchQuery, Sort,
    Suggestion, UnitKind, suggest as choose,
};

/// The attribute behind a facet.
fn attribute(facet: Facet) -> &'static str {
    match facet {
        Facet::Category => "category_path",
        Facet::District => "district_code",
        Facet::Price => "price_step",
    }
}

fn sort(sort: Sort) -> &'static [&'static str] {
    match sort {
        Sort::Relevance => &[],
        Sort::PriceAsc => &["price_min:asc"],
        Sort::PriceDesc => &["price_min:desc"],
        Sort::Newest => &["created_at_ms:desc"],
        Sort::Rating => &["rating:desc"],
    }
}

/// The words to send: papers by their marker, nothing that is only nice to have.
fn words(query: &crate::platform::search::AnalyzedQuery) -> String {
    let typed = |unit: &QueryUnit| &query.words[unit.start..unit.start + unit.len];
    let mut words = Vec::new();
    for unit in &query.units {
        match unit.kind {
            UnitKind::Optional => {}
            UnitKind::Paper => words.extend(unit.variants.get(1).map(|paper| paper.words.join(" "))),
            UnitKind::Phrase => words.push(format!("\"{}\"", typed(unit).join(" "))),
            UnitKind::Words | UnitKind::Exact => {
                words.extend(typed(unit).iter().cloned());
            }
        }
    }
    words.join(" ")
}

pub(super) async fn search(server: &Server, query: &SearchQuery) -> Result<SearchHits> {
    let analyzed = server.analysis.query(&query.text);
    let words = words(&analyzed);
    let index = server.products();
    let own_filter = |facet: &Facet| match facet {
        Facet::Category => query.filters.category.is_some(),
        Facet::District => query.filters.district.is_some(),
        Facet::Price => query.filters.price_min.is_some() || query.filters.price_max.is_some(),
    };
    let (apart, together): (Vec<Facet>, Vec<Facet>) = query.facets.iter().copied().partition(own_filter);
    let together: Vec<&str> = together.into_iter().map(attribute).collect();
    let condition = filter(&query.filters, analyzed.price, None);
    let others: Vec<(Facet, [&str; 1], Option<String>)> = apart
        .into_iter()
        .map(|facet| (facet, [attribute(facet)], filter(&query.filters, analyzed.price, Some(facet))))
        .collect();
    let mut all = server.client.multi_search();
    let mut main = base(&index, &words, condition.as_deref());
    main.with_offset(query.offset).with_limit(query.limit).with_facets(Selectors::Some(&together[..]));
    main.with_sort(sort(query.sort));
    all.with_search_query(main);
    for (_, attributes, condition) in &others {
        let mut counting = base(&index, &words, condition.as_deref());
        counting.with_limit(0).with_facets(Selectors::Some(&attributes[..]));
        all.with_search_query(counting);
    }
    let answers = server.guarded(async { all.execute::<Found>().await }).await?.results;
    Ok(merge(query, answers))
}

fn base<'a>(
    index: &'a meilisearch_sdk::indexes::Index<Http>,
    words: &'a str,
    condition: Option<&'a str>,
) -> SdkQuery<'a, Http> {
    let mut query = SdkQuery::new(index);
    query.with_query(words).with_matching_strategy(MatchingStrategies::FREQUENCY);
    query.with_attributes_to_retrieve(Selectors::Some(&[
        "id",
        "shown_title",
        "shown_vendor",
        "shown_category",
    ]));
    if let Some(condition) = condition {
        query.with_filter(condition);
    }
    query
}

/// The first answer has the hits; the counts may be in any.
fn merge(query: &SearchQuery, answers: Vec<SearchResults<Found>>) -> SearchHits {
    let mut hits = SearchHits::default();
    let mut counts: HashMap<String, HashMap<String, usize>> = HashMap::new();
    for (number, answer) in answers.into_iter().enumerate() {
        if number == 0 {
            hits.ids = answer.hits.iter().map(|hit| hit.result.id).collect();
            hits.total = answer.total_hits.or(answer.estimated_total_hits).unwrap_or(0) as u64;
        }
        counts.extend(answer.facet_distribution.unwrap_or_default());
    }
    let mut of = |facet: Facet| {
        let wanted = query.facets.contains(&facet);
        wanted.then(|| counts.remove(attribute(facet)).unwrap_or_default())
    };
    hits.facets = Facets {
        category: of(Facet::Category).map(sorted),
        district: of(Facet::District).map(sorted),
        price: of(Facet::Price).map(|steps| prices(&steps)),
    };
    hits
}

fn sorted(counts: HashMap<String, usize>) -> Vec<FacetCount> {
    let mut found: Vec<FacetCount> =
        counts.into_iter().map(|(value, count)| FacetCount { value, count: count as u64 }).collect();
    found.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    found
}

fn prices(steps: &HashMap<String, usize>) -> Vec<PriceCount> {
    let count = |step: usize| steps.get(&step.to_string()).copied().unwrap_or(0) as u64;
    let ranges = PRICE_STEPS.iter().enumerate().map(|(step, from)| PriceCount {
        from: *from,
        below: PRICE_STEPS.get(step + 1).copied(),
        count: count(step),
    });
    ranges.filter(|range| range.count > 0).collect()
}

pub(super) async fn suggest(server: &Server, typed: &str, limit: usize) -> Result<Vec<Suggestion>> {
    let typed = server.analysis.tokens(typed);
    if typed.is_empty() {
        return Ok(Vec::new());
    }
    let (words, index) = (typed.join(" "), server.products());
    let mut query = base(&index, &words, None);
    query.with_limit(choose::LOOKED_AT).with_attributes_to_search_on(&["title", "category", "vendor"]);
    query.with_matching_strategy(MatchingStrategies::ALL);
    let found = server.guarded(async { query.execute::<Found>().await }).await?;
    let hits: Vec<Found> = found.hits.into_iter().map(|hit| hit.result).collect();
    let texts = [
        hits.iter().flat_map(|hit| hit.shown_category.iter().cloned()).collect(),
        hits.iter().map(|hit| hit.shown_vendor.clone()).collect(),
        hits.iter().map(|hit| hit.shown_title.clone()).collect(),
    ];
    Ok(choose::choose(texts, &typed, server.analysis.as_ref(), limit))
}
