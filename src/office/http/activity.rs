//! Which shops are alive, and which need help.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::READ;
use crate::app::App;
use crate::kernel::fields::{Fields, number};
use crate::kernel::{Page, Problem, RegionCode, VendorId};
use crate::office::query::activity::{self as query, Activity, Filter, Sign};
use crate::vendors::entity::vendor;
use crate::vendors::model::sector;
use crate::web::query::page_of;
use crate::web::{Policy, ValidQuery};

pub const LIST: Policy = READ;

/// What a shop has not done.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Lacking {
    Login,
    StockUpdate,
    Order,
    Survey,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ActivityQuery {
    /// Only shops that lately had no login, no order, or no stock update.
    needs_help: Option<bool>,
    /// Only shops that lately lack this.
    lacking: Option<Lacking>,
    /// What "lately" is: 1 to 730 days, 30 without it.
    days: Option<i64>,
    /// Code of a kecamatan.
    district: Option<String>,
    sector: Option<String>,
    limit: Option<u64>,
    cursor: Option<String>,
}

impl ActivityQuery {
    fn filter(&self, now: DateTime<Utc>) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let days = fields.take("?days", number(self.days.unwrap_or(30), 1, 730));
        let district = fields.take_opt("?district", self.district.as_deref().map(RegionCode::district));
        let sector = fields.take_opt("?sector", self.sector.as_deref().map(sector));
        let signs = match self.lacking {
            Some(Lacking::Login) => vec![Sign::Login],
            Some(Lacking::StockUpdate) => vec![Sign::Stock],
            Some(Lacking::Order) => vec![Sign::Order],
            Some(Lacking::Survey) => vec![Sign::Survey],
            None if self.needs_help == Some(true) => vec![Sign::Login, Sign::Order, Sign::Stock],
            None => Vec::new(),
        };
        match (days, district, sector) {
            (Some(days), Some(district), Some(sector)) => {
                let quiet_since = (!signs.is_empty()).then(|| (now - Duration::days(days), signs));
                Ok(Filter { quiet_since, district, sector })
            }
            _ => Err(fields.into_problem()),
        }
    }
}

/// When a shop last did what; `null` is never.
#[derive(Serialize, ToSchema)]
pub(super) struct VendorActivityOut {
    vendor_id: VendorId,
    slug: String,
    name: String,
    district_code: String,
    phone: String,
    last_login: Option<DateTime<Utc>>,
    last_stock_update: Option<DateTime<Utc>>,
    last_order: Option<DateTime<Utc>>,
    last_survey: Option<DateTime<Utc>>,
}

impl VendorActivityOut {
    fn of((shop, activity): (vendor::Model, Activity)) -> Self {
        Self {
            vendor_id: shop.id,
            slug: shop.slug,
            name: shop.name,
            district_code: shop.district_code,
            phone: shop.phone,
            last_login: activity.login,
            last_stock_update: activity.stock,
            last_order: activity.order,
            last_survey: activity.survey,
        }
    }
}

/// List the shops that sell with what they last did; those that need help by `?needs_help=true`.
#[utoipa::path(
    get,
    path = "/v1/admin/vendor-activity",
    tag = "office",
    params(ActivityQuery),
    responses((status = 200, body = Page<VendorActivityOut>), (status = 422, description = "`invalid`"))
)]
pub async fn list_vendor_activity(
    State(app): State<App>,
    ValidQuery(params): ValidQuery<ActivityQuery>,
) -> Result<Json<Page<VendorActivityOut>>, Problem> {
    let (filter, page) = (params.filter(app.now())?, page_of(params.limit, params.cursor.as_deref())?);
    Ok(Json(query::list(app.db.read(), &filter, &page).await?.map(VendorActivityOut::of)))
}
