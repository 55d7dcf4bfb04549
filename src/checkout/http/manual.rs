//! Sales that a shop made elsewhere, and what it sold in all.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, Days, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{OptionalNote, note_of};
use crate::app::App;
use crate::catalog::model::meal::HORIZON_DAYS;
use crate::checkout::service::{self, Entered, HandSale, HandSaleLine};
use crate::kernel::clock::{business_date, start_of_business_day};
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{Fields, OrderId, Phone, Problem, Rupiah, VariantId, VendorId};
use crate::orders::entity::event::Actor;
use crate::orders::entity::order::Channel;
use crate::orders::http::OrderStatusOut;
use crate::orders::query as orders_query;
use crate::platform::audit::Who;
use crate::web::authz::{VENDOR_LEADS, VENDOR_MEMBERS};
use crate::web::idempotency::Request;
use crate::web::{Area, Caller, IdempotencyKey, PathId, PathIds, Policy, ValidJson, ValidQuery};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Orders);

pub(super) const ENTER_MANUAL_ORDER: Policy = MEMBERS.idempotent();
pub(super) const VOID_MANUAL_ORDER: Policy = MEMBERS;
pub(super) const GET_TURNOVER: Policy =
    Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Orders);

/// Most lines of one sale.
const MAX_LINES: usize = 100;
/// How many days back a sale may have been.
const MAX_DAYS_BACK: u64 = 31;
/// Most pieces of a line.
const MAX_QUANTITY: i32 = 10_000;

/// A sale that was made elsewhere and paid in cash.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterManualOrder {
    channel: ManualChannel,
    /// The day on which it was sold, in the time of the regency: today when absent, at most 31 days back.
    #[serde(default)]
    sold_on: Option<NaiveDate>,
    /// The day for which portions are taken of what is made by the day: the day of the sale when absent. A day that is over has
    /// no portions left to take; what was sold on it counts as turnover only.
    #[serde(default)]
    date: Option<NaiveDate>,
    #[schema(min_items = 1, max_items = 100)]
    lines: Vec<ManualLine>,
    /// As much as the shop needs to find the buyer again; both may be left out.
    #[serde(default)]
    buyer_name: Option<String>,
    #[serde(default)]
    buyer_phone: Option<String>,
    #[serde(default)]
    note: Option<String>,
}

/// Where a shop sells besides this.
#[derive(Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ManualChannel {
    Phone,
    Whatsapp,
    MarketStall,
    Counter,
    Other,
}

/// One article that was sold.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ManualLine {
    variant_id: VariantId,
    #[schema(minimum = 1, maximum = 10_000)]
    quantity: i32,
    /// What was agreed for one piece; the shop's price when absent.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    unit_price: Option<i64>,
}

/// From when to when.
#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct TurnoverQuery {
    /// Sold at or after, RFC 3339.
    from: Option<DateTime<Utc>>,
    /// Sold before, RFC 3339.
    to: Option<DateTime<Utc>>,
}

/// What a shop sold: orders handed over, voided ones left out.
#[derive(Serialize, ToSchema)]
pub struct VendorTurnover {
    orders: i64,
    total: Rupiah,
    channels: Vec<ChannelTurnover>,
}

/// What a shop sold over one channel.
#[derive(Serialize, ToSchema)]
pub struct ChannelTurnover {
    channel: Channel,
    orders: i64,
    total: Rupiah,
}

/// Enter a sale that was made elsewhere, paid in cash. It takes stock and portions like every order.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/manual-orders", tag = "checkout", request_body = EnterManualOrder,
    params(("vendor_id" = VendorId, Path), ("idempotency-key" = String, Header)),
    responses((status = 201, body = Entered), (status = 409, description = "out-of-stock, in-progress"),
        (status = 422, description = "Invalid, key-reused")))]
pub(super) async fn enter_manual_order(
    State(app): State<App>,
    caller: Caller,
    PathId(vendor_id): PathId<VendorId>,
    key: IdempotencyKey,
    ValidJson(body): ValidJson<EnterManualOrder>,
) -> Result<Response, Problem> {
    let route = format!("POST /v1/vendors/{vendor_id}/manual-orders");
    let request = Request::new(caller.user_id, route, &key, &body);
    let sale = body.parse(app.now())?;
    service::enter(&app, (caller.user_id, vendor_id), request, sale).await
}

/// Call off a sale that the shop entered; stock and cash go back.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/manual-orders/{order_id}/void", tag = "checkout", request_body = Option<OptionalNote>,
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)),
    responses((status = 200, body = OrderStatusOut), (status = 404), (status = 409, description = "order-state")))]
pub(super) async fn void_manual_order(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathIds(ids): PathIds<(VendorId, OrderId)>,
    body: Option<ValidJson<OptionalNote>>,
) -> Result<Json<OrderStatusOut>, Problem> {
    let whole = service::void(&app, (caller.user_id, &who), ids, note_of(body)?).await?;
    Ok(Json(OrderStatusOut::of(&whole, Actor::Vendor, app.now())))
}

