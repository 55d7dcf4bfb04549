//! Writes one product of a list: all of it or nothing, in a part of the transaction of its batch.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, TransactionTrait};

use super::notes::Note;
use super::pictures::{Known, Wanted};
use super::read::{Group, ListLine};
use super::request::{self, BySku};
use super::status;
use crate::app::App;
use crate::catalog::entity::movement::Reason;
use crate::catalog::entity::product::Status;
use crate::catalog::entity::{import, variant};
use crate::catalog::error::CatalogError;
use crate::catalog::import::{ImportError, suggest};
use crate::catalog::model::Tree;
use crate::catalog::query::listed::Listed;
use crate::catalog::query::product_of;
use crate::catalog::service::{self, Edit, SKU, Seen};
use crate::kernel::fields::Fault;
use crate::kernel::{Problem, ProductId};

/// Writes the products of one list.
pub struct Writer<'a> {
    pub app: &'a App,
    pub import: &'a import::Model,
    pub tree: Arc<Tree>,
    /// Every SKU of the list: in a dry run a part may be one that was only looked at.
    pub skus: HashSet<String>,
}

/// What became of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Created,
    Updated,
    Unchanged,
    Refused,
}

/// The same with everything that is to be told, and to be done later.
pub struct Taken {
    pub outcome: Outcome,
    /// An officer looks at it first.
    pub held: bool,
    pub notes: Vec<Note>,
    pub pictures: Option<Wanted>,
}

/// Why a product is not taken.
pub(super) enum Refusal {
    Notes(Vec<Note>),
    /// Nobody's fault; the batch is done again.
    Failed(ImportError),
    /// Only of a dry run: its parts are products of the same list.
    PartsToCome,
}

impl From<Vec<Note>> for Refusal {
    fn from(notes: Vec<Note>) -> Self {
        Self::Notes(notes)
    }
}

impl From<sea_orm::DbErr> for Refusal {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Failed(error.into())
    }
}

impl Taken {
    fn new(outcome: Outcome) -> Self {
        Self { outcome, held: false, notes: Vec::new(), pictures: None }
    }

    pub(super) fn changed(&mut self) {
        if self.outcome == Outcome::Unchanged {
            self.outcome = Outcome::Updated;
        }
    }

    pub(super) fn hold(&mut self, line: &ListLine) {
        self.held = true;
        let fault = Fault::new(
            "held",
            "Tersimpan, tetapi menunggu pemeriksaan dinas.",
            "Kept, but it waits for an officer.",
        );
        self.notes.push(Note::new(line.line, "", "", fault));
    }
}

