//! What a shop is owed: the balance, the statement, and the terms of one order.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::kernel::clock::{business_date, start_of_business_day};
use crate::kernel::fields::{Fault, number};
use crate::kernel::{CommissionRuleId, Fields, OrderId, OrderLineId, Problem, Rupiah, TaxRuleId, VendorId};
use crate::orders::OrderError;
use crate::orders::query as orders;
use crate::payments::ledger::{self, Standing};
use crate::platform::sheets::{self, Cell};
use crate::settlement::query;
use crate::settlement::query::statement::{Movement, Statement, statement};
use crate::tax;
use crate::tax::model::{Kind as TaxKind, Payer};
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, PathId, PathIds, Policy, ValidQuery};

const LEADS: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Payments);

pub const STATEMENT: Policy = LEADS;
pub const BALANCE: Policy = LEADS;
pub const TERMS: Policy = LEADS;

/// Most days of one statement.
const MOST_DAYS: i64 = 366;
/// Years that they may be in; what lies far outside is no moment of time.
const YEARS: (i32, i32) = (2000, 2199);

/// How a statement is answered.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum StatementFormat {
    #[default]
    Json,
    Csv,
    Xlsx,
}

#[derive(Default, Deserialize, IntoParams)]
#[serde(default, deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StatementQuery {
    /// The first day, in Jakarta; the first of this month if left out.
    from: Option<NaiveDate>,
    /// The last day; today if left out.
    to: Option<NaiveDate>,
    format: Option<StatementFormat>,
}

/// What the shop was owed, and every movement between.
#[derive(Serialize, ToSchema)]
pub(super) struct StatementOut {
    from: NaiveDate,
    to: NaiveDate,
    /// Below zero the shop owed.
    opening: i64,
    movements: Vec<Movement>,
    closing: i64,
}

/// What the shop has on its accounts.
#[derive(Serialize, ToSchema)]
pub(super) struct BalanceOut {
    /// Held until orders complete.
    held: i64,
    /// Owed to the shop.
    payable: i64,
    /// Owed by the shop.
    debt: i64,
}

/// What was frozen about an order when it was placed.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderTermsOut {
    buyer_total: Rupiah,
    seller_net: Rupiah,
    courier_net: Rupiah,
    commission: Rupiah,
    commission_tax: Rupiah,
    remitted_by_platform: Rupiah,
    withheld_by_treasurer: Rupiah,
    platform_discounts: Rupiah,
    commissions: Vec<OrderCommissionOut>,
    taxes: Vec<OrderTaxOut>,
}

/// What one rule takes.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderCommissionOut {
    rule_id: CommissionRuleId,
    base: Rupiah,
    rate_bp: i32,
    commission: Rupiah,
    tax: Rupiah,
}

/// One tax of one line, or of the shipping.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderTaxOut {
    order_line_id: Option<OrderLineId>,
    rule_id: TaxRuleId,
    kind: TaxKind,
    net: Rupiah,
    base: Rupiah,
    rate_num: i64,
    rate_den: i64,
    amount: Rupiah,
    payer: Payer,
    in_price: bool,
}

/// The statement of a shop, exactly as the books have it.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/statement", tag = "settlement",
    params(("vendor_id" = VendorId, Path), StatementQuery),
    responses((status = 200, body = StatementOut), (status = 422)))]
pub async fn get_vendor_statement(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
    ValidQuery(query): ValidQuery<StatementQuery>,
) -> Result<Response, Problem> {
    let (from, to) = period(&app, &query)?;
    let end = to.checked_add_days(Days::new(1)).unwrap_or(to);
    let moments = (start_of_business_day(from), start_of_business_day(end));
    let found = statement(app.db.read(), id, moments).await?;
    match query.format.unwrap_or_default() {
        StatementFormat::Json => {
            let Statement { opening, movements, closing } = found;
            Ok(Json(StatementOut { from, to, opening, movements, closing }).into_response())
        }
        StatementFormat::Csv => {
            let file = sheets::csv(&HEADER, &table(&found)).map_err(Problem::internal)?;
            Ok(attachment(file, "text/csv; charset=utf-8", &format!("laporan-{from}-{to}.csv")))
        }
        StatementFormat::Xlsx => {
            let file = sheets::xlsx(&HEADER, &table(&found)).map_err(Problem::internal)?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(attachment(file, kind, &format!("laporan-{from}-{to}.xlsx")))
        }
    }
}

