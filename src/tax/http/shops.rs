//! What shops declare, what the office records about them, and the turnover of the year.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::catalog::entity::category::TaxClass;
use crate::kernel::clock::business_date;
use crate::kernel::fields::{Fault, number, text};
use crate::kernel::{ExemptionId, Fields, Problem, Rupiah, VendorId};
use crate::platform::audit::Who;
use crate::tax::entity::letter;
use crate::tax::error::TaxError;
use crate::tax::model::{Kind, Scheme, check_days, stamp_duty, turnover_tax};
use crate::tax::service::NewLetter;
use crate::tax::{query, service};
use crate::vendors::entity::vendor::LegalForm;
use crate::web::authz::VENDOR_LEADS;
use crate::web::{Area, Caller, PathId, Policy, Role, ValidJson, ValidQuery};

pub const READ: Policy = Policy::any_of(VENDOR_LEADS).on("vendor", "vendor_id").area(Area::Shop);
pub const SET: Policy = READ;
pub const STATE: Policy = Policy::any_of(&[Role::VendorOwner]).on("vendor", "vendor_id");
pub const RECORD: Policy =
    Policy::any_of(&[Role::Finance, Role::Officer]).on("vendor", "vendor_id").step_up().area(Area::Office);
pub const STAMP: Policy = Policy::PUBLIC;

/// The taxes of a shop.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorTaxOut {
    /// As the shop says; unknown if it said nothing.
    owes_pbjt: Option<bool>,
    year: i32,
    /// Sold here this year and completed, without taxes.
    turnover: i64,
    /// What an individual may turn over in a year without income tax.
    threshold: Rupiah,
    /// When the turnover of this year crossed it.
    crossed_at: Option<DateTime<Utc>>,
    /// The final tax on this year's turnover here, if it applies to the shop; for its own reckoning, nothing is collected by it.
    final_tax: Rupiah,
    letters: Vec<TaxLetterOut>,
}

/// A letter in its time.
#[derive(Serialize, ToSchema)]
pub(super) struct TaxLetterOut {
    id: ExemptionId,
    kind: letter::Kind,
    document_no: Option<String>,
    valid_from: String,
    valid_to: String,
    recorded_at: DateTime<Utc>,
}

/// What a shop says about its taxes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VendorTaxIn {
    /// The shop is registered for the regional tax on catered food.
    owes_pbjt: bool,
}

/// A statement of a shop about its turnover in a year.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TurnoverStatement {
    #[schema(minimum = 2025, maximum = 2100, example = 2026)]
    year: i32,
    /// True: it crossed the threshold. False: it stays below.
    crossed: bool,
}

/// A letter of the tax office about a shop.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewTaxLetter {
    kind: OfficeLetter,
    #[schema(min_length = 3, max_length = 60)]
    document_no: String,
    valid_from: NaiveDate,
    valid_to: NaiveDate,
}

/// What the tax office can say.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum OfficeLetter {
    /// Nothing is withheld (SKB).
    Exempt,
    /// The final tax instead (Surat Keterangan PP 55).
    FinalTax,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StampQuery {
    /// The amount that the document says.
    amount: i64,
}

/// Stamp duty on a document.
#[derive(Serialize, ToSchema)]
pub(super) struct StampDutyOut {
    amount: Rupiah,
    duty: Rupiah,
}

/// Show what the shop declared, and its turnover of this year.
#[utoipa::path(get, path = "/v1/vendors/{vendor_id}/tax", tag = "tax", params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = VendorTaxOut)))]
pub async fn get_vendor_tax(
    State(app): State<App>,
    PathId(id): PathId<VendorId>,
) -> Result<Json<VendorTaxOut>, Problem> {
    Ok(Json(shown(&app, id).await?))
}

/// Say whether the shop is registered for the regional tax on catered food.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/tax", tag = "tax", params(("vendor_id" = VendorId, Path)),
    request_body = VendorTaxIn, responses((status = 200, body = VendorTaxOut)))]
pub async fn set_vendor_tax(
    State(app): State<App>,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<VendorTaxIn>,
) -> Result<Json<VendorTaxOut>, Problem> {
    service::set_profile(&app, &who, id, body.owes_pbjt).await?;
    Ok(Json(shown(&app, id).await?))
}

