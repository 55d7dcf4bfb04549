//! One pass over the matching documents: ranking, totals and facet counts.
//!
//! A filter whose facet is wanted is checked here and not in the query, so that its facet can count the documents that
//! fail this filter only (the other choices a user has).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::rank;
use super::schema::{column, mix};
use crate::platform::search::{Facet, PRICE_STEPS, Sort};

/// What the pass has to do.
#[derive(Clone, Debug)]
pub struct Pass {
    /// The order.
    pub sort: Sort,
    /// The coverage of a full hit; 0 when there is no text.
    pub full: u32,
    /// The coverage that is most of it.
    pub most: u32,
    /// The coverage a hit needs in any case.
    pub least: u32,
    /// How many of the best to keep.
    pub keep: usize,
    /// Turns the order among equals.
    pub rotation: u64,
    /// Facets to count.
    pub facets: Vec<Facet>,
    /// Filters that are checked here.
    pub category: Option<String>,
    /// Likewise.
    pub district: Option<String>,
    /// Likewise: lowest and highest price.
    pub price: Option<(i64, i64)>,
}

/// The order of a document: its main key, then stock and rating, then chance.
pub type Key = (i64, i64, u64);

/// Hits of one kind (full or partial).
#[derive(Debug, Default)]
pub struct Tally {
    /// How many.
    pub total: u64,
    /// The best, best first once the pass is over.
    pub best: Vec<(Key, DocAddress)>,
    /// Category slug and count.
    pub category: Vec<(String, u64)>,
    /// District code and count.
    pub district: Vec<(String, u64)>,
    /// Count per step of [`PRICE_STEPS`].
    pub price: [u64; PRICE_STEPS.len()],
}

/// Full hits and partial hits.
#[derive(Debug, Default)]
pub struct Tallies {
    /// Documents that have everything.
    pub full: Tally,
    /// Documents that have most.
    pub partial: Tally,
    /// Documents that have little; worth showing only beside full hits.
    pub little: Tally,
}

impl Tally {
    /// Adds what another counted.
    pub fn absorb(&mut self, other: Self, keep: usize) {
        self.total += other.total;
        self.best.extend(other.best);
        self.best.sort_unstable_by_key(|one| Reverse(*one));
        self.best.truncate(keep);
        add_counts(&mut self.category, other.category);
        add_counts(&mut self.district, other.district);
        for (mine, theirs) in self.price.iter_mut().zip(other.price) {
            *mine += theirs;
        }
    }
}

fn add_counts(mine: &mut Vec<(String, u64)>, theirs: Vec<(String, u64)>) {
    for (value, count) in theirs {
        match mine.iter_mut().find(|(known, _)| *known == value) {
            Some((_, sum)) => *sum += count,
            None => mine.push((value, count)),
        }
    }
}

impl Collector for Pass {
    type Fruit = Tallies;
    type Child = SegmentPass;

