//! The Meilisearch engine against a small imitation of the server: what is asked of it, in which order, and what when it
//! is away.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use lapak::kernel::{Clock, ProductId};
use lapak::platform::search::meilisearch::MeilisearchEngine;
use lapak::platform::search::{
    Facet, FeedPosition, Filters, PriceCount, ProductDoc, SearchEngine, SearchError, SearchQuery, Sort,
};
use lapak::search::analysis::Indonesian;
use secrecy::SecretString;
use serde_json::json;
use uuid::Uuid;

use super::imitation::Imitation;

fn sample(title: &str, vendor_name: &str) -> ProductDoc {
    ProductDoc {
        product_id: ProductId::generate().0,
        title: title.to_owned(),
        description: String::new(),
        translations: Vec::new(),
        category_path: vec!["makanan-minuman".to_owned(), "keripik".to_owned()],
        category_names: vec!["Makanan & Minuman".to_owned(), "Keripik".to_owned()],
        vendor_id: Uuid::from_u128(3),
        vendor_slug: "toko".to_owned(),
        vendor_name: vendor_name.to_owned(),
        district_code: "32.16.07".to_owned(),
        district_name: "Cibitung".to_owned(),
        price_min: 15_000,
        price_max: 15_000,
        in_stock: true,
        rating: 0,
        created_at_ms: 0,
        attributes: Vec::new(),
        options: Vec::new(),
        sku: Vec::new(),
        unit: "bungkus".to_owned(),
    }
}

fn engine(url: &str, clock: &Clock) -> MeilisearchEngine {
    let key = SecretString::from("a-key-of-the-test");
    MeilisearchEngine::new(url, &key, "products", Arc::new(Indonesian::new()), clock.clone()).unwrap()
}

fn clock() -> Clock {
    Clock::fake(DateTime::<Utc>::UNIX_EPOCH)
}

fn place(seq: i64) -> FeedPosition {
    FeedPosition { feed: Uuid::from_u128(4), xid: 2, seq }
}

fn two() -> [ProductDoc; 2] {
    [sample("Kripik Tempe", "Dapur Ibu"), sample("Kain Batik", "Batik Lina")]
}

#[tokio::test]
async fn a_rebuild_is_swapped_in_and_changes_follow() {
    let server = Imitation::start().await;
    let engine = engine(&server.url, &clock());
    assert_eq!(engine.position().await.unwrap(), None, "no index yet");
    let docs = two();
    let mut fresh = engine.begin_rebuild().await.unwrap();
    fresh.add(&docs).await.unwrap();
    fresh.finish(2, place(5)).await.unwrap();
    assert_eq!(engine.position().await.unwrap(), Some(place(5)));
    assert_eq!(engine.doc_count().await.unwrap(), 2);
    assert_eq!(server.indexes(), ["products", "products_feed"], "the old index is gone");

    engine.apply(&[], &[docs[0].product_id], place(6)).await.unwrap();
    assert_eq!(engine.ids().await.unwrap(), [docs[1].product_id]);
    assert_eq!(engine.position().await.unwrap(), Some(place(6)));
    assert_eq!(server.document("products", docs[1].product_id)["title"], "kain batik");
}

#[tokio::test]
async fn an_incomplete_rebuild_is_not_swapped_in() {
    let server = Imitation::start().await;
    let engine = engine(&server.url, &clock());
    let mut fresh = engine.begin_rebuild().await.unwrap();
    fresh.add(&two()).await.unwrap();
    let refused = fresh.finish(3, place(5)).await.unwrap_err();
    assert!(matches!(refused, SearchError::Incomplete { expected: 3, found: 2 }));
    assert!(server.indexes().is_empty());
}

#[tokio::test]
async fn settings_are_applied_only_where_they_differ() {
    let server = Imitation::start().await;
    let first = engine(&server.url, &clock());
    first.begin_rebuild().await.unwrap().finish(0, place(1)).await.unwrap();
    assert_eq!(server.settings_written(), 1);
    engine(&server.url, &clock()).position().await.unwrap();
    assert_eq!(server.settings_written(), 1, "they were right");
    server.set("products", "stopWords", json!(["zzz"]));
    engine(&server.url, &clock()).position().await.unwrap();
    assert_eq!(server.settings_written(), 2, "somebody had changed them");
}

#[tokio::test]
async fn a_failed_task_is_a_failure_and_keeps_the_position() {
    let server = Imitation::start().await;
    let engine = engine(&server.url, &clock());
    engine.begin_rebuild().await.unwrap().finish(0, place(1)).await.unwrap();
    server.fail_documents();
    let failed = engine.apply(&two(), &[], place(2)).await;
    assert!(matches!(failed, Err(SearchError::Unexpected(_))), "{failed:?}");
    assert_eq!(engine.position().await.unwrap(), Some(place(1)));
}

#[tokio::test]
async fn a_search_is_one_request_with_a_query_per_filtered_facet() {
    let server = Imitation::start().await;
    let id = Uuid::from_u128(7);
    server.answer(json!({"results": [
        {"indexUid": "products", "hits": [{"id": id}], "query": "", "processingTimeMs": 1, "estimatedTotalHits": 9,
         "offset": 0, "limit": 2, "facetDistribution": {"price_step": {"1": 4, "7": 5}}},
        {"indexUid": "products", "hits": [], "query": "", "processingTimeMs": 1, "estimatedTotalHits": 12,
         "offset": 0, "limit": 0, "facetDistribution": {"category_path": {"keripik": 3, "batik": 9}}},
    ]}));
    let query = SearchQuery {
        text: "Kripik halal 15rb untuk 30 orang".to_owned(),
        filters: Filters { category: Some("keripik".to_owned()), ..Filters::default() },
        sort: Sort::PriceAsc,
        facets: vec![Facet::Category, Facet::Price],
        limit: 2,
        ..SearchQuery::default()
    };
    let hits = engine(&server.url, &clock()).search(&query).await.unwrap();
    assert_eq!((hits.ids, hits.total), (vec![id], 9));
    let categories = hits.facets.category.unwrap();
    assert_eq!((categories[0].value.as_str(), categories[0].count), ("batik", 9));
    let last = PriceCount { from: 1_000_000, below: None, count: 5 };
    assert_eq!(hits.facets.price.unwrap()[1], last);

    let asked = server.asked();
    let queries = asked["queries"].as_array().unwrap();
    assert_eq!(queries.len(), 2);
    assert_eq!(queries[0]["q"], "kripik adahalal");
    assert_eq!(queries[0]["filter"], "category_path = \"keripik\" AND price_min <= 15000");
    assert_eq!(queries[0]["sort"], json!(["price_min:asc"]));
    assert_eq!(queries[1]["filter"], "price_min <= 15000");
    assert_eq!(queries[1]["facets"], json!(["category_path"]));
}

#[tokio::test]
async fn a_server_that_is_away_is_not_asked_for_a_while() {
    let server = Imitation::start().await;
    let clock = clock();
    let engine = engine(&server.url, &clock);
    server.go_away();
    for _ in 0..3 {
        let away = engine.search(&SearchQuery::default()).await;
        assert!(matches!(away, Err(SearchError::Unavailable(_))), "{away:?}");
    }
    let asked = server.requests();
    assert!(engine.search(&SearchQuery::default()).await.is_err());
    assert_eq!(server.requests(), asked, "turned away at once");
    server.come_back();
    clock.advance(TimeDelta::seconds(11));
    assert!(engine.health().await.is_ok());
    assert!(engine.health().await.is_ok());
}
