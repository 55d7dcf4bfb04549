//! The in-process engine on small catalogues.

use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::TantivyEngine;
use crate::platform::search::{AnalyzedQuery, DocFields, QueryUnit, UnitKind};
use crate::platform::search::{
    FeedPosition, ProductDoc, SearchEngine, SearchError, SearchQuery, TextAnalysis,
};
use crate::platform::search::{Form, Variant};

/// A language of plain words, so that these tests are about the engine.
struct Words(u32);

impl TextAnalysis for Words {
    fn document(&self, product: &ProductDoc) -> DocFields {
        DocFields {
            title: product.title.clone(),
            vendor: product.vendor_name.clone(),
            ..DocFields::default()
        }
    }

    fn query(&self, text: &str) -> AnalyzedQuery {
        let words = self.tokens(text);
        let unit = |(start, word): (usize, &String)| QueryUnit {
            start,
            len: 1,
            kind: UnitKind::Words,
            variants: vec![Variant { words: vec![word.clone()], form: Form::Typed }],
        };
        AnalyzedQuery { units: words.iter().enumerate().map(unit).collect(), words, price: None }
    }

    fn tokens(&self, text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    fn version(&self) -> u32 {
        self.0
    }

    fn synonyms(&self) -> Vec<(String, Vec<String>)> {
        Vec::new()
    }

    fn stop_words(&self) -> Vec<String> {
        Vec::new()
    }
}

async fn open(root: &Path, rules: u32) -> TantivyEngine {
    TantivyEngine::open(root, Arc::new(Words(rules))).await.unwrap()
}

fn place(seq: i64) -> FeedPosition {
    FeedPosition { seq, ..FeedPosition::default() }
}

fn product(number: u128, title: &str) -> ProductDoc {
    ProductDoc {
        product_id: Uuid::from_u128(number),
        title: title.to_owned(),
        description: String::new(),
        translations: Vec::new(),
        category_path: vec!["a".to_owned()],
        category_names: Vec::new(),
        vendor_id: Uuid::from_u128(number % 5),
        vendor_slug: "toko".to_owned(),
        vendor_name: "toko".to_owned(),
        district_code: "1".to_owned(),
        district_name: String::new(),
        price_min: 1_000,
        price_max: 1_000,
        in_stock: true,
        rating: 0,
        created_at_ms: 0,
        attributes: Vec::new(),
        options: Vec::new(),
        sku: Vec::new(),
        unit: String::new(),
    }
}

async fn numbers(engine: &TantivyEngine, text: &str, rotation: u64) -> Vec<u128> {
    let query = SearchQuery { text: text.to_owned(), limit: 100, rotation, ..SearchQuery::default() };
    let hits = engine.search(&query).await.unwrap();
    hits.ids.iter().map(Uuid::as_u128).collect()
}

#[tokio::test]
async fn a_change_is_findable_when_apply_returns_and_survives_a_restart() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    assert_eq!(engine.position().await.unwrap(), None, "a new index has to be filled first");
    engine.apply(&[product(1, "batik"), product(2, "batik")], &[], place(7)).await.unwrap();
    engine.apply(&[product(1, "sandal")], &[Uuid::from_u128(9)], place(8)).await.unwrap();
    assert_eq!(numbers(&engine, "batik", 0).await, [2]);
    assert_eq!(numbers(&engine, "sandal", 0).await, [1]);
    drop(engine);

    let engine = open(root.path(), 1).await;
    assert_eq!(engine.position().await.unwrap(), Some(place(8)));
    assert_eq!(engine.doc_count().await.unwrap(), 2);
    assert_eq!(engine.ids().await.unwrap(), [Uuid::from_u128(1), Uuid::from_u128(2)]);
    engine.apply(&[], &[Uuid::from_u128(2)], place(9)).await.unwrap();
    assert!(numbers(&engine, "batik", 0).await.is_empty());
    assert_eq!(engine.ids().await.unwrap(), [Uuid::from_u128(1)]);
}

#[tokio::test]
async fn processes_on_one_folder_have_an_index_each() {
    let root = tempfile::tempdir().unwrap();
    let (first, second) = (open(root.path(), 1).await, open(root.path(), 1).await);
    first.apply(&[product(1, "batik")], &[], place(1)).await.unwrap();
    assert!(numbers(&second, "batik", 0).await.is_empty());
    assert_eq!(second.position().await.unwrap(), None);
    let running = super::in_use(root.path()).unwrap();
    let counts: Vec<usize> = running.iter().map(|(_, ids)| ids.len()).collect();
    assert_eq!(counts, [1, 0]);
    drop(first);
    assert_eq!(super::in_use(root.path()).unwrap().len(), 1);
}

