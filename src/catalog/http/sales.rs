//! Sales: a lower price for a time.

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use utoipa::ToSchema;

use super::answers::VendorProduct;
use crate::app::App;
use crate::catalog::model::price;
use crate::catalog::service::{self, NewSale};
use crate::kernel::fields::Fault;
use crate::kernel::{Fields, Problem, VariantId, VendorId};
use crate::web::authz::VENDOR_MEMBERS;
use crate::web::{Area, IfMatch, PathIds, Policy, ValidJson, etag};

const MEMBERS: Policy = Policy::any_of(VENDOR_MEMBERS).on("vendor", "vendor_id").area(Area::Catalog);

pub const SET_SALE: Policy = MEMBERS.if_match();
pub const END_SALE: Policy = MEMBERS.if_match();

/// A lower price for a time.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSale {
    /// Lower than the usual price.
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    price: i64,
    /// To come; now when absent.
    from: Option<DateTime<Utc>>,
    /// At most a year after the beginning.
    to: DateTime<Utc>,
}

/// Plan a sale of a variant; `If-Match` is the version of its product.
#[utoipa::path(put, path = "/v1/vendors/{vendor_id}/variants/{variant_id}/sale", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("variant_id" = VariantId, Path), ("if-match" = String, Header)),
    request_body = SetSale, responses(
    (status = 200, body = VendorProduct, headers(("etag" = String, description = "The version"))),
    (status = 422, description = "`invalid`")))]
pub async fn set_sale(
    State(app): State<App>,
    PathIds((vendor_id, variant_id)): PathIds<(VendorId, VariantId)>,
    IfMatch(version): IfMatch,
    ValidJson(body): ValidJson<SetSale>,
) -> Result<impl IntoResponse, Problem> {
    let sale = body.parse(app.now())?;
    let details = service::set_sale(&app, (vendor_id, variant_id, version), sale).await?;
    let product = VendorProduct::new(&app, details);
    Ok((etag(product.version()), Json(product)))
}

/// End a sale now, or call a planned one off; `If-Match` is the version of the product.
#[utoipa::path(delete, path = "/v1/vendors/{vendor_id}/variants/{variant_id}/sale", tag = "catalog",
    params(("vendor_id" = VendorId, Path), ("variant_id" = VariantId, Path), ("if-match" = String, Header)),
    responses((status = 200, body = VendorProduct, headers(("etag" = String, description = "The version")))))]
pub async fn end_sale(
    State(app): State<App>,
    PathIds((vendor_id, variant_id)): PathIds<(VendorId, VariantId)>,
    IfMatch(version): IfMatch,
) -> Result<impl IntoResponse, Problem> {
    let details = service::end_sale(&app, (vendor_id, variant_id, version)).await?;
    let product = VendorProduct::new(&app, details);
    Ok((etag(product.version()), Json(product)))
}

impl SetSale {
    fn parse(self, now: DateTime<Utc>) -> Result<NewSale, Problem> {
        let mut fields = Fields::new();
        let price = fields.take("/price", price(self.price));
        let from = self.from.unwrap_or(now);
        if from < now {
            fields.push("/from", already_over());
        }
        if self.to <= from.max(now) || self.to - from > Duration::days(366) {
            fields.push("/to", wrong_end());
        }
        match price {
            Some(price) if !fields.any() => Ok(NewSale { price, from, to: self.to }),
            _ => Err(fields.into_problem()),
        }
    }
}

/// What was asked in the past is history, and nobody may add to that.
fn already_over() -> Fault {
    Fault::new(
        "in-the-past",
        "Awal promo harus di masa depan; kosongkan untuk mulai sekarang.",
        "A sale must begin in the future; leave it out to begin now.",
    )
}

fn wrong_end() -> Fault {
    Fault::new(
        "wrong-end",
        "Akhir promo harus setelah awalnya, belum lewat, dan paling lama setahun.",
        "A sale must end after it begins, in the future, and within a year.",
    )
}
