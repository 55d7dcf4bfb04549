//! What the public reads of a product that is shown: where an officer looks at edits, a list adds to the one that waits, and
//! sent again it adds nothing.

use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

use super::pictures::Alts;
use super::read::Group;
use super::request;
use super::write::{Refusal, Taken, Writer};
use crate::catalog::entity::product;
use crate::catalog::error::CatalogError;
use crate::catalog::model::content::{Place, Texts, is_empty, split};
use crate::catalog::model::diff;
use crate::catalog::query::listed::Listed;
use crate::catalog::query::product_of;
use crate::catalog::service::{self, Edit};
use crate::kernel::ProductId;

impl Writer<'_> {
    /// What an edit says beyond the one that waits for an officer; `None` if it waits already, word by word.
    pub(super) async fn not_waiting_yet(
        &self,
        txn: &DatabaseTransaction,
        (group, stored): (&Group, &Listed),
        edit: Edit,
    ) -> Result<Option<Edit>, Refusal> {
        let Some(waiting) = self.waiting(txn, (group, &stored.product)).await? else {
            return Ok(Some(edit));
        };
        let (content, rest) = split(diff::said(edit.request.clone()));
        let more = diff::beyond(&waiting, content.clone());
        if more == content {
            return Ok(Some(edit));
        }
        let all = diff::join(rest, more);
        if is_empty(&all) {
            return Ok(None);
        }
        Ok(Some(request::parse_edit(group, &[], all)?))
    }

    /// What waits for an officer to look at it, where edits of the product do.
    async fn waiting(
        &self,
        txn: &DatabaseTransaction,
        (group, product): (&Group, &product::Model),
    ) -> Result<Option<Value>, Refusal> {
        if !self.app.config.catalog.moderation.holds_edits(product.status) {
            return Ok(None);
        }
        service::waiting_edit(txn, product.id).await.map_err(|error| self.judge(group, &[], error))
    }

    /// Says what is to be seen on pictures, as far as the list says otherwise than the public reads. The others stay as they
    /// are wished for.
    pub(super) async fn describe_images(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        said: &Alts,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let wished = service::wished_images(txn, id).await;
        let wished = wished.map_err(|error| self.judge(group, &[], error))?;
        let described = |place: &Place| {
            let alt = said.get(&place.id).unwrap_or(&place.alt).clone();
            Place { id: place.id, alt }
        };
        let order: Vec<Place> = wished.iter().map(described).collect();
        if order == wished {
            // The public does not read it yet, so it waits.
            taken.hold(group.first());
            return Ok(());
        }
        let (of, by) = ((self.import.vendor_id, id), self.import.created_by);
        let done = service::order_images_in(txn, self.app, of, by, order).await;
        self.kept(group, done, taken)
    }

    pub(super) async fn translate(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        texts: Texts,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let of = (self.import.vendor_id, id);
        let product = product_of(txn, of.0, id).await.map_err(|error| self.judge(group, &[], error))?;
        let waiting = self.waiting(txn, (group, &product)).await?;
        if waiting.is_some_and(|waiting| waiting["translations"] == json!(texts)) {
            taken.hold(group.first());
            return Ok(());
        }
        let by = (self.import.created_by, product.version);
        let done = service::translate_in(txn, self.app, of, by, texts).await;
        self.kept(group, done, taken)
    }

    /// What became of a change that may have to wait.
    fn kept<T>(
        &self,
        group: &Group,
        done: Result<(T, bool), CatalogError>,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        let (_, waits) = done.map_err(|error| self.judge(group, &[], error))?;
        taken.changed();
        if waits {
            taken.hold(group.first());
        }
        Ok(())
    }
}
