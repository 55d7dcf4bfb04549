//! The statement of a shop for a month: every movement on what it is owed and what it owes, as the ledger has it.

use sea_orm::{DatabaseTransaction, DbErr};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::facts::{self, Facts};
use super::issue::{Issued, once, write};
use crate::app::App;
use crate::documents::entity::document::Kind;
use crate::documents::error::DocumentError;
use crate::documents::model::{self, Month};
use crate::documents::query;
use crate::kernel::{Rupiah, VendorId};
use crate::payments::entity::transfer;
use crate::platform::audit::Who;
use crate::platform::news::{Audience, News, tell};
use crate::settlement::query::statement::{Statement, statement};

/// Issues the statement of a month that is over, or finds the one that was issued before: a shop has one a month.
pub async fn issue(
    app: &App,
    who: &Who,
    (vendor_id, month): (VendorId, Month),
) -> Result<Issued, DocumentError> {
    once(|| try_issue(app, who, (vendor_id, month))).await
}

async fn try_issue(
    app: &App,
    who: &Who,
    (vendor_id, month): (VendorId, Month),
) -> Result<Issued, DocumentError> {
    let now = app.now();
    let bounds = month.bounds();
    if bounds.1 > now {
        return Err(DocumentError::MonthNotOver);
    }
    let txn = app.db.begin().await?;
    let subject = ("statement", month.id_for(vendor_id));
    if let Some(issued) = query::about(&txn, Kind::VendorStatement, subject).await? {
        return Ok((issued, false));
    }
    let facts = gather(app, &txn, (vendor_id, month)).await?;
    let issued = write(app, &txn, who, facts, now).await?;
    let news = News {
        to: Audience::Vendor(vendor_id),
        kind: "statement.issued",
        object: ("document", issued.id.0),
        data: json!({"number": issued.number, "month": month.code()}),
    };
    tell(&txn, &[news], now).await?;
    app.commit(txn).await?;
    Ok(((issued, None), true))
}

async fn gather(
    app: &App,
    txn: &DatabaseTransaction,
    (vendor_id, month): (VendorId, Month),
) -> Result<Facts, DocumentError> {
    let (from, to) = month.bounds();
    let shop = facts::shop(txn, vendor_id).await?;
    let statement = statement(txn, vendor_id, (from, to)).await?;
    let settings = &app.config.documents;
    let last_day = to - chrono::Duration::seconds(1);
    let mut data = Map::new();
    data.insert(
        "issuer".to_owned(),
        json!({"name": settings.platform_name, "lines": [settings.platform_address], "marks": [],
            "place": settings.platform_place}),
    );
    data.insert("shop".to_owned(), json!({"name": shop.name}));
    data.insert("period".to_owned(), month.name().into());
    data.insert("opening".to_owned(), model::dots(statement.opening).into());
    data.insert("opening_date".to_owned(), model::short_date(from).into());
    data.insert("closing".to_owned(), model::dots(statement.closing).into());
    data.insert("closing_date".to_owned(), model::short_date(last_day).into());
    data.insert("movements".to_owned(), movements(&statement));
    data.insert("sums".to_owned(), sums(&statement));
    let closing = model::signed(statement.closing);
    data.insert("total".to_owned(), json!({"label": "Saldo akhir", "amount": closing}));
    Ok(Facts {
        kind: Kind::VendorStatement,
        issuer: (Uuid::nil(), "platform".to_owned()),
        subject: ("statement", month.id_for(vendor_id)),
        vendor_id: Some(vendor_id),
        buyer_id: None,
        total: Rupiah::new(statement.closing.max(0)).map_err(|error| DbErr::Custom(error.to_string()))?,
        data,
        person: None,
    })
}

fn movements(statement: &Statement) -> Value {
    let rows = statement.movements.iter().map(|row| {
        json!({"date": model::short_date(row.at), "label": label(row.kind), "order": row.order_number.as_deref().unwrap_or_default(),
            "amount": model::dots(row.amount), "balance": model::dots(row.balance)})
    });
    rows.collect()
}

fn sums(statement: &Statement) -> Value {
    let amounts = || statement.movements.iter().map(|row| row.amount);
    let (came, went) = (
        amounts().filter(|amount| *amount > 0).sum::<i64>(),
        amounts().filter(|amount| *amount < 0).sum::<i64>(),
    );
    let row = |label: &str, amount| json!({"label": label, "amount": model::signed(amount)});
    json!([row("Saldo awal", statement.opening), row("Menambah", came), row("Mengurangi", went)])
}

/// What moved, in words.
fn label(kind: transfer::Kind) -> &'static str {
    use transfer::Kind;
    match kind {
        Kind::Release => "Penjualan selesai",
        Kind::RefundDue => "Pengembalian kepada pembeli",
        Kind::RefundPaid => "Pengembalian dibayar",
        Kind::KeptByShop => "Tunai diterima toko",
        Kind::GivenBack | Kind::Recalled => "Penjualan dibatalkan",
        Kind::Commission => "Komisi",
        Kind::TaxWithheld => "Pajak yang dipungut",
        Kind::Netted => "Potongan utang toko",
        Kind::PayoutDue | Kind::PayoutPaid => "Pencairan dana",
        Kind::PayoutReturned => "Pencairan kembali",
        Kind::ToCourier => "Ongkos kirim untuk kurir",
        Kind::Discount => "Potongan ditanggung platform",
        Kind::Correction => "Koreksi",
        _ => "Mutasi lain",
    }
}
