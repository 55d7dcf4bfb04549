//! Shops for everybody.

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::out::PublicVendor;
use crate::app::App;
use crate::kernel::fields::{Fields, text};
use crate::kernel::{Page, Problem, RegionCode};
use crate::vendors::model::sector;
use crate::vendors::query::{self, Filter};
use crate::web::cache::{Freshness, Kept};
use crate::web::query::page_of;
use crate::web::{Policy, ValidQuery};

pub const LIST: Policy = Policy::PUBLIC;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// A part of the name.
    q: Option<String>,
    /// Code of a kecamatan.
    district: Option<String>,
    /// A branch, e.g. `kuliner`.
    sector: Option<String>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl ListQuery {
    fn filter(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let name = fields.take_opt("?q", self.q.as_deref().map(|q| text(q, 1, 120, false)));
        let district = self.district.as_deref().map(RegionCode::district);
        let district = fields.take_opt("?district", district);
        let sector = fields.take_opt("?sector", self.sector.as_deref().map(sector));
        match (name, district, sector) {
            (Some(name), Some(district), Some(sector)) => {
                let statuses = query::public_statuses();
                Ok(Filter { name, district, statuses, sector, unreviewed: false })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

/// List the shops, the latest first.
#[utoipa::path(
    get,
    path = "/v1/vendors",
    tag = "vendors",
    params(ListQuery),
    responses((status = 200, body = Page<PublicVendor>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendors(
    State(app): State<App>,
    kept: Kept,
    ValidQuery(params): ValidQuery<ListQuery>,
) -> Result<Response, Problem> {
    let (filter, page) = (params.filter()?, page_of(params.limit, params.cursor.as_deref())?);
    let rows = query::list(app.db.read(), &filter, &page).await?;
    kept.or_answer(&rows.map(PublicVendor::from), Freshness::Ask)
}