/// What the shop has on its accounts now.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/balance", tag = "settlement", params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = BalanceOut)))]
pub async fn get_vendor_balance(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<BalanceOut>, Problem> {
    let Standing { held, payable, debt } = ledger::standing(app.db.read(), id).await?;
    Ok(Json(BalanceOut { held, payable, debt }))
}

/// What was frozen about one of the shop's orders: commission, taxes, and who gets what.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/orders/{order_id}/terms", tag = "settlement",
    params(("vendor_id" = VendorId, Path), ("order_id" = OrderId, Path)), responses((status = 200, body = OrderTermsOut), (status = 404)))]
pub async fn get_order_terms(
    State(app): State<App>,
    PathIds((vendor_id, id)): PathIds<(VendorId, OrderId)>,
) -> Result<Json<OrderTermsOut>, Problem> {
    let db = app.db.read();
    orders::of_vendor(db, vendor_id, id).await?.ok_or(OrderError::NotFound)?;
    let terms = query::terms(db, id).await?.ok_or(OrderError::NotFound)?;
    let commission = |row: crate::settlement::entity::order_commission::Model| OrderCommissionOut {
        rule_id: row.rule_id,
        base: row.base,
        rate_bp: row.rate_bp,
        commission: row.commission,
        tax: row.tax,
    };
    Ok(Json(OrderTermsOut {
        buyer_total: terms.buyer_total,
        seller_net: terms.seller_net,
        courier_net: terms.courier_net,
        commission: terms.commission,
        commission_tax: terms.commission_tax,
        remitted_by_platform: terms.remitted_by_platform,
        withheld_by_treasurer: terms.withheld_by_treasurer,
        platform_discounts: terms.platform_discounts,
        commissions: query::commissions(db, id).await?.into_iter().map(commission).collect(),
        taxes: tax::query::of_orders(db, [id]).await?.into_iter().map(OrderTaxOut::of).collect(),
    }))
}

const HEADER: [&str; 5] = ["waktu", "jenis", "pesanan", "jumlah", "saldo"];

fn table(statement: &Statement) -> Vec<Vec<Cell>> {
    let bound = |name: &str, balance: i64| {
        vec![Cell::from(""), Cell::from(name), Cell::from(""), Cell::from(""), Cell::from(balance)]
    };
    let mut rows = vec![bound("saldo awal", statement.opening)];
    for row in &statement.movements {
        let kind = serde_json::to_value(row.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned));
        rows.push(vec![
            Cell::from(row.at.to_rfc3339()),
            Cell::from(kind),
            Cell::from(row.order_number.clone()),
            Cell::from(row.amount),
            Cell::from(row.balance),
        ]);
    }
    rows.push(bound("saldo akhir", statement.closing));
    rows
}

fn attachment(file: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)];
    (headers, [(CACHE_CONTROL, "no-store")], file).into_response()
}

fn period(app: &App, query: &StatementQuery) -> Result<(NaiveDate, NaiveDate), Problem> {
    let mut fields = Fields::new();
    for (pointer, day) in [("?from", query.from), ("?to", query.to)] {
        fields.take_opt(pointer, day.map(|day| number(day.year(), YEARS.0, YEARS.1)));
    }
    fields.check()?;
    let today = business_date(app.now());
    let to = query.to.unwrap_or(today);
    let from = query.from.unwrap_or_else(|| to.with_day(1).unwrap_or(to));
    // Both days count.
    if from > to || (to - from).num_days() >= MOST_DAYS {
        let fault = Fault::new("out-of-range", "Paling lama satu tahun.", "At most a year.");
        return Err(Problem::field(fault.at("?from")));
    }
    Ok((from, to))
}

impl OrderTaxOut {
    fn of(row: tax::entity::order_tax::Model) -> Self {
        Self {
            order_line_id: row.order_line_id,
            rule_id: row.rule_id,
            kind: row.kind,
            net: row.net,
            base: row.base,
            rate_num: row.rate_num,
            rate_den: row.rate_den,
            amount: row.amount,
            payer: row.payer,
            in_price: row.in_price,
        }
    }
}