impl Writer<'_> {
    /// Writes a product in a part of the transaction that can fail alone.
    pub async fn write(
        &self,
        txn: &DatabaseTransaction,
        group: &Group,
        stored: &[&Listed],
        known: &Known,
    ) -> Result<Taken, ImportError> {
        if !group.faults.is_empty() {
            return Ok(self.refused(group.faults.clone()));
        }
        if stored.len() > 1 {
            let fault =
                Fault::new("sku-taken", "SKU milik beberapa produk.", "The SKUs are of several products.");
            let first = group.first();
            return Ok(self.refused(vec![Note::new(first.line, "sku", first.sku(), fault)]));
        }
        let stored = stored.first().copied();
        let part = txn.begin().await?;
        match self.product(&part, group, stored, known).await {
            Ok(taken) => {
                part.commit().await?;
                Ok(taken)
            }
            Err(refusal) => {
                part.rollback().await?;
                match refusal {
                    Refusal::Notes(notes) => Ok(self.refused(notes)),
                    Refusal::Failed(error) => Err(error),
                    Refusal::PartsToCome if stored.is_some() => Ok(Taken::new(Outcome::Updated)),
                    Refusal::PartsToCome => Ok(Taken::new(Outcome::Created)),
                }
            }
        }
    }

    fn refused(&self, mut notes: Vec<Note>) -> Taken {
        for note in &mut notes {
            note.suggestion = note.suggestion.take().or_else(|| suggest::listed(note, &self.tree));
        }
        Taken { notes, ..Taken::new(Outcome::Refused) }
    }

    async fn product(
        &self,
        txn: &DatabaseTransaction,
        group: &Group,
        stored: Option<&Listed>,
        known: &Known,
    ) -> Result<Taken, Refusal> {
        let parts = self.parts(txn, group).await?;
        let (id, mut taken) = match stored {
            None => (self.create(txn, group, &parts).await?, Taken::new(Outcome::Created)),
            Some(stored) => {
                let mut taken = Taken::new(Outcome::Unchanged);
                if let Some(edit) = request::edit(group, stored, &parts)? {
                    self.edit(txn, (group, stored), edit, &mut taken).await?;
                }
                (stored.product.id, taken)
            }
        };
        self.texts_and_plan(txn, (group, id), stored, &mut taken).await?;
        if let Some(stored) = stored {
            self.count(txn, (group, stored), &mut taken).await?;
            let said = known.described(group, stored)?;
            if !said.is_empty() {
                self.describe_images(txn, (group, id), &said, &mut taken).await?;
            }
        }
        self.status(txn, (group, id), stored, &mut taken).await?;
        taken.pictures = known.wanted(group, id, stored)?;
        Ok(taken)
    }

    async fn create(
        &self,
        txn: &DatabaseTransaction,
        group: &Group,
        parts: &BySku,
    ) -> Result<ProductId, Refusal> {
        let new = request::create(group, parts)?;
        let lines: Vec<&ListLine> = group.lines.iter().collect();
        let by = (self.import.vendor_id, self.import.created_by);
        let created = service::create_in(txn, by, new, self.app.now()).await;
        created.map_err(|error| self.judge(group, &lines, error))
    }

    async fn edit(
        &self,
        txn: &DatabaseTransaction,
        (group, stored): (&Group, &Listed),
        edit: Edit,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let Some(edit) = self.not_waiting_yet(txn, (group, stored), edit).await? else {
            taken.hold(group.first());
            return Ok(());
        };
        let seen = self.seen(txn, group, stored.product.id).await?;
        let edited = service::edit_in(txn, self.app, seen, edit).await;
        if edited.map_err(|error| self.judge(group, &[], error))? {
            taken.hold(group.first());
        }
        let product = product_of(txn, seen.vendor_id, seen.product_id).await;
        let product = product.map_err(|error| self.judge(group, &[], error))?;
        // Another category may need other papers.
        let settled = service::settle_one(txn, self.app, product).await;
        settled.map_err(|error| self.judge(group, &[], error))?;
        taken.changed();
        Ok(())
    }

    async fn texts_and_plan(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        stored: Option<&Listed>,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let (vendor_id, now) = (self.import.vendor_id, self.app.now());
        if let Some(texts) = request::texts(group, stored)? {
            self.translate(txn, (group, id), texts, taken).await?;
        }
        if let Some(plan) = request::plan(group, stored)? {
            let seen = self.seen(txn, group, id).await?;
            let set = service::set_plan_in(txn, (vendor_id, id, seen.version), &plan, now).await;
            set.map_err(|error| self.judge(group, &[], error))?;
            taken.changed();
        }
        Ok(())
    }

    async fn count(
        &self,
        txn: &DatabaseTransaction,
        (group, stored): (&Group, &Listed),
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        for (line, variant_id, wanted) in request::counts(group, stored) {
            let at = |fault| Note::new(line.line, "stok", line.raw("stok"), fault);
            if !self.import.may_count {
                taken.notes.push(at(not_permitted()));
                continue;
            }
            let pieces = crate::catalog::model::stock(wanted).map_err(|fault| vec![at(fault)])?;
            let by = (Reason::Count, self.import.created_by);
            match service::set_stock_in(txn, (variant_id, pieces), by, self.app.now()).await {
                Ok(_) => taken.changed(),
                Err(CatalogError::StockReserved(stock)) => {
                    let suggestion = Some(stock.reserved.to_string());
                    let Problem { code, detail, .. } = CatalogError::StockReserved(stock).into();
                    return Err(vec![Note { suggestion, ..at(Fault { code, detail }) }].into());
                }
                Err(error) => return Err(self.judge(group, &[], error)),
            }
        }
        Ok(())
    }

    /// A product that cannot be shown is kept all the same, and the report says why it is not shown.
    async fn status(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        stored: Option<&Listed>,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let first = group.first();
        let Some(wish) = status::wish(group, stored) else {
            let waits = stored.is_some_and(|of| of.product.status == Status::InReview);
            if waits && first.raw("status").eq_ignore_ascii_case("published") {
                taken.hold(first);
            }
            return Ok(());
        };
        if !self.import.may_publish {
            taken.notes.push(Note::new(first.line, "status", first.raw("status"), not_permitted()));
            return Ok(());
        }
        let part = txn.begin().await?;
        match status::act(&part, self.app, (self.import.vendor_id, id), wish).await {
            Ok(product) => {
                part.commit().await?;
                taken.changed();
                if product.status == Status::InReview {
                    taken.hold(first);
                }
                Ok(())
            }
            Err(error) => {
                part.rollback().await?;
                match self.judge(group, &[], error) {
                    Refusal::Notes(notes) => {
                        let named = |note: Note| match note.column.as_str() {
                            "" => Note {
                                column: "status".to_owned(),
                                value: first.raw("status").to_owned(),
                                ..note
                            },
                            _ => note,
                        };
                        taken.notes.extend(notes.into_iter().map(named));
                        Ok(())
                    }
                    refusal => Err(refusal),
                }
            }
        }
    }

    /// The product as it is now, with what was done to it in this transaction.
    async fn seen(&self, txn: &DatabaseTransaction, group: &Group, id: ProductId) -> Result<Seen, Refusal> {
        let vendor_id = self.import.vendor_id;
        let product = product_of(txn, vendor_id, id).await.map_err(|error| self.judge(group, &[], error))?;
        Ok(Seen { vendor_id, product_id: id, version: product.version, actor: self.import.created_by })
    }

    /// The variants that bundles of these lines are made of.
    async fn parts(&self, txn: &DatabaseTransaction, group: &Group) -> Result<BySku, Refusal> {
        let wanted: HashSet<&str> = group.lines.iter().flat_map(ListLine::parts).collect();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let found = variant::Entity::find()
            .filter(variant::Column::VendorId.eq(self.import.vendor_id))
            .filter(variant::Column::Sku.is_in(wanted.iter().copied()))
            .all(txn)
            .await?;
        let found: BySku = found.into_iter().map(|row| (row.sku, row.id)).collect();
        let mut missing = wanted.into_iter().filter(|sku| !found.contains_key(*sku)).peekable();
        if self.import.dry_run && missing.peek().is_some() && missing.all(|sku| self.skus.contains(sku)) {
            return Err(Refusal::PartsToCome);
        }
        Ok(found)
    }

    /// What is wrong with the list becomes notes; what is wrong with the machine stops the batch.
    pub(super) fn judge(&self, group: &Group, lines: &[&ListLine], error: CatalogError) -> Refusal {
        if let CatalogError::Db(error) = &error
            && SKU.broken_by(error)
        {
            let fault = Fault::new("sku-taken", "SKU sudah dipakai.", "This SKU is taken.");
            let first = group.first();
            return Refusal::Notes(vec![Note::new(first.line, "sku", first.sku(), fault)]);
        }
        match error {
            CatalogError::Db(error) => Refusal::Failed(error.into()),
            error => {
                let problem = Problem::from(error);
                if problem.status.is_server_error() {
                    return Refusal::Failed(ImportError::Unreadable(problem.detail.en.into_owned()));
                }
                Refusal::Notes(request::placed(group, lines, problem))
            }
        }
    }
}

fn not_permitted() -> Fault {
    Fault::new(
        "not-permitted",
        "Tidak diubah: pengirim daftar tidak diizinkan melakukan ini.",
        "Left as it is: who sent the list may not do this.",
    )
}