    fn for_segment(&self, ordinal: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentPass> {
        let columns = Columns::open(segment)?;
        let wanted = |facet| self.facets.contains(&facet);
        let ordinal_of = |column: &Option<StrColumn>,
                          value: &Option<String>|
         -> tantivy::Result<Option<u64>> {
            let Some(value) = value else { return Ok(None) };
            let found =
                column.as_ref().map(|column| column.dictionary().term_ord(value.as_bytes())).transpose()?;
            // A value the segment does not know matches none of its documents.
            Ok(Some(found.flatten().unwrap_or(u64::MAX)))
        };
        Ok(SegmentPass {
            category: ordinal_of(&columns.category, &self.category)?,
            district: ordinal_of(&columns.district, &self.district)?,
            full: Counting::new(&columns, &wanted),
            partial: Counting::new(&columns, &wanted),
            little: Counting::new(&columns, &wanted),
            pass: self.clone(),
            columns,
            ordinal,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.full > 0
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Tallies>>) -> tantivy::Result<Tallies> {
        let mut all = Tallies::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.full.absorb(fruit.full, self.keep);
            all.partial.absorb(fruit.partial, self.keep);
            all.little.absorb(fruit.little, self.keep);
        }
        Ok(all)
    }
}

struct Columns {
    category: Option<StrColumn>,
    district: Option<StrColumn>,
    price_min: Column<i64>,
    price_max: Column<i64>,
    in_stock: Column<bool>,
    rating: Column<i64>,
    created: Column<i64>,
    tie: Column<u64>,
}

impl Columns {
    fn open(segment: &SegmentReader) -> tantivy::Result<Self> {
        let fast = segment.fast_fields();
        Ok(Self {
            category: fast.str(column::CATEGORY_PATH)?,
            district: fast.str(column::DISTRICT)?,
            price_min: fast.i64(column::PRICE_MIN)?,
            price_max: fast.i64(column::PRICE_MAX)?,
            in_stock: fast.bool(column::IN_STOCK)?,
            rating: fast.i64(column::RATING)?,
            created: fast.i64(column::CREATED)?,
            tie: fast.u64(column::TIE)?,
        })
    }
}

/// Counts of one kind of hit in one segment, by ordinal.
struct Counting {
    total: u64,
    best: BinaryHeap<Reverse<(Key, DocId)>>,
    category: Vec<u64>,
    district: Vec<u64>,
    price: Option<[u64; PRICE_STEPS.len()]>,
}

impl Counting {
    fn new(columns: &Columns, wanted: &impl Fn(Facet) -> bool) -> Self {
        let room = |column: &Option<StrColumn>, facet| {
            let terms = column.as_ref().filter(|_| wanted(facet)).map_or(0, |column| column.num_terms());
            vec![0; terms]
        };
        Self {
            total: 0,
            best: BinaryHeap::new(),
            category: room(&columns.category, Facet::Category),
            district: room(&columns.district, Facet::District),
            price: wanted(Facet::Price).then_some([0; PRICE_STEPS.len()]),
        }
    }

    fn keep(&mut self, key: Key, doc: DocId, most: usize) {
        if self.best.len() < most {
            self.best.push(Reverse((key, doc)));
        } else if self.best.peek().is_some_and(|Reverse(worst)| *worst < (key, doc)) {
            self.best.pop();
            self.best.push(Reverse((key, doc)));
        }
    }

    fn count_all(slots: &mut [u64], column: Option<&StrColumn>, doc: DocId) {
        if slots.is_empty() {
            return;
        }
        for ord in column.into_iter().flat_map(|column| column.term_ords(doc)) {
            if let Some(slot) = usize::try_from(ord).ok().and_then(|at| slots.get_mut(at)) {
                *slot += 1;
            }
        }
    }

    fn finish(self, columns: &Columns, ordinal: SegmentOrdinal) -> tantivy::Result<Tally> {
        Ok(Tally {
            total: self.total,
            best: self
                .best
                .into_iter()
                .map(|Reverse((key, doc))| (key, DocAddress::new(ordinal, doc)))
                .collect(),
            category: named(&self.category, columns.category.as_ref())?,
            district: named(&self.district, columns.district.as_ref())?,
            price: self.price.unwrap_or_default(),
        })
    }
}

fn named(counts: &[u64], column: Option<&StrColumn>) -> tantivy::Result<Vec<(String, u64)>> {
    let mut found = Vec::new();
    let Some(column) = column else { return Ok(found) };
    for (ord, count) in (0_u64..).zip(counts).filter(|(_, count)| **count > 0) {
        let mut value = String::new();
        column.ord_to_str(ord, &mut value)?;
        found.push((value, *count));
    }
    Ok(found)
}

/// The pass over one segment.
pub struct SegmentPass {
    pass: Pass,
    columns: Columns,
    ordinal: SegmentOrdinal,
    category: Option<u64>,
    district: Option<u64>,
    full: Counting,
    partial: Counting,
    little: Counting,
}

impl SegmentPass {
    fn key(&self, doc: DocId, coverage: u32, quality: u32) -> Key {
        let columns = &self.columns;
        let price = || columns.price_min.first(doc).unwrap_or(0);
        let main = match self.pass.sort {
            Sort::Relevance if self.pass.full == 0 => 0,
            Sort::Relevance => {
                let all = if coverage >= self.pass.full { rank::ALL_COVERED } else { 0 };
                i64::from(coverage * rank::COVERAGE_WORTH + quality + all)
            }
            Sort::PriceAsc => -price(),
            Sort::PriceDesc => price(),
            Sort::Newest => columns.created.first(doc).unwrap_or(0),
            Sort::Rating => columns.rating.first(doc).unwrap_or(0),
        };
        let stock = i64::from(columns.in_stock.first(doc).unwrap_or(false));
        let rating = match columns.rating.first(doc).unwrap_or(0) {
            // Nobody rated it yet: as good as the middle, or newcomers would never be seen.
            0 => 8,
            rated => rated / 50,
        };
        let chance = mix(columns.tie.first(doc).unwrap_or(0) ^ mix(self.pass.rotation));
        (main, stock * 100 + rating, chance)
    }

    /// Which of the checked filters a document fails: category, district, price.
    fn fails(&self, doc: DocId) -> [bool; 3] {
        let columns = &self.columns;
        let lacks = |wanted: Option<u64>, column: Option<&StrColumn>| {
            wanted
                .is_some_and(|ord| !column.is_some_and(|column| column.term_ords(doc).any(|one| one == ord)))
        };
        let price = self.pass.price.is_some_and(|(low, high)| {
            columns.price_min.first(doc).unwrap_or(0) > high
                || columns.price_max.first(doc).unwrap_or(0) < low
        });
        [
            lacks(self.category, columns.category.as_ref()),
            lacks(self.district, columns.district.as_ref()),
            price,
        ]
    }
}

impl SegmentCollector for SegmentPass {
    type Fruit = tantivy::Result<Tallies>;

    fn collect(&mut self, doc: DocId, score: Score) {
        let (coverage, quality) = rank::unpack(score);
        let text = self.pass.full > 0;
        if text && coverage < self.pass.least {
            return;
        }
        let fails = self.fails(doc);
        let failed = fails.iter().filter(|failed| **failed).count();
        if failed > 1 {
            return;
        }
        let key = self.key(doc, coverage, quality);
        let step =
            PRICE_STEPS.iter().rposition(|from| *from <= self.columns.price_min.first(doc).unwrap_or(0));
        let counting = match coverage {
            _ if !text || coverage >= self.pass.full => &mut self.full,
            _ if coverage >= self.pass.most => &mut self.partial,
            _ => &mut self.little,
        };
        let counts_for = |facet: usize| failed == 0 || fails[facet];
        if counts_for(0) {
            Counting::count_all(&mut counting.category, self.columns.category.as_ref(), doc);
        }
        if counts_for(1) {
            Counting::count_all(&mut counting.district, self.columns.district.as_ref(), doc);
        }
        if counts_for(2)
            && let Some(price) = &mut counting.price
        {
            price[step.unwrap_or(0)] += 1;
        }
        if failed == 0 {
            counting.total += 1;
            counting.keep(key, doc, self.pass.keep);
        }
    }

    fn harvest(self) -> Self::Fruit {
        Ok(Tallies {
            full: self.full.finish(&self.columns, self.ordinal)?,
            partial: self.partial.finish(&self.columns, self.ordinal)?,
            little: self.little.finish(&self.columns, self.ordinal)?,
        })
    }
}
