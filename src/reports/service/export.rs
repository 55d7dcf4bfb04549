//! Everything that is known about a person, as one archive.
//!
//! Read before the transaction that writes it down: an archive takes a while, and others want to write.

use serde::Serialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::cart;
use crate::identity;
use crate::identity::service::throttle::{self, Counter};
use crate::kernel::UserId;
use crate::orders::query::{self as orders, Whole};
use crate::payments::query as payments;
use crate::platform::audit::{self, Deed, Who};
use crate::platform::person;
use crate::platform::sealed::Sealer;
use crate::reports::error::ReportError;
use crate::reports::model::Archive;
use crate::reports::query;

/// Rows that are in memory at once; whoever has fewer takes a fixed number of statements.
const PAGE: u64 = 500;

/// Gathers the archive of a person, and writes down that it was handed out.
pub async fn export(app: &App, who: &Who, user_id: UserId) -> Result<Vec<u8>, ReportError> {
    throttle::pass(app, &[Counter::exports(app, user_id)]).await.map_err(ReportError::from)?;
    let mut archive = Archive::new();
    account(app, user_id, &mut archive).await?;
    said(app, user_id, &mut archive).await?;
    purchases(app, user_id, &mut archive).await?;
    bought(app, user_id, &mut archive).await?;
    paid(app, user_id, &mut archive).await?;
    written(app, user_id, &mut archive).await?;
    acts(app, user_id, &mut archive).await?;
    let bytes = archive.finish()?;
    let deed = Deed {
        action: "person.exported",
        object: ("user", user_id.into()),
        detail: json!({"bytes": bytes.len()}),
    };
    let txn = app.db.begin().await?;
    audit::record(&txn, &app.sealer, who, deed, app.now()).await?;
    app.commit(txn).await?;
    Ok(bytes)
}

/// True if there may be another page.
fn is_full<T>(page: &[T]) -> bool {
    page.len() as u64 == PAGE
}

fn add<T>(
    archive: &mut Archive,
    name: &str,
    rows: &[T],
    show: impl Fn(&T) -> Value,
) -> Result<(), ReportError> {
    let rows: Vec<Value> = rows.iter().map(show).collect();
    archive.add(name, &rows)
}

/// The account and what belongs to it; secrets and their hashes are not the person's to have.
async fn account(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let db = app.db.read();
    let user = query::account(db, id).await?.ok_or(identity::IdentityError::NoSuchAccount)?;
    let factor = query::factor(db, id).await?;
    archive.add(
        "profile",
        &json!({"id": user.id, "name": user.name, "email": user.email, "phone": user.phone,
            "email_verified_at": user.email_verified_at, "phone_verified_at": user.phone_verified_at,
            "created_at": user.created_at, "second_factor_since": factor.and_then(|factor| factor.confirmed_at)}),
    )?;
    add(archive, "sessions", &query::sessions(db, id).await?, |row| {
        json!({"id": row.id, "device": row.device, "address": row.address, "network": row.network,
            "created_at": row.created_at, "last_used_at": row.last_used_at, "expires_at": row.expires_at,
            "revoked_at": row.revoked_at, "second_factor": row.second_factor})
    })?;
    add(
        archive,
        "consents",
        &query::consents(db, id).await?,
        |row| json!({"kind": row.kind, "version": row.version, "given": row.given, "at": row.created_at}),
    )?;
    add(archive, "addresses", &identity::query::addresses(db, id).await?, |row| {
        json!({"id": row.id, "label": row.label, "address": row.shipping(), "is_default": row.is_default,
            "created_at": row.created_at, "updated_at": row.updated_at})
    })?;
    add(archive, "memberships", &query::memberships(db, id).await?, |row| {
        json!({"scope": row.scope, "scope_id": row.scope_id, "role": row.role, "permissions": row.permissions,
            "decree": row.decree, "valid_from": row.valid_from, "valid_to": row.valid_to, "since": row.created_at})
    })?;
    add(archive, "api_keys", &query::api_keys(db, id).await?, |row| {
        json!({"id": row.id, "name": row.name, "prefix": row.prefix, "scopes": row.scopes,
            "created_at": row.created_at, "expires_at": row.expires_at, "last_used_at": row.last_used_at,
            "revoked_at": row.revoked_at})
    })?;
    add(archive, "contact_changes", &query::contact_changes(db, id).await?, |row| {
        json!({"kind": row.kind, "new_value": row.new_value, "old_value": row.old_value,
            "created_at": row.created_at, "done_at": row.done_at})
    })?;
    add(
        archive,
        "cart",
        &cart::query::open_lines(db, id).await?,
        |row| json!({"variant_id": row.variant_id, "quantity": row.quantity, "note": row.note, "added_at": row.added_at}),
    )
}

