//! Text as the engines get it. The language itself (stemming, synonyms, spelling) lives in the search feature, behind
//! [`TextAnalysis`], so that documents and queries of both engines go through the same rules.

use super::ProductDoc;

/// The rules of a language.
pub trait TextAnalysis: Send + Sync {
    /// The index texts of a product.
    fn document(&self, product: &ProductDoc) -> DocFields;

    /// What a user's text asks for.
    fn query(&self, text: &str) -> AnalyzedQuery;

    /// The plain tokens of a text, as they stand in the index.
    fn tokens(&self, text: &str) -> Vec<String>;

    /// Changes whenever [`Self::document`] would give other texts; an index of another version is rebuilt.
    fn version(&self) -> u32;

    /// Sets of words that find each other, for an engine that expands them itself: term and what it also finds.
    fn synonyms(&self) -> Vec<(String, Vec<String>)>;

    /// Words that are no reason to find something.
    fn stop_words(&self) -> Vec<String>;
}

/// Index texts of one product: normalised tokens with a blank between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocFields {
    /// The title without the shop's own name.
    pub title: String,
    /// Category names.
    pub category: String,
    /// The shop's name.
    pub vendor: String,
    /// Material, colours, sizes, papers, option values, SKUs.
    pub attributes: String,
    /// The district's name.
    pub district: String,
    /// The description.
    pub description: String,
    /// Spelling-folded forms of all but the description.
    pub fold: String,
    /// Likely roots of the words of title and category.
    pub stem: String,
}

/// A query taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AnalyzedQuery {
    /// The tokens that are left to search for, in order.
    pub words: Vec<String>,
    /// The same grouped into things asked for.
    pub units: Vec<QueryUnit>,
    /// A price that was part of the text.
    pub price: Option<PriceHint>,
}

/// Price bounds read from a query, in rupiah.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PriceHint {
    /// At least this.
    pub min: Option<i64>,
    /// At most this.
    pub max: Option<i64>,
    /// The price that was named without a bound: of the goods within the bounds, those near it come first.
    pub near: Option<i64>,
}

/// One thing asked for: a word, or several that form one term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryUnit {
    /// Where it begins in [`AnalyzedQuery::words`].
    pub start: usize,
    /// How many words it takes.
    pub len: usize,
    /// What sort of thing it is.
    pub kind: UnitKind,
    /// Everything that fulfils it, the words as typed first.
    pub variants: Vec<Variant>,
}

/// What sort of thing a unit asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitKind {
    /// Words, open to typing errors.
    Words,
    /// Numbers, measures and codes: right or wrong.
    Exact,
    /// A paper the product must have: halal, P-IRT, TKDN.
    Paper,
    /// Words in quotes: these words in this order, or no hit.
    Phrase,
    /// Nice to have; never a reason to leave a product out.
    Optional,
}

/// One way to fulfil a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// One word, or a phrase.
    pub words: Vec<String>,
    /// How far it is from what was typed.
    pub form: Form,
}

/// How far a variant is from what was typed, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// As typed.
    Typed,
    /// Another word for it.
    Synonym,
    /// The same but for spelling habits; looked up in the shadow field.
    Fold,
    /// The same root; looked up in the stem field.
    Stem,
    /// A spelling correction.
    Typo,
}
