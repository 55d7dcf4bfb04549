//! Search quality over judged queries: nDCG@10, MRR and recall, in all and by intent, for `lapak search-eval` and for work on the ranking.
//!
//! Products come from the same files an office would import, so the figures speak about the engine and the language
//! rules, not about the database.

mod catalogue;
mod score;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::platform::search::{FeedPosition, SearchEngine, SearchError, SearchHits, SearchQuery};
pub use catalogue::Catalogue;

/// Badly answered queries named at most.
const WORST: usize = 10;

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
    /// The share of the good hits (grade 2 or 3) among the first hundred.
    pub recall: f64,
    /// Hits in all.
    pub total: u64,
    /// SKU and grade of the first ten.
    pub top: Vec<(String, u8)>,
    /// What the engine thought was meant.
    pub did_you_mean: Option<String>,
}

/// The mean figures of the queries of one intent that something fits.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IntentScore {
    /// What they test.
    pub intent: String,
    /// How many.
    pub queries: usize,
    /// Mean nDCG@10.
    pub ndcg: f64,
    /// Mean reciprocal rank.
    pub mrr: f64,
    /// Mean recall.
    pub recall: f64,
}

/// The figures of all queries.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Mean nDCG@10 over queries something fits.
    pub ndcg: f64,
    /// Mean reciprocal rank over the same.
    pub mrr: f64,
    /// Mean recall over the same.
    pub recall: f64,
    /// The same figures by intent.
    pub intents: Vec<IntentScore>,
    /// Queries something fits.
    pub answered: usize,
    /// Queries nothing fits, and how many of them got an empty answer.
    pub empty: (usize, usize),
    /// Each query.
    pub queries: Vec<QueryScore>,
}

impl fmt::Display for QueryScore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let grades: String = self.top.iter().map(|(_, grade)| char::from(b'0' + grade)).collect();
        let Self { id, ndcg, total, query, .. } = self;
        write!(f, "{id} {ndcg:.3} {grades:10} {total:5}  {query}")?;
        match &self.did_you_mean {
            Some(meant) => write!(f, "  (did you mean: {meant})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for score in &self.queries {
            writeln!(f, "{score}")?;
        }
        writeln!(f, "\nworst:")?;
        for score in self.worst() {
            writeln!(f, "{score}")?;
        }
        writeln!(f, "\nintent      queries  nDCG@10     MRR  recall")?;
        for IntentScore { intent, queries, ndcg, mrr, recall } in &self.intents {
            writeln!(f, "{intent:12} {queries:6}   {ndcg:.4}  {mrr:.4}  {recall:.4}")?;
        }
        let (asked, empty) = self.empty;
        let Self { ndcg, mrr, recall, answered, .. } = self;
        write!(
            f,
            "\nnDCG@10 {ndcg:.4}  MRR {mrr:.4}  recall {recall:.4}  over {answered} queries; \
             {empty} of {asked} with no fit are empty"
        )
    }
}

impl Report {
    /// The queries that are answered worst, worst first.
    pub fn worst(&self) -> Vec<&QueryScore> {
        let mut worst: Vec<&QueryScore> = self.queries.iter().filter(|score| score.ndcg < 1.0).collect();
        worst.sort_by(|a, b| a.ndcg.total_cmp(&b.ndcg));
        worst.truncate(WORST);
        worst
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
        let (text, limit) = (judged.query.clone(), score::RECALL_DEPTH);
        let hits = engine.search(&SearchQuery { text, limit, ..SearchQuery::default() }).await?;
        scores.push(score_of(judged, hits, catalogue));
    }
    Ok(report(scores, queries))
}

fn score_of(judged: &Judged, hits: SearchHits, catalogue: &Catalogue) -> QueryScore {
    let graded = hits.ids.iter().map(|id| {
        let sku = catalogue.skus.get(id).cloned().unwrap_or_default();
        let grade = judged.relevant.get(&sku).copied().unwrap_or(0);
        (sku, grade)
    });
    let mut top: Vec<(String, u8)> = graded.collect();
    let grades: Vec<u8> = top.iter().map(|(_, grade)| *grade).collect();
    top.truncate(score::DEPTH);
    let relevant = || judged.relevant.values().copied();
    let (ndcg, reciprocal_rank, recall) = if judged.relevant.is_empty() {
        (f64::from(u8::from(hits.total == 0)), 0.0, 0.0)
    } else {
        let first = &grades[..grades.len().min(score::DEPTH)];
        (score::ndcg(first, relevant()), score::reciprocal_rank(first), score::recall(&grades, relevant()))
    };
    QueryScore {
        id: judged.id.clone(),
        query: judged.query.clone(),
        intent: judged.intent.clone(),
        ndcg,
        reciprocal_rank,
        recall,
        total: hits.total,
        top,
        did_you_mean: hits.did_you_mean,
    }
}

fn report(scores: Vec<QueryScore>, queries: &[Judged]) -> Report {
    let (mut fitting, mut unfitting) = (Vec::new(), Vec::new());
    for (score, judged) in scores.iter().zip(queries) {
        let kind = if judged.relevant.is_empty() { &mut unfitting } else { &mut fitting };
        kind.push(score);
    }
    let mut by_intent: BTreeMap<&str, Vec<&QueryScore>> = BTreeMap::new();
    for score in &fitting {
        by_intent.entry(&score.intent).or_default().push(score);
    }
    let all = means("", &fitting);
    let intents = by_intent.iter().map(|(intent, scores)| means(intent, scores)).collect();
    let empty = unfitting.iter().filter(|score| score.total == 0).count();
    Report {
        ndcg: all.ndcg,
        mrr: all.mrr,
        recall: all.recall,
        intents,
        answered: fitting.len(),
        empty: (unfitting.len(), empty),
        queries: scores,
    }
}

fn means(intent: &str, scores: &[&QueryScore]) -> IntentScore {
    let count = f64::from(u32::try_from(scores.len().max(1)).unwrap_or(u32::MAX));
    let mean = |figure: fn(&QueryScore) -> f64| scores.iter().map(|score| figure(score)).sum::<f64>() / count;
    IntentScore {
        intent: intent.to_owned(),
        queries: scores.len(),
        ndcg: mean(|score| score.ndcg),
        mrr: mean(|score| score.reciprocal_rank),
        recall: mean(|score| score.recall),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use crate::search::cli::evaluate;

    /// What the in-process engine reaches on the copy of the development queries, less a small margin.
    const FLOOR: f64 = 0.91;

    #[tokio::test]
    async fn the_ranking_keeps_its_floor_on_the_judged_queries() {
        let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let judged = data.join("judged");
        let (products, queries) = (judged.join("products.csv"), judged.join("queries.jsonl"));
        let scratch = tempfile::tempdir().unwrap();
        let report = evaluate(&products, &data.join("umkm.csv"), &queries, scratch.path()).await.unwrap();
        eprintln!("{report}");
        assert_eq!((report.answered, report.empty), (56, (4, 4)));
        assert!(report.ndcg >= FLOOR, "{report}");
        assert!(report.intents.iter().all(|one| one.ndcg >= 0.65 && one.mrr >= 0.6), "{report}");
        assert_eq!(report.intents.iter().map(|one| one.queries).sum::<usize>(), report.answered);
        assert!(report.worst().is_sorted_by(|a, b| a.ndcg <= b.ndcg));
    }
}
