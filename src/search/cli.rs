//! What `lapak reindex` and `lapak search-eval` do and say.

use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use super::analysis::Indonesian;
use super::eval::{self, Catalogue, EvalError, Report};
use super::feed::verify::{Comparison, verify};
use super::feed::{self, FeedError};
use crate::app::App;
use crate::platform::search::tantivy::TantivyEngine;

/// Differing products named at most.
const SAMPLES: usize = 10;

/// `lapak reindex`: makes every index build itself afresh. Returns what to tell the operator.
pub async fn reindex(app: &App) -> Result<&'static str, FeedError> {
    feed::begin_new_feed(app).await?;
    Ok("Every running server builds its search index afresh now; others do at their next start.")
}

/// `lapak reindex --verify`: compares the indexes with the database. Returns the report, and whether all agree.
pub async fn compare(app: &App) -> Result<(String, bool), FeedError> {
    let compared = verify(app).await?;
    let mut text = String::new();
    for one in &compared {
        describe(&mut text, one);
    }
    Ok((text, compared.iter().all(Comparison::agrees)))
}

fn describe(text: &mut String, one: &Comparison) {
    let (missing, surplus) = (one.missing.len(), one.surplus.len());
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}: {} products, {missing} missing, {surplus} surplus", one.index, one.expected);
    for id in one.missing.iter().take(SAMPLES) {
        let _ = writeln!(text, "  missing {id}");
    }
    for id in one.surplus.iter().take(SAMPLES) {
        let _ = writeln!(text, "  surplus {id}");
    }
}

/// `lapak search-eval`: how well the in-process engine answers judged queries. Category names come from a file
/// `categories.csv` beside the products, if there is one. `scratch` is an empty folder for the index.
pub async fn evaluate(
    products: &Path,
    vendors: &Path,
    queries: &Path,
    scratch: &Path,
) -> Result<Report, EvalError> {
    let catalogue = Catalogue::read(products, vendors, products.parent())?;
    let queries = eval::judged(queries)?;
    let engine = TantivyEngine::open(scratch, Arc::new(Indonesian::new())).await?;
    eval::fill(&engine, &catalogue).await?;
    eval::run(&engine, &catalogue, &queries).await
}
