//! Which shop a row may be: what is there already, read once for all rows of a step.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::catalog::import::{Entry, unlikeness};
use crate::kernel::{RegionCode, VendorId};
use crate::office::entity::duplicate::{self, Kind, Status};
use crate::office::service::surveys::became;
use crate::platform::sealed::Sealer;
use crate::vendors::entity::vendor;
use crate::vendors::service::nik_indexes;

/// Names that differ in so many letters may be the same one.
const NEAR: usize = 2;

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// A row that was taken before.
    Known(VendorId),
    /// Another row about a shop that is there: nothing of it is taken.
    Same(VendorId),
    /// A row that waits for somebody to decide.
    Pending,
    /// It may be a shop that is there; somebody has to decide.
    Doubt(VendorId, Kind),
    /// A new shop.
    New,
}

/// The little of a shop that is compared.
#[derive(Clone, Debug)]
struct Narrow {
    id: VendorId,
    name: String,
    phone: String,
    nib: Option<String>,
    nik_index: Option<String>,
    source_key: Option<String>,
    village_code: Option<String>,
}

/// The shops that rows may be, and what was decided about rows before.
#[derive(Default)]
pub struct Known {
    shops: Vec<Narrow>,
    decided: HashMap<String, (Status, VendorId)>,
}

type Columns = (VendorId, String, String, Option<String>, Option<String>, Option<String>, Option<String>);

impl Known {
    /// Reads what these rows may be; three statements.
    pub async fn load(
        db: &impl ConnectionTrait,
        sealer: &Sealer,
        entries: &[(&Entry, String)],
    ) -> Result<Self, DbErr> {
        use vendor::Column;
        if entries.is_empty() {
            return Ok(Self::default());
        }
        let facts = || entries.iter().map(|(entry, _)| &entry.facts);
        let nibs = facts().filter_map(|facts| facts.papers.nib.as_ref()).map(|nib| nib.as_str().to_owned());
        let niks = facts().filter_map(|facts| facts.papers.nik.as_ref());
        let niks = niks.flat_map(|nik| nik_indexes(sealer, nik));
        let villages: BTreeSet<&str> =
            facts().filter_map(|facts| facts.address.village.map(RegionCode::as_str)).collect();
        let any = Condition::any()
            .add(Column::SourceKey.is_in(entries.iter().map(|(entry, _)| entry.source_key.as_str())))
            .add(Column::Nib.is_in(nibs))
            .add(Column::NikIndex.is_in(niks))
            .add(Column::Phone.is_in(facts().map(|facts| facts.phone.as_str())))
            .add(Column::VillageCode.is_in(villages));
        let rows: Vec<Columns> = vendor::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Name, Column::Phone, Column::Nib])
            .columns([Column::NikIndex, Column::SourceKey, Column::VillageCode])
            .filter(any)
            .into_tuple()
            .all(db)
            .await?;
        let decided = duplicate::Entity::find()
            .filter(duplicate::Column::RowKey.is_in(entries.iter().map(|(_, row_key)| row_key.as_str())))
            .all(db)
            .await?;
        // A row about a shop that became another one is about that one.
        let became = became(db).await?;
        let now = |id: VendorId| became.get(&id).copied().unwrap_or(id);
        let mut shops: Vec<Narrow> = rows.into_iter().map(narrow).collect();
        shops.iter_mut().for_each(|shop| shop.id = now(shop.id));
        let decided =
            decided.into_iter().map(|row| (row.row_key, (row.status, now(row.vendor_id)))).collect();
        Ok(Self { shops, decided })
    }

    /// What a row is. What is certain comes first: a row that was taken before, then the same number and name.
    pub fn judge(&self, sealer: &Sealer, entry: &Entry, row_key: &str) -> Verdict {
        match self.decided.get(row_key) {
            Some((Status::Pending, _)) => return Verdict::Pending,
            Some((Status::Same, vendor_id)) => return Verdict::Same(*vendor_id),
            _ => {}
        }
        let facts = &entry.facts;
        let known = self
            .shops
            .iter()
            .find(|shop| row_key == entry.source_key && shop.source_key.as_ref() == Some(&entry.source_key));
        if let Some(shop) = known {
            return Verdict::Known(shop.id);
        }
        let niks = facts.papers.nik.as_ref().map(|nik| nik_indexes(sealer, nik)).unwrap_or_default();
        let same_number = |shop: &&Narrow| same_nib(shop, entry) || same_nik(shop, &niks);
        if let Some(shop) = self.shops.iter().find(same_number) {
            return match unlikeness(&shop.name, &facts.name) {
                0 => Verdict::Same(shop.id),
                _ => Verdict::Doubt(shop.id, Kind::SameNumber),
            };
        }
        let same_phone = |shop: &&Narrow| shop.phone == facts.phone.as_str();
        if let Some(shop) = self.shops.iter().find(same_phone) {
            return Verdict::Doubt(shop.id, Kind::SamePhone);
        }
        match self.shops.iter().find(|shop| similar(shop, entry, &niks)) {
            Some(shop) => Verdict::Doubt(shop.id, Kind::SimilarName),
            None => Verdict::New,
        }
    }

    /// Remembers a row that was, or in a rehearsal would be, written.
    pub fn add(&mut self, sealer: &Sealer, entry: &Entry, id: VendorId) {
        let facts = &entry.facts;
        let nik = facts.papers.nik.as_ref();
        self.shops.push(Narrow {
            id,
            name: facts.name.clone(),
            phone: facts.phone.as_str().to_owned(),
            nib: facts.papers.nib.as_ref().map(|nib| nib.as_str().to_owned()),
            nik_index: nik.and_then(|nik| nik_indexes(sealer, nik).into_iter().next()),
            source_key: Some(entry.source_key.clone()),
            village_code: facts.address.village.map(|village| village.as_str().to_owned()),
        });
    }

    /// Adds what another one remembers.
    pub fn extend(&mut self, other: &Self) {
        self.shops.extend(other.shops.iter().cloned());
    }

    /// What a later row says of a row that waits.
    pub fn wait(&mut self, row_key: &str, id: VendorId) {
        self.decided.insert(row_key.to_owned(), (Status::Pending, id));
    }
}

fn narrow((id, name, phone, nib, nik_index, source_key, village_code): Columns) -> Narrow {
    Narrow { id, name, phone, nib, nik_index, source_key, village_code }
}

fn same_nib(shop: &Narrow, entry: &Entry) -> bool {
    let nib = entry.facts.papers.nib.as_ref();
    nib.is_some_and(|nib| shop.nib.as_deref() == Some(nib.as_str()))
}

fn same_nik(shop: &Narrow, niks: &[String]) -> bool {
    shop.nik_index.as_ref().is_some_and(|index| niks.contains(index))
}

/// Nearly the same name in the same village, unless other numbers say that they are two.
fn similar(shop: &Narrow, entry: &Entry, niks: &[String]) -> bool {
    let village = entry.facts.address.village.map(RegionCode::as_str);
    let two_people = shop.nik_index.is_some() && !niks.is_empty();
    let two_businesses = shop.nib.is_some() && entry.facts.papers.nib.is_some();
    village.is_some()
        && shop.village_code.as_deref() == village
        && !two_people
        && !two_businesses
        && unlikeness(&shop.name, &entry.facts.name) <= NEAR
}
