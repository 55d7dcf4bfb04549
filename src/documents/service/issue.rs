//! Issuing: the number, the frozen facts and the job that typesets them, in one transaction.

use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, EntityTrait, Set};
use serde_json::{Value, json};

use super::facts::{self, Facts};
use super::numbers;
use crate::app::App;
use crate::documents::entity::document::{self, Kind};
use crate::documents::error::DocumentError;
use crate::documents::jobs::RenderDocument;
use crate::documents::model;
use crate::documents::query::{self, Filed};
use crate::kernel::{DocumentId, OrderId, RefundId, UserId, VendorId};
use crate::orders::entity::order::Channel;
use crate::orders::query::{self as orders, Whole};
use crate::platform::audit::{self, Deed, Who};
use crate::platform::db::Unique;
use crate::platform::jobs::{self, NewJob};
use crate::platform::news::{Audience, News, tell};
use crate::platform::{person, random};

/// A paper of one kind about one thing is issued once.
const ONCE: Unique = Unique {
    name: "documents_subject",
    columns: "documents.kind, documents.subject_kind, documents.subject_id",
};

/// On whose behalf an order is looked for.
#[derive(Clone, Copy, Debug)]
pub enum For {
    /// Its buyer.
    Buyer(UserId),
    /// The shop.
    Vendor(VendorId),
    /// A job.
    System,
}

/// A paper that somebody wants.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// About an order.
    OfOrder(Kind, OrderId),
    /// About a refund of an order.
    CreditNote(OrderId, RefundId),
}

impl Wanted {
    fn order_id(self) -> OrderId {
        match self {
            Self::OfOrder(_, order_id) | Self::CreditNote(order_id, _) => order_id,
        }
    }
}

/// A paper, and whether it was issued just now.
pub type Issued = (Filed, bool);

/// Issues a paper, or finds the one that was issued before.
pub async fn issue(app: &App, who: &Who, (asked, wanted): (For, Wanted)) -> Result<Issued, DocumentError> {
    once(|| try_issue(app, who, (asked, wanted))).await
}

/// Tries again if somebody else issued the same paper at the same moment: their number counts, and ours was never drawn.
pub(super) async fn once<A>(attempt: impl Fn() -> A) -> Result<Issued, DocumentError>
where
    A: Future<Output = Result<Issued, DocumentError>>,
{
    match attempt().await {
        Err(DocumentError::Db(error)) if ONCE.broken_by(&error) => attempt().await,
        outcome => outcome,
    }
}

async fn try_issue(app: &App, who: &Who, (asked, wanted): (For, Wanted)) -> Result<Issued, DocumentError> {
    let now = app.now();
    let txn = app.db.begin().await?;
    let whole = order(&txn, asked, wanted.order_id()).await?;
    let (kind, subject) = match wanted {
        Wanted::OfOrder(kind, order_id) => (kind, ("order", order_id.0)),
        Wanted::CreditNote(_, refund_id) => (Kind::CreditNote, ("refund", refund_id.0)),
    };
    if let Some(issued) = query::about(&txn, kind, subject).await? {
        return Ok((issued, false));
    }
    let facts = match wanted {
        Wanted::OfOrder(kind, _) => facts::of_order(&txn, kind, &whole, now).await?,
        Wanted::CreditNote(_, refund_id) => facts::of_refund(&txn, refund_id, &whole).await?,
    };
    let issued = write(app, &txn, who, facts, now).await?;
    if matches!(asked, For::Vendor(_)) {
        tell(&txn, &[told(&issued, &whole)], now).await?;
    }
    app.commit(txn).await?;
    Ok(((issued, None), true))
}

/// The order, as far as it is the business of whoever asks; what a shop entered by hand has no buyer to send papers to.
async fn order(txn: &DatabaseTransaction, asked: For, id: OrderId) -> Result<Whole, DocumentError> {
    let found = match asked {
        For::Buyer(buyer) => orders::of_buyer(txn, buyer, id).await?,
        For::Vendor(vendor) => orders::of_vendor(txn, vendor, id).await?,
        For::System => orders::of_system(txn, id).await?,
    };
    found.filter(|whole| whole.order.channel == Channel::Marketplace).ok_or(DocumentError::NotFound)
}

fn told(issued: &document::Model, whole: &Whole) -> News {
    News {
        to: Audience::User(whole.order.buyer_id),
        kind: "document.issued",
        object: ("document", issued.id.0),
        data: json!({"number": issued.number, "order": whole.order.number, "kind": issued.kind}),
    }
}

/// Draws the number and writes the paper down.
pub async fn write(
    app: &App,
    txn: &DatabaseTransaction,
    who: &Who,
    facts: Facts,
    now: DateTime<Utc>,
) -> Result<document::Model, DocumentError> {
    let id = DocumentId::generate();
    let year = model::year(now);
    let serial = numbers::draw(txn, (facts.issuer.0, facts.kind, year)).await?;
    let number = model::number(facts.kind, &facts.issuer.1, year, serial);
    let code = code();
    let person_sealed = match (&facts.person, facts.buyer_id) {
        (Some(value), Some(buyer)) => {
            let key = person::key(txn, &app.sealer, buyer, now).await?;
            Some(key.seal(&person_place(id), &value.to_string())?)
        }
        _ => None,
    };
    let data = whole_data(app, &facts, (&number, &code), now);
    let row = document::ActiveModel {
        id: Set(id),
        kind: Set(facts.kind),
        issuer_id: Set(facts.issuer.0),
        year: Set(year),
        serial: Set(serial),
        number: Set(number),
        code: Set(code),
        subject_kind: Set(facts.subject.0.to_owned()),
        subject_id: Set(facts.subject.1),
        vendor_id: Set(facts.vendor_id),
        buyer_id: Set(facts.buyer_id),
        total: Set(facts.total),
        data: Set(data.to_string()),
        person_sealed: Set(person_sealed),
        issued_by: Set(who.actor),
        issued_at: Set(now),
    };
    let issued = document::Entity::insert(row).exec_with_returning(txn).await?;
    jobs::enqueue(txn, vec![NewJob::now::<App, _>(now, &RenderDocument { document_id: id })?]).await?;
    let deed = Deed {
        action: "document.issued",
        object: ("document", id.0),
        detail: json!({"kind": issued.kind, "number": issued.number, "total": issued.total}),
    };
    audit::record(txn, &app.sealer, who, deed, now).await?;
    Ok(issued)
}

/// What every paper says besides: its number, the day, and where it can be checked.
fn whole_data(app: &App, facts: &Facts, (number, code): (&str, &str), now: DateTime<Utc>) -> Value {
    let base = app.config.server.base_url.as_str().trim_end_matches('/');
    let place = facts.data.get("issuer").and_then(|issuer| issuer["place"].as_str()).unwrap_or_default();
    let mut data = facts.data.clone();
    data.insert("number".to_owned(), number.into());
    data.insert("code".to_owned(), code.into());
    data.insert("date".to_owned(), model::long_date(now).into());
    data.insert("place".to_owned(), place.into());
    data.insert("platform".to_owned(), app.config.documents.platform_name.as_str().into());
    data.insert("verify_url".to_owned(), format!("{base}/v1/documents/verify/{code}/page").into());
    data.into()
}

/// What the QR code names: 128 bits, so that nobody finds papers by trying.
fn code() -> String {
    uuid::Uuid::from_bytes(random::bytes::<16>()).simple().to_string()
}

/// Where the personal values of a paper are sealed.
pub fn person_place(id: DocumentId) -> String {
    format!("documents.person:{id}")
}
