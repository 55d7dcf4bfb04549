//! Search quality over judged queries: nDCG@10 and MRR, for `lapak search-eval` and for work on the ranking.
//!
//! Products come from the same files an office would import, so the figures speak about the engine and the language
//! rules, not about the database.

mod catalogue;
mod score;

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::platform::search::{FeedPosition, SearchEngine, SearchError, SearchQuery};
pub use catalogue::Catalogue;

/// What an evaluation can fail with.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file could not be read.
    #[error("a file could not be read")]
    Io(#[from] std::io::Error),
    /// A table is not what it should be.
    #[error("a table could not be read")]
    Csv(#[from] csv::Error),
    /// A line of judged queries is not what it should be.
    #[error("line {line} of the judged queries could not be read")]
    Query {
        /// Counted from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// The engine failed.
    #[error(transparent)]
    Search(#[from] SearchError),
}

/// One judged query.
#[derive(Clone, Debug, Deserialize)]
pub struct Judged {
    /// Its name.
    pub id: String,
    /// The text.
    pub query: String,
    /// What it tests.
    #[serde(default)]
    pub intent: String,
    /// Grades 1 to 3 by SKU; everything else is wrong.
    pub relevant: HashMap<String, u8>,
}

/// The figures of one query.
#[derive(Clone, Debug, Serialize)]
pub struct QueryScore {
    /// The query's name.
    pub id: String,
    /// The text.
    pub query: String,
    /// What it tests.
    pub intent: String,
    /// nDCG@10; 1 or 0 where nothing fits, by whether the answer was empty.
    pub ndcg: f64,
    /// The reciprocal rank of the first hit of grade 2 or 3.
    pub reciprocal_rank: f64,
    /// Hits in all.
    pub total: u64,
    /// SKU and grade of the first ten.
    pub top: Vec<(String, u8)>,
    /// What the engine thought was meant.
    pub did_you_mean: Option<String>,
}

/// The figures of all queries.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Mean nDCG@10 over queries something fits.
    pub ndcg: f64,
    /// Mean reciprocal rank over the same.
    pub mrr: f64,
    /// Queries something fits.
    pub answered: usize,
    /// Queries nothing fits, and how many of them got an empty answer.
    pub empty: (usize, usize),
    /// Each query.
    pub queries: Vec<QueryScore>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for score in &self.queries {
            let grades: String = score.top.iter().map(|(_, grade)| char::from(b'0' + grade)).collect();
            let (id, ndcg, total, query) = (&score.id, score.ndcg, score.total, &score.query);
            write!(f, "{id} {ndcg:.3} {grades:10} {total:5}  {query}")?;
            match &score.did_you_mean {
                Some(meant) => writeln!(f, "  (did you mean: {meant})")?,
                None => writeln!(f)?,
            }
        }
        let (asked, empty) = self.empty;
        let Self { ndcg, mrr, answered, .. } = self;
        write!(
            f,
            "nDCG@10 {ndcg:.4}  MRR {mrr:.4}  over {answered} queries; {empty} of {asked} with no fit are empty"
        )
    }
}

/// Reads judged queries, one JSON object a line.
pub fn judged(path: &Path) -> Result<Vec<Judged>, EvalError> {
    let text = std::fs::read_to_string(path)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|source| EvalError::Query { line: at + 1, source })
        })
        .collect()
}

/// Fills the engine with the catalogue.
pub async fn fill(engine: &dyn SearchEngine, catalogue: &Catalogue) -> Result<(), EvalError> {
    let mut rebuild = engine.begin_rebuild().await?;
    for batch in catalogue.products.chunks(1_000) {
        rebuild.add(batch).await?;
    }
    rebuild.finish(catalogue.products.len() as u64, FeedPosition::default()).await?;
    Ok(())
}

/// Runs every query and scores it.
pub async fn run(
    engine: &dyn SearchEngine,
    catalogue: &Catalogue,
    queries: &[Judged],
) -> Result<Report, EvalError> {
    let mut scores = Vec::with_capacity(queries.len());
    for judged in queries {
        let query = SearchQuery { text: judged.query.clone(), limit: score::DEPTH, ..SearchQuery::default() };
        let hits = engine.search(&query).await?;
        let sku = |id: &Uuid| catalogue.skus.get(id).cloned().unwrap_or_default();
        let graded = hits.ids.iter().map(sku).map(|sku| {
            let grade = judged.relevant.get(&sku).copied().unwrap_or(0);
            (sku, grade)
        });
        let top: Vec<(String, u8)> = graded.collect();
        let grades: Vec<u8> = top.iter().map(|(_, grade)| *grade).collect();
        let (ndcg, reciprocal_rank) = if judged.relevant.is_empty() {
            (f64::from(u8::from(hits.total == 0)), 0.0)
        } else {
            (score::ndcg(&grades, judged.relevant.values().copied()), score::reciprocal_rank(&grades))
        };
        scores.push(QueryScore {
            id: judged.id.clone(),
            query: judged.query.clone(),
            intent: judged.intent.clone(),
            ndcg,
            reciprocal_rank,
            total: hits.total,
            top,
            did_you_mean: hits.did_you_mean,
        });
    }
    Ok(report(scores, queries))
}

fn report(scores: Vec<QueryScore>, queries: &[Judged]) -> Report {
    let fitting = || scores.iter().zip(queries).filter(|(_, judged)| !judged.relevant.is_empty());
    let answered = fitting().count();
    let mean = |sum: f64| {
        if answered == 0 { 0.0 } else { sum / f64::from(u32::try_from(answered).unwrap_or(u32::MAX)) }
    };
    let unfitting = || scores.iter().zip(queries).filter(|(_, judged)| judged.relevant.is_empty());
    Report {
        ndcg: mean(fitting().map(|(score, _)| score.ndcg).sum()),
        mrr: mean(fitting().map(|(score, _)| score.reciprocal_rank).sum()),
        answered,
        empty: (unfitting().count(), unfitting().filter(|(score, _)| score.total == 0).count()),
        queries: scores,
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::search::cli::evaluate;

    /// Run by hand while working on the ranking:
    /// `LAPAK_EVAL_DATA=folder cargo test --lib search::eval -- --nocapture`.
    #[tokio::test]
    #[expect(clippy::disallowed_methods, reason = "a test that is run by hand says so by its environment")]
    async fn the_ranking_on_the_judged_queries() {
        let Some(folder) = std::env::var_os("LAPAK_EVAL_DATA").map(PathBuf::from) else {
            return;
        };
        let file = |name: &str| folder.join(name);
        let (products, vendors, queries) =
            (file("products.csv"), file("umkm.csv"), file("queries_dev.jsonl"));
        let scratch = tempfile::tempdir().unwrap();
        let report = evaluate(&products, &vendors, &queries, scratch.path()).await.unwrap();
        eprintln!("{report}");
        assert!(report.ndcg > 0.74, "the bar");
    }
}