/// State that the turnover of a year stays below the threshold, or that it crossed it. Each once a year.
#[utoipa::path(post, path = "/v1/vendors/{vendor_id}/tax/statements", tag = "tax", params(("vendor_id" = VendorId, Path)),
    request_body = TurnoverStatement, responses((status = 201, body = TaxLetterOut),
        (status = 409, description = "tax-statement-exists"), (status = 422)))]
pub async fn state_turnover(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<TurnoverStatement>,
) -> Result<(StatusCode, Json<TaxLetterOut>), Problem> {
    let year = number(body.year, 2025, 2100).map_err(|fault| Problem::field(fault.at("/year")))?;
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    let (kind, from) = if body.crossed {
        (letter::Kind::Crossed, business_date(app.now()).clamp(day(1, 1), day(12, 31)))
    } else {
        (letter::Kind::LowTurnover, day(1, 1))
    };
    let new = NewLetter { kind, document_no: None, valid: (from, day(12, 31)) };
    let row = service::add_letter(&app, (caller.user_id, &who), id, new).await?;
    Ok((StatusCode::CREATED, Json(TaxLetterOut::of(row))))
}

/// Record a letter of the tax office about a shop.
#[utoipa::path(post, path = "/v1/admin/vendors/{vendor_id}/tax-letters", tag = "tax", params(("vendor_id" = VendorId, Path)),
    request_body = NewTaxLetter, responses((status = 201, body = TaxLetterOut),
        (status = 409, description = "tax-statement-exists"), (status = 422)))]
pub async fn record_tax_letter(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<NewTaxLetter>,
) -> Result<(StatusCode, Json<TaxLetterOut>), Problem> {
    let mut fields = Fields::new();
    let document_no = fields.take("/document_no", text(&body.document_no, 3, 60, false));
    check_days(&mut fields, (body.valid_from, Some(body.valid_to)));
    fields.check()?;
    let kind = match body.kind {
        OfficeLetter::Exempt => letter::Kind::Exempt,
        OfficeLetter::FinalTax => letter::Kind::FinalTax,
    };
    let new = NewLetter { kind, document_no, valid: (body.valid_from, body.valid_to) };
    let row = service::add_letter(&app, (caller.user_id, &who), id, new).await?;
    Ok((StatusCode::CREATED, Json(TaxLetterOut::of(row))))
}

/// Say whether a receipt over an amount needs a stamp.
#[utoipa::path(get, path = "/v1/stamp-duty", tag = "tax", params(StampQuery), responses((status = 200, body = StampDutyOut), (status = 422)))]
pub async fn get_stamp_duty(
    State(app): State<App>,
    ValidQuery(query): ValidQuery<StampQuery>,
) -> Result<Json<StampDutyOut>, Problem> {
    let amount = number(query.amount, 0, Rupiah::MAX.get())
        .ok()
        .and_then(|amount| Rupiah::new(amount).ok())
        .ok_or_else(|| {
            let fault = Fault::new("out-of-range", "Jumlah tidak sah.", "This amount cannot be.");
            Problem::field(fault.at("?amount"))
        })?;
    let rules = query::rules(app.db.read()).await?;
    Ok(Json(StampDutyOut { amount, duty: stamp_duty(&rules, business_date(app.now()), amount) }))
}

async fn shown(app: &App, id: VendorId) -> Result<VendorTaxOut, Problem> {
    let (db, today) = (app.db.read(), business_date(app.now()));
    let shop = crate::vendors::query::find(db, id).await?.ok_or(TaxError::NotFound)?;
    let year = query::year(db, id, today.year()).await?;
    let rules = query::rules(db).await?;
    let turnover = year.as_ref().map_or(0, |year| year.turnover);
    let rule = rules.find(today, (Scheme::Turnover, Kind::PphFinal), TaxClass::None);
    let sold = Rupiah::new(turnover.max(0)).map_err(Problem::internal)?;
    Ok(VendorTaxOut {
        owes_pbjt: query::profile(db, id).await?.map(|row| row.owes_pbjt),
        year: today.year(),
        turnover,
        threshold: rule.and_then(|rule| rule.threshold).unwrap_or(Rupiah::ZERO),
        crossed_at: year.and_then(|year| year.crossed_at),
        final_tax: turnover_tax(&rules, today, (sold, shop.legal_form == LegalForm::Person)),
        letters: query::letters(db, id).await?.into_iter().map(TaxLetterOut::of).collect(),
    })
}

impl TaxLetterOut {
    fn of(row: letter::Model) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            document_no: row.document_no,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            recorded_at: row.created_at,
        }
    }
}