/// What the person said about listings and shops, and which shops the person claimed.
async fn said(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let db = app.db.read();
    add(archive, "content_reports", &query::content_reports(db, id).await?, |row| {
        json!({"id": row.id, "kind": row.kind, "object_id": row.object_id, "reason": row.reason, "text": row.text,
            "status": row.status, "outcome": row.outcome, "note": row.note, "created_at": row.created_at,
            "closed_at": row.closed_at})
    })?;
    add(
        archive,
        "claims",
        &query::claims(db, id).await?,
        |row| json!({"vendor_id": row.vendor_id, "method": row.method, "created_at": row.created_at}),
    )?;
    add(
        archive,
        "claim_codes",
        &query::claim_codes(db, id).await?,
        |row| json!({"vendor_id": row.vendor_id, "used_at": row.used_at}),
    )
}

async fn purchases(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let mut list = archive.list("purchases")?;
    let mut after = None;
    loop {
        let page = orders::purchases_after(app.db.read(), id, after, PAGE).await?;
        for row in &page {
            let address: Value = serde_json::from_str(&row.shipping_address).map_err(ReportError::archive)?;
            list.push(&json!({"id": row.id, "payment_method": row.payment_method, "goods": row.goods_total,
                "shipping": row.shipping_total, "tax": row.tax_total, "discount": row.discount_total,
                "total": row.total, "shipping_address": address, "created_at": row.created_at}))?;
        }
        after = page.last().map(|row| row.id);
        if !is_full(&page) {
            return list.close();
        }
    }
}

async fn bought(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let mut list = archive.list("orders")?;
    let mut after = None;
    loop {
        let page = orders::orders_after(app.db.read(), id, after, PAGE).await?;
        for whole in &page {
            list.push(&order(whole))?;
        }
        after = page.last().map(|whole| whole.order.id);
        if !is_full(&page) {
            return list.close();
        }
    }
}

fn order(whole: &Whole) -> impl Serialize + use<> {
    let row = &whole.order;
    let lines = whole.lines.iter().map(|line| {
        json!({"title": line.title, "sku": line.sku, "options": line.options, "unit": line.unit,
            "unit_price": line.unit_price, "quantity": line.quantity, "total": line.line_total, "note": line.note,
            "personalisation": line.personalisation})
    });
    json!({"id": row.id, "number": row.number, "purchase_id": row.purchase_id, "vendor_id": row.vendor_id,
        "status": row.status, "goods": row.goods_total, "shipping": row.shipping_total, "tax": row.tax_total,
        "discount": row.discount_total, "total": row.total, "delivery_method": row.delivery_method,
        "delivery_date": row.delivery_date, "delivery_window": row.delivery_window,
        "placed_at": row.placed_at, "lines": lines.collect::<Vec<_>>()})
}

async fn paid(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let mut list = archive.list("payments")?;
    let mut after = None;
    loop {
        let page = payments::payments_after(app.db.read(), id, after, PAGE).await?;
        for row in &page {
            list.push(&json!({"id": row.id, "purchase_id": row.purchase_id, "method": row.method,
                "status": row.status, "amount": row.amount, "refunded": row.refunded, "paid_at": row.paid_at,
                "note": row.note, "created_at": row.created_at}))?;
        }
        after = page.last().map(|row| row.id);
        if !is_full(&page) {
            return list.close();
        }
    }
}

/// What the person wrote to shops, or to buyers of a shop.
async fn written(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let mut list = archive.list("messages")?;
    let mut after = None;
    loop {
        let page = orders::talk::written_after(app.db.read(), id, after, PAGE).await?;
        for row in &page {
            list.push(&json!({"conversation_id": row.conversation_id, "order_id": row.order_id,
                "product_id": row.product_id, "text": row.text, "at": row.created_at}))?;
        }
        after = page.last().map(|row| row.id);
        if !is_full(&page) {
            return list.close();
        }
    }
}

/// What the person did, with the addresses that the person's key opens.
async fn acts(app: &App, id: UserId, archive: &mut Archive) -> Result<(), ReportError> {
    let key = person::find(app.db.read(), &app.sealer, id).await?;
    let mut list = archive.list("audit")?;
    let mut after = None;
    loop {
        let page = query::acts_after(app.db.read(), id, after, PAGE).await?;
        for row in &page {
            list.push(&act(row, key.as_ref()))?;
        }
        after = page.last().map(|row| row.id);
        if !is_full(&page) {
            return list.close();
        }
    }
}

fn act(row: &audit::entity::Model, key: Option<&Sealer>) -> Value {
    let address = key
        .zip(row.address_sealed.as_ref())
        .and_then(|(key, sealed)| key.open(&audit::address_place(row.id), sealed).ok());
    json!({"at": row.created_at, "action": row.action, "acting_as": row.acting_as,
        "object_kind": row.object_kind, "object_id": row.object_id, "address": address})
}
