//! What papers say: gathered once, when a paper is issued, and frozen with it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveEnum as _, DatabaseTransaction, DbErr};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::documents::entity::document::Kind;
use crate::documents::error::DocumentError;
use crate::documents::{model, query};
use crate::identity;
use crate::kernel::clock::business_date;
use crate::kernel::{RefundId, Rupiah, ShippingAddress, UserId, VendorId, region, words};
use crate::orders::entity::line;
use crate::orders::query::{self as orders, Whole};
use crate::payments;
use crate::payments::entity::refund;
use crate::tax;
use crate::tax::model::{Payer, stamp_duty, stamp_threshold};
use crate::vendors;
use crate::vendors::entity::vendor;

/// Everything that a paper will say, before it has a number.
pub struct Facts {
    /// What it is.
    pub kind: Kind,
    /// Who issues it: a shop, or the nil id for the platform; and the name in numbers.
    pub issuer: (Uuid, String),
    /// What it is about.
    pub subject: (&'static str, Uuid),
    /// The shop.
    pub vendor_id: Option<VendorId>,
    /// The buyer.
    pub buyer_id: Option<UserId>,
    /// What it amounts to.
    pub total: Rupiah,
    /// Without personal values.
    pub data: Map<String, Value>,
    /// The buyer: name and address.
    pub person: Option<Value>,
}

/// What an invoice, a receipt or a packing slip of an order says.
pub async fn of_order(
    txn: &DatabaseTransaction,
    kind: Kind,
    whole: &Whole,
    now: DateTime<Utc>,
) -> Result<Facts, DocumentError> {
    let order = &whole.order;
    if !kind.fits(order.status, order.payment_method) {
        return Err(DocumentError::TooEarly);
    }
    let shop = shop(txn, order.vendor_id).await?;
    let mut data = head(&shop, whole);
    data.insert("lines".to_owned(), lines(whole));
    data.insert("sums".to_owned(), sums(whole));
    data.insert("taxes".to_owned(), taxes(txn, whole).await?);
    data.insert("purpose".to_owned(), purpose(whole).into());
    if kind == Kind::Receipt {
        data.extend(stamp(txn, order.total, now).await?);
    }
    amount(&mut data, "Jumlah", order.total);
    Ok(Facts {
        kind,
        issuer: (shop.id.0, shop.slug),
        subject: ("order", order.id.0),
        vendor_id: Some(order.vendor_id),
        buyer_id: Some(order.buyer_id),
        total: order.total,
        data,
        person: Some(buyer(txn, whole).await?),
    })
}

/// What a credit note about a refund says.
pub async fn of_refund(
    txn: &DatabaseTransaction,
    refund_id: RefundId,
    whole: &Whole,
) -> Result<Facts, DocumentError> {
    let refund = query::refund(txn, refund_id).await?;
    let refund = refund.filter(|refund| refund.order_id == whole.order.id).ok_or(DocumentError::NotFound)?;
    let shop = shop(txn, whole.order.vendor_id).await?;
    let mut data = head(&shop, whole);
    data.insert("sums".to_owned(), given_back(txn, &refund, whole).await?);
    amount(&mut data, "Dikembalikan kepada pembeli", refund.amount);
    Ok(Facts {
        kind: Kind::CreditNote,
        issuer: (shop.id.0, shop.slug),
        subject: ("refund", refund.id.0),
        vendor_id: Some(whole.order.vendor_id),
        buyer_id: Some(whole.order.buyer_id),
        total: refund.amount,
        data,
        person: Some(buyer(txn, whole).await?),
    })
}

/// The value of the order, and what of it goes back for which article.
async fn given_back(
    txn: &DatabaseTransaction,
    refund: &refund::Model,
    whole: &Whole,
) -> Result<Value, DocumentError> {
    let value = format!("Nilai pesanan {}", whole.order.number);
    let mut rows = vec![json!({"label": value, "amount": whole.order.total.to_string()})];
    let back = payments::query::refund_lines_of(txn, whole.order.id).await?;
    for part in back.iter().filter(|part| part.refund_id == refund.id && !part.amount.is_zero()) {
        let sold = whole.lines.iter().find(|line| Some(line.id) == part.order_line_id);
        let label = sold
            .map_or_else(|| "Pengembalian ongkos kirim".to_owned(), |line| given_for(part.quantity, line));
        rows.push(json!({"label": label, "amount": part.amount.to_string()}));
    }
    Ok(rows.into())
}

/// What the money was for: pieces that came back, or a part of the price.
fn given_for(quantity: i32, line: &line::Model) -> String {
    match quantity {
        0 => format!("Potongan harga {}", line.title),
        _ => format!("Pengembalian {quantity} {} {}", line.unit, line.title),
    }
}

/// What a receipt says about stamp duty, by the rules of its day; the duty itself is the payer's.
async fn stamp(
    txn: &DatabaseTransaction,
    total: Rupiah,
    now: DateTime<Utc>,
) -> Result<Map<String, Value>, DbErr> {
    let today = business_date(now);
    let rules = tax::query::rules_on(txn, today).await?;
    let duty = stamp_duty(&rules, today, total);
    Ok(Map::from_iter([
        ("stamp".to_owned(), (!duty.is_zero()).into()),
        ("stamp_duty".to_owned(), duty.to_string().into()),
        ("stamp_above".to_owned(), stamp_threshold(&rules, today).to_string().into()),
    ]))
}

/// The amount of a paper, in figures and in words.
pub fn amount(data: &mut Map<String, Value>, label: &str, total: Rupiah) {
    data.insert("total".to_owned(), json!({"label": label, "amount": total.to_string()}));
    data.insert("words".to_owned(), words::in_words(total).into());
}

/// A shop with what stands in the head of its papers.
pub async fn shop(txn: &DatabaseTransaction, id: VendorId) -> Result<vendor::Model, DocumentError> {
    vendors::query::find(txn, id).await?.ok_or(DocumentError::NotFound)
}

fn head(shop: &vendor::Model, whole: &Whole) -> Map<String, Value> {
    let order = &whole.order;
    let mut data = Map::new();
    data.insert("issuer".to_owned(), letterhead(shop));
    data.insert(
        "order".to_owned(),
        json!({"number": order.number, "date": model::long_date(order.placed_at),
            "payment": model::payment(order.payment_method), "delivery": model::delivery(order.delivery_method)}),
    );
    data
}

/// The head of a shop's papers: what anybody may know about it.
fn letterhead(shop: &vendor::Model) -> Value {
    let place = region::name_of(&shop.district_code).unwrap_or_default();
    let mut lines = vec![shop.address_line.clone()];
    lines.push(format!("{place} {}", shop.post_code.as_deref().unwrap_or_default()).trim().to_owned());
    let mut marks = vec![format!("Telepon {}", shop.phone)];
    if let Some(nib) = &shop.nib {
        marks.push(format!("NIB {nib}"));
    }
    json!({"name": shop.name, "lines": lines, "marks": marks, "place": place})
}

fn lines(whole: &Whole) -> Value {
    let sold = whole.lines.iter().filter(|line| line.parent_id.is_none());
    let lines = (1..).zip(sold).map(|(number, line)| {
        json!({"no": number, "title": line.title, "detail": detail(line, whole), "sku": line.sku,
            "quantity": line.quantity.to_string(), "unit": line.unit,
            "price": model::dots(line.unit_price.get()), "total": model::dots(line.line_total.get())})
    });
    lines.collect()
}

/// The chosen options, and what a bundle is made of. What the buyer wished for is personal and not repeated here.
fn detail(line: &line::Model, whole: &Whole) -> String {
    let options: Map<String, Value> = serde_json::from_str(&line.options).unwrap_or_default();
    let mut parts: Vec<String> = options
        .iter()
        .map(|(name, value)| {
            format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        })
        .collect();
    let inside = whole.lines.iter().filter(|part| part.parent_id == Some(line.id));
    parts.extend(inside.map(|part| format!("{} {} {}", part.quantity, part.unit, part.title)));
    parts.join("; ")
}

fn sums(whole: &Whole) -> Value {
    let order = &whole.order;
    let row = |label: &str, amount: String| json!({"label": label, "amount": amount});
    let mut rows = vec![
        row("Barang", order.goods_total.to_string()),
        row("Ongkos kirim", order.shipping_total.to_string()),
    ];
    if !order.discount_total.is_zero() {
        rows.push(row("Potongan", format!("-{}", order.discount_total)));
    }
    if !order.tax_total.is_zero() {
        rows.push(row("Pajak", order.tax_total.to_string()));
    }
    rows.into()
}

/// The taxes as they were frozen when the order was placed, summed up by kind and by who hands them on.
async fn taxes(txn: &DatabaseTransaction, whole: &Whole) -> Result<Value, DocumentError> {
    let mut sums: BTreeMap<(String, String), (i64, i64)> = BTreeMap::new();
    for row in tax::query::of_orders(txn, [whole.order.id]).await? {
        // What the shop owes on its own income is not the buyer's to see.
        if row.in_price || row.payer != Payer::Seller {
            let sum = sums.entry((row.kind.to_value(), row.payer.to_value())).or_default();
            *sum = (sum.0 + row.base.get(), sum.1 + row.amount.get());
        }
    }
    let line = |((kind, payer), (base, amount)): ((String, String), (i64, i64))| {
        let (name, by) = (model::tax(&kind), model::remitter(&payer));
        format!(
            "{name}: dasar pengenaan {}, pajak {}, disetor oleh {by}.",
            model::signed(base),
            model::signed(amount)
        )
    };
    Ok(sums.into_iter().map(line).collect())
}

fn purpose(whole: &Whole) -> String {
    let mut sold = whole.lines.iter().filter(|line| line.parent_id.is_none());
    let first = sold.next().map(|line| format!("{} {} {}", line.quantity, line.unit, line.title));
    let more = match sold.count() {
        0 => String::new(),
        more => format!(" dan {more} barang lain"),
    };
    format!("Pesanan {}: {}{more}", whole.order.number, first.unwrap_or_default())
}

/// Name and address of the buyer. Whoever bought for an office is named as the person who receives.
async fn buyer(txn: &DatabaseTransaction, whole: &Whole) -> Result<Value, DocumentError> {
    let person = identity::query::user(txn, whole.order.buyer_id).await?;
    let purchase = orders::purchase_behind(txn, &whole.order).await?;
    let purchase = purchase.ok_or_else(|| DbErr::RecordNotFound("the purchase of an order".to_owned()))?;
    let to: ShippingAddress = serde_json::from_str(&purchase.shipping_address)?;
    let place = region::name_of(&to.district_code).unwrap_or_default();
    let post_code = to.post_code.as_deref().unwrap_or_default();
    let lines = [
        format!("u.p. {}", to.recipient),
        to.line,
        format!("{place} {post_code}").trim().to_owned(),
        to.phone,
    ];
    let name = person.map_or_else(|| to.recipient.clone(), |person| person.name);
    Ok(json!({"name": name, "lines": lines}))
}
