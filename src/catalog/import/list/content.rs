//! What the public reads of a product that is shown: where an officer looks at edits, a list adds to the one that waits, and
//! sent again it adds nothing.

use sea_orm::DatabaseTransaction;
use serde_json::{Value, json};

use super::read::Group;
use super::request;
use super::write::{Refusal, Taken, Writer};
use crate::catalog::entity::product;
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

    /// True if the edit that waits says this already.
    async fn waits_already(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        (member, wanted): (&str, Value),
    ) -> Result<bool, Refusal> {
        let product = product_of(txn, self.import.vendor_id, id).await;
        let product = product.map_err(|error| self.judge(group, &[], error))?;
        let waiting = self.waiting(txn, (group, &product)).await?;
        Ok(waiting.is_some_and(|waiting| waiting[member] == wanted))
    }

    pub(super) async fn order_images(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        order: Vec<Place>,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        if self.waits_already(txn, (group, id), ("images", json!(order))).await? {
            taken.hold(group.first());
            return Ok(());
        }
        let (of, by) = ((self.import.vendor_id, id), self.import.created_by);
        let done = service::order_images_in(txn, self.app, of, by, order).await;
        let (_, waits) = done.map_err(|error| self.judge(group, &[], error))?;
        taken.changed();
        if waits {
            taken.hold(group.first());
        }
        Ok(())
    }

    pub(super) async fn translate(
        &self,
        txn: &DatabaseTransaction,
        (group, id): (&Group, ProductId),
        texts: Texts,
        taken: &mut Taken,
    ) -> Result<(), Refusal> {
        if self.waits_already(txn, (group, id), ("translations", json!(texts))).await? {
            taken.hold(group.first());
            return Ok(());
        }
        let seen = self.seen(txn, group, id).await?;
        let of = (self.import.vendor_id, id);
        let told = service::translate_in(txn, self.app, of, (seen.actor, seen.version), texts).await;
        let (_, waits) = told.map_err(|error| self.judge(group, &[], error))?;
        taken.changed();
        if waits {
            taken.hold(group.first());
        }
        Ok(())
    }
}
