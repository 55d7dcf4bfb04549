//! Who did what: every privileged or security-relevant act is one row, written in the transaction of the act.
//!
//! Table: `audit_events`, which only grows. Rows hold ids and commitments; what is personal is sealed under the person's key,
//! so that erasing a person leaves the row and its seal whole.

pub mod entity;
pub mod seal;
pub mod sealed_row;
pub mod seals;

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, Set};
use serde_json::Value;
use uuid::Uuid;

use super::person;
use super::sealed::Sealer;
use crate::kernel::{ApiKeyId, AuditEventId, UserId};

/// Who is doing something, and from where.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// Nobody: the service itself, or a visitor.
    pub actor: Option<UserId>,
    /// The role that allowed it, as `x-authz` has it; `system` for jobs and the command line.
    pub acting_as: String,
    /// The key of the program that did it for the person.
    pub api_key: Option<ApiKeyId>,
    /// Address of the client.
    pub address: Option<IpAddr>,
    /// Name of the request.
    pub request_id: Option<String>,
}

impl Who {
    /// The service itself: jobs, the command line.
    pub fn system() -> Self {
        Self { acting_as: "system".to_owned(), ..Self::default() }
    }
}

/// Something that was done.
#[derive(Debug)]
pub struct Deed {
    /// `session.opened`, `vendor.verified`.
    pub action: &'static str,
    /// Kind and id of what it was done to.
    pub object: (&'static str, Uuid),
    /// References and commitments: before, after, why.
    pub detail: Value,
}

/// Writes one act into the audit trail.
pub async fn record(
    txn: &DatabaseTransaction,
    sealer: &Sealer,
    who: &Who,
    deed: Deed,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let id = AuditEventId::generate();
    let address_sealed = match (who.actor, who.address) {
        (Some(actor), Some(address)) => {
            let unusable = |error: &dyn std::fmt::Display| DbErr::Custom(error.to_string());
            let key = person::key(txn, sealer, actor, now).await.map_err(|error| unusable(&error))?;
            let sealed = key.seal(&address_place(id), &address.to_string());
            Some(sealed.map_err(|error| unusable(&error))?)
        }
        _ => None,
    };
    let row = entity::ActiveModel {
        id: Set(id),
        actor_id: Set(who.actor),
        acting_as: Set(who.acting_as.clone()),
        api_key_id: Set(who.api_key),
        action: Set(deed.action.to_owned()),
        object_kind: Set(deed.object.0.to_owned()),
        object_id: Set(deed.object.1),
        detail: Set(deed.detail.to_string()),
        address_sealed: Set(address_sealed),
        request_id: Set(who.request_id.clone()),
        created_at: Set(now),
    };
    entity::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}

/// Where the address of an event is sealed.
pub fn address_place(id: AuditEventId) -> String {
    format!("audit_events.address:{id}")
}