#[tokio::test]
async fn a_rebuild_takes_the_place_at_once_or_not_at_all() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    engine.apply(&[product(1, "batik")], &[], place(1)).await.unwrap();

    let mut short = engine.begin_rebuild().await.unwrap();
    short.add(&[product(2, "batik")]).await.unwrap();
    let refused = short.finish(2, place(5)).await.unwrap_err();
    assert!(matches!(refused, SearchError::Incomplete { expected: 2, found: 1 }));
    drop(engine.begin_rebuild().await.unwrap());
    assert_eq!(numbers(&engine, "batik", 0).await, [1]);

    let mut whole = engine.begin_rebuild().await.unwrap();
    whole.add(&[product(2, "batik")]).await.unwrap();
    assert_eq!(numbers(&engine, "batik", 0).await, [1], "not before it is finished");
    whole.finish(1, place(5)).await.unwrap();
    assert_eq!(numbers(&engine, "batik", 0).await, [2]);
    assert_eq!(engine.position().await.unwrap(), Some(place(5)));
    let folders = std::fs::read_dir(root.path().join("0")).unwrap();
    let folders = folders.filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().is_dir()));
    assert_eq!(folders.count(), 1, "old and unfinished indexes are gone");
    drop(engine);
    assert_eq!(open(root.path(), 1).await.doc_count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_damaged_index_and_one_of_other_rules_are_thrown_away() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    engine.apply(&[product(1, "batik")], &[], place(1)).await.unwrap();
    drop(engine);
    let engine = open(root.path(), 2).await;
    assert_eq!((engine.position().await.unwrap(), engine.doc_count().await.unwrap()), (None, 0));
    engine.apply(&[product(1, "batik")], &[], place(1)).await.unwrap();
    drop(engine);

    let folder = root.path().join("0").join("0");
    let postings = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let damaged =
        postings.into_iter().find(|path| path.extension().is_some_and(|kind| kind == "idx")).unwrap();
    let mut bytes = std::fs::read(&damaged).unwrap();
    bytes[0] ^= 0xFF;
    std::fs::write(&damaged, bytes).unwrap();
    let engine = open(root.path(), 2).await;
    assert_eq!((engine.position().await.unwrap(), engine.doc_count().await.unwrap()), (None, 0));
}

#[tokio::test]
async fn equals_take_turns_from_day_to_day() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    let products: Vec<ProductDoc> = (1..=40).map(|number| product(number, "batik")).collect();
    engine.apply(&products, &[], place(1)).await.unwrap();
    let monday = numbers(&engine, "batik", 1).await;
    assert_eq!(monday, numbers(&engine, "batik", 1).await, "the same all day");
    assert!(!monday.is_sorted() && !monday.iter().rev().is_sorted(), "never by the order of writing");
    let mut firsts = std::collections::BTreeSet::new();
    for day in 1..=20 {
        firsts.insert(numbers(&engine, "batik", day).await[0]);
    }
    assert!(firsts.len() > 8, "{firsts:?}");
}

#[tokio::test]
async fn what_matches_all_words_comes_first_and_unknown_words_are_corrected() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    let titles =
        ["keripik pisang manis", "pisang goreng", "keripik tempe", "sandal jepit", "flashdisk murah"];
    let products: Vec<ProductDoc> = (1..).zip(titles).map(|(number, title)| product(number, title)).collect();
    engine.apply(&products, &[], place(1)).await.unwrap();
    assert_eq!(numbers(&engine, "keripik pisang", 0).await[0], 1);
    assert_eq!(numbers(&engine, "sandla", 0).await, [4]);
    assert_eq!(numbers(&engine, "flash disk", 0).await, [5]);
    assert_eq!(numbers(&engine, "keripik tem", 0).await[0], 3, "still being typed");
    for odd in ["qwertz", "テスト", "été", "🦀🦀🦀🦀", "ßßßß ΑΒΓΔ"] {
        assert!(numbers(&engine, odd, 0).await.is_empty(), "{odd}");
    }
    let query = SearchQuery { text: "sandal jepti".to_owned(), limit: 1, ..SearchQuery::default() };
    let hits = engine.search(&query).await.unwrap();
    assert_eq!((hits.did_you_mean.as_deref(), hits.total), (Some("sandal jepit"), 1));
}

/// A language in which the whole text is one quoted phrase.
struct Quoted;

impl TextAnalysis for Quoted {
    fn document(&self, product: &ProductDoc) -> DocFields {
        Words(1).document(product)
    }

    fn query(&self, text: &str) -> AnalyzedQuery {
        let words = self.tokens(text);
        let variants = vec![Variant { words: words.clone(), form: Form::Typed }];
        let unit = QueryUnit { start: 0, len: words.len(), kind: UnitKind::Phrase, variants };
        AnalyzedQuery { units: vec![unit], words, price: None }
    }

    fn tokens(&self, text: &str) -> Vec<String> {
        Words(1).tokens(text)
    }

    fn version(&self) -> u32 {
        1
    }

    fn synonyms(&self) -> Vec<(String, Vec<String>)> {
        Vec::new()
    }

    fn stop_words(&self) -> Vec<String> {
        Vec::new()
    }
}

#[tokio::test]
async fn a_phrase_in_quotes_has_to_stand_as_it_is() {
    let root = tempfile::tempdir().unwrap();
    let engine = TantivyEngine::open(root.path(), Arc::new(Quoted)).await.unwrap();
    let titles = ["pisang coklat keju", "coklat pisang", "pisang rasa coklat", "pisang"];
    let products: Vec<ProductDoc> = (1..).zip(titles).map(|(number, title)| product(number, title)).collect();
    engine.apply(&products, &[], place(1)).await.unwrap();
    assert_eq!(numbers(&engine, "pisang coklat", 0).await, [1]);
    assert!(numbers(&engine, "pisang durian", 0).await.is_empty());
    assert!(numbers(&engine, "pisagn", 0).await.is_empty(), "nothing in quotes is corrected");
}

#[tokio::test]
async fn hits_that_lack_something_are_marked_as_such() {
    let root = tempfile::tempdir().unwrap();
    let engine = open(root.path(), 1).await;
    engine.apply(&[product(1, "keripik pisang manis")], &[], place(1)).await.unwrap();
    for (text, total, relaxed) in
        [("keripik pisang", 1, false), ("keripik pisang manis xyzzy", 1, true), ("asdfgh", 0, false)]
    {
        let query = SearchQuery { text: text.to_owned(), limit: 1, ..SearchQuery::default() };
        let hits = engine.search(&query).await.unwrap();
        assert_eq!((hits.total, hits.relaxed), (total, relaxed), "{text}");
    }
}
