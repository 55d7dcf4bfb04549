//! Codes to the phone on record. Whoever asks is not told whether there is such a shop or phone.

use chrono::{DateTime, Duration, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, DatabaseTransaction, DbErr, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, Set,
};

use crate::app::App;
use crate::identity::model::Device;
use crate::identity::service::throttle::{self, Counter};
use crate::kernel::{ClaimCodeId, Phone, VendorId};
use crate::office::entity::claim;
use crate::office::entity::claim_code::{ActiveModel, Column, Entity, Kind};
use crate::office::error::OfficeError;
use crate::office::jobs::SendClaimCode;
use crate::platform::jobs::{NewJob, enqueue};
use crate::platform::messages::{Address, Message};
use crate::platform::random;
use crate::vendors::entity::vendor;
use crate::vendors::query::named;

/// Codes that a shop is sent in a day. Each can be tried a few times, so this bounds guessing, whoever asks from wherever.
const MOST_A_DAY: u64 = 5;

/// Asks for a code to the phone of a shop, known or not.
pub async fn ask(app: &App, shop: &str, device: &Device) -> Result<(), OfficeError> {
    throttle::pass(app, &Counter::codes(app, &shop.to_lowercase(), device)).await?;
    let now = app.now();
    let txn = app.db.begin().await?;
    enqueue(&txn, vec![NewJob::now(now, &SendClaimCode { shop: shop.to_owned() })?]).await?;
    Ok(app.commit(txn).await?)
}

/// What is stored of a code that was sent: it is short, so its hash needs a key, and the id makes equal codes differ.
pub(super) fn phone_hash(app: &App, id: ClaimCodeId, code: &str) -> String {
    app.sealer.index("claim_codes.phone", &format!("{id}:{code}"))
}

/// Makes the code and the message, if the shop waits for its owner and has a phone.
pub async fn send(app: &App, shop: &str) -> Result<Option<Message>, OfficeError> {
    let now = app.now();
    let Some(which) = named(shop) else {
        return Ok(None);
    };
    let txn = app.db.begin().await?;
    let found = vendor::Entity::find()
        .filter(which)
        .filter(vendor::Column::Status.eq(vendor::Status::Unclaimed))
        .lock_exclusive()
        .one(&txn)
        .await?;
    let Some((shop, phone)) =
        found.and_then(|shop| Some((shop.id, (Phone::parse(&shop.phone).ok()?, shop.name))))
    else {
        return Ok(None);
    };
    let of_shop = Condition::all().add(Column::VendorId.eq(shop)).add(Column::Kind.eq(Kind::Phone));
    let today = Entity::find().filter(of_shop.clone()).filter(Column::CreatedAt.gt(now - Duration::days(1)));
    if today.count(&txn).await? >= MOST_A_DAY {
        return Ok(None);
    }
    void(&txn, of_shop, now).await?;
    let (id, code) = (ClaimCodeId::generate(), random::code());
    let ttl = Duration::from_std(app.config.auth.code_ttl).unwrap_or(Duration::minutes(10));
    let hash = phone_hash(app, id, &code);
    Entity::insert(row(id, shop, (Kind::Phone, hash), (now, now + ttl))).exec_without_returning(&txn).await?;
    app.commit(txn).await?;
    let (phone, name) = phone;
    let text = format!(
        "Lapak: kode untuk mengambil alih toko {name}: {code}. Berlaku {} menit; jangan berikan kepada siapa pun. Code to claim this shop: {code}. Never share it.",
        ttl.num_minutes()
    );
    Ok(Some(Message { to: Address::Phone(phone), subject: "Kode toko Anda".to_owned(), text }))
}

/// What the phone on record is told when somebody became the owner.
pub async fn told(app: &App, id: VendorId) -> Result<Option<Message>, OfficeError> {
    let shop = vendor::Entity::find_by_id(id).one(app.db.read()).await?;
    let claimed = claim::Entity::find_by_id(id).one(app.db.read()).await?;
    let Some((shop, claimed)) = shop.zip(claimed) else {
        return Ok(None);
    };
    // Not the phone that the new owner may have entered by now.
    let Ok(phone) = Phone::parse(&claimed.phone) else {
        return Ok(None);
    };
    let name = shop.name;
    let text = format!(
        "Lapak: toko {name} kini dikelola oleh pemiliknya di Lapak. Jika itu bukan Anda, segera hubungi Dinas. \
         The shop {name} now has an owner on Lapak. If this is not you, tell the office at once."
    );
    Ok(Some(Message { to: Address::Phone(phone), subject: "Toko Anda".to_owned(), text }))
}

pub(super) fn row(
    id: ClaimCodeId,
    vendor_id: VendorId,
    (kind, hash): (Kind, String),
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> ActiveModel {
    ActiveModel {
        id: Set(id),
        vendor_id: Set(vendor_id),
        kind: Set(kind),
        hash: Set(hash),
        attempts: Set(0),
        created_at: Set(now),
        expires_at: Set(expires_at),
        created_by: Set(None),
        used_at: Set(None),
        used_by: Set(None),
    }
}

/// Voids codes that were not used.
pub(super) async fn void(
    txn: &DatabaseTransaction,
    which: Condition,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(which.add(Column::UsedAt.is_null()))
        .exec(txn)
        .await?;
    Ok(())
}