/// What the shop sold, here and elsewhere.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/turnover", tag = "checkout",
    params(("vendor_id" = VendorId, Path), TurnoverQuery), responses((status = 200, body = VendorTurnover)))]
pub(super) async fn get_vendor_turnover(
    State(app): State<App>,
    PathId(vendor_id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<TurnoverQuery>,
) -> Result<Json<VendorTurnover>, Problem> {
    let rows = orders_query::turnover(app.db.read(), vendor_id, query.from, query.to).await?;
    let total = Rupiah::sum(rows.iter().map(|row| row.total)).map_err(Problem::internal)?;
    let orders = rows.iter().map(|row| row.orders).sum();
    let channels = rows
        .into_iter()
        .map(|row| ChannelTurnover { channel: row.channel, orders: row.orders, total: row.total })
        .collect();
    Ok(Json(VendorTurnover { orders, total, channels }))
}

impl EnterManualOrder {
    fn parse(&self, now: DateTime<Utc>) -> Result<HandSale, Problem> {
        let mut fields = Fields::new();
        let (sold_at, date) = self.days(now, &mut fields);
        if self.lines.is_empty() || self.lines.len() > MAX_LINES {
            let fault = Fault::new("out-of-range", "Antara 1 dan 100 baris.", "Between 1 and 100 lines.");
            fields.push("/lines", fault);
        }
        let lines: Vec<HandSaleLine> =
            (0..self.lines.len()).filter_map(|index| self.line(index, &mut fields)).collect();
        let name = self.buyer_name.as_deref().map(|name| text(name, 2, 100, false));
        let name = fields.take_opt("/buyer_name", name);
        let phone = fields.take_opt("/buyer_phone", self.buyer_phone.as_deref().map(Phone::parse));
        let note = fields.take_opt("/note", self.note.as_deref().map(|note| text(note, 0, 300, true)));
        match (name, phone, note) {
            (Some(buyer_name), Some(phone), Some(note)) if !fields.any() => Ok(HandSale {
                channel: self.channel.into(),
                sold_at,
                date,
                lines,
                buyer_name,
                buyer_phone: phone.map(|phone| phone.as_str().to_owned()),
                note: note.filter(|note| !note.is_empty()),
            }),
            _ => Err(fields.into_problem()),
        }
    }

    /// When it was sold, and the day whose portions it takes. Of an earlier day its noon counts.
    fn days(&self, now: DateTime<Utc>, fields: &mut Fields) -> (DateTime<Utc>, Option<NaiveDate>) {
        let today = business_date(now);
        let sold_on = self.sold_on.unwrap_or(today);
        if sold_on > today || sold_on < today - Days::new(MAX_DAYS_BACK) {
            fields.push("/sold_on", wrong_sale_day());
        }
        if self.date.is_some_and(|date| date < sold_on || date > today + Days::new(HORIZON_DAYS)) {
            fields.push("/date", wrong_portion_day());
        }
        let sold_at =
            if sold_on == today { now } else { start_of_business_day(sold_on) + Duration::hours(12) };
        (sold_at, Some(self.date.unwrap_or(sold_on)).filter(|date| *date >= today))
    }

    fn line(&self, index: usize, fields: &mut Fields) -> Option<HandSaleLine> {
        let line = &self.lines[index];
        let at = |name: &str| format!("/lines/{index}/{name}");
        if self.lines[..index].iter().any(|other| other.variant_id == line.variant_id) {
            let fault = Fault::new("duplicate", "Varian disebut dua kali.", "This variant is named twice.");
            fields.push(at("variant_id"), fault);
        }
        let quantity = fields.take(&at("quantity"), number(line.quantity, 1, MAX_QUANTITY));
        let price = line.unit_price.map(crate::catalog::model::price);
        let unit_price = fields.take_opt(&at("unit_price"), price);
        Some(HandSaleLine { variant_id: line.variant_id, quantity: quantity?, unit_price: unit_price? })
    }
}

fn wrong_sale_day() -> Fault {
    Fault::new(
        "wrong-day",
        format!("Hari ini, atau paling lama {MAX_DAYS_BACK} hari yang lalu."),
        format!("Today, or at most {MAX_DAYS_BACK} days ago."),
    )
}

fn wrong_portion_day() -> Fault {
    Fault::new(
        "wrong-day",
        format!("Tidak sebelum hari penjualan, dan paling jauh {HORIZON_DAYS} hari ke depan."),
        format!("Not before the day of the sale, and at most {HORIZON_DAYS} days ahead."),
    )
}

impl From<ManualChannel> for Channel {
    fn from(channel: ManualChannel) -> Self {
        match channel {
            ManualChannel::Phone => Self::Phone,
            ManualChannel::Whatsapp => Self::Whatsapp,
            ManualChannel::MarketStall => Self::MarketStall,
            ManualChannel::Counter => Self::Counter,
            ManualChannel::Other => Self::Other,
        }
    }
}
