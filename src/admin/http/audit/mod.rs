//! The audit trail as operators and auditors see it.

mod export;

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::admin::query::audit::{self, Event, Filter};
use crate::app::App;
use crate::kernel::clock::start_of_business_day;
use crate::kernel::fields::Fault;
use crate::kernel::{ApiKeyId, AuditEventId, Fields, Page, Problem, UserId};
use crate::web::query::page_of;
use crate::web::{Area, Policy, Role, ValidQuery};

pub(super) const LIST_AUDIT: Policy = Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);
pub(super) const EXPORT_AUDIT: Policy =
    Policy::any_of(&[Role::Operator, Role::Auditor]).area(Area::Operation);

/// One thing that somebody did.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEventOut {
    id: AuditEventId,
    /// Who; nobody for the service itself.
    actor_id: Option<UserId>,
    /// The role that allowed it; `system` for jobs and the command line.
    acting_as: String,
    /// The key of the program that did it for the person.
    api_key_id: Option<ApiKeyId>,
    /// `noun.verb_ed`
    action: String,
    object_kind: String,
    object_id: Uuid,
    /// References and commitments: before, after, why.
    detail: Value,
    /// Where it came from; null without one, and once the person is erased.
    #[schema(value_type = Option<String>)]
    address: Option<IpAddr>,
    request_id: Option<String>,
    created_at: DateTime<Utc>,
}

impl From<Event> for AuditEventOut {
    fn from(event: Event) -> Self {
        let Event { row, address } = event;
        Self {
            id: row.id,
            actor_id: row.actor_id,
            acting_as: row.acting_as,
            api_key_id: row.api_key_id,
            action: row.action,
            object_kind: row.object_kind,
            object_id: row.object_id,
            detail: serde_json::from_str(&row.detail).unwrap_or(Value::Null),
            address,
            request_id: row.request_id,
            created_at: row.created_at,
        }
    }
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditQuery {
    /// Only what this person did.
    actor: Option<UserId>,
    /// Only acts of this kind, e.g. `vendor.verified`.
    action: Option<String>,
    /// Only what was done to the object with this id.
    object: Option<Uuid>,
    /// From this date (in Jakarta) or moment on.
    from: Option<String>,
    /// Up to the end of this date (in Jakarta), or before this moment.
    to: Option<String>,
    /// Events per page, 1 to 100.
    limit: Option<u64>,
    /// The `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Which events, and how they are written.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ExportQuery {
    /// From this date (in Jakarta) or moment on.
    from: Option<String>,
    /// Up to the end of this date (in Jakarta), or before this moment.
    to: Option<String>,
    /// `csv` (the default) or `jsonl`.
    #[param(inline)]
    format: Option<ExportFormat>,
}

/// How an export is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExportFormat {
    /// A table for spreadsheets.
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// A moment, or a day in Jakarta: its start, or its end.
fn moment(text: &str, end: bool) -> Result<DateTime<Utc>, Fault> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let day = if end { day.succ_opt() } else { Some(day) };
        return day.filter(in_reach).map(start_of_business_day).ok_or_else(no_moment);
    }
    let moment = DateTime::parse_from_rfc3339(text).map_err(|_| no_moment())?.to_utc();
    if in_reach(&moment.date_naive()) { Ok(moment) } else { Err(no_moment()) }
}

/// Both databases know such dates.
fn in_reach(day: &NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1900..3000).contains(&day.year())
}

fn no_moment() -> Fault {
    Fault::new(
        "moment",
        "Bukan tanggal atau waktu, contoh: 2026-11-24.",
        "Neither a date nor a time, e.g. 2026-11-24.",
    )
}

/// The filter of a time that begins and ends where the query says.
fn between(from: Option<&str>, to: Option<&str>) -> Result<Filter, Problem> {
    let mut fields = Fields::new();
    let from = fields.take_opt("?from", from.map(|from| moment(from, false)));
    let to = fields.take_opt("?to", to.map(|to| moment(to, true)));
    match (from, to) {
        (Some(from), Some(to)) => Ok(Filter { from, to, ..Filter::default() }),
        _ => Err(fields.into_problem()),
    }
}

/// Who did what, the newest first.
#[utoipa::path(
    get,
    path = "/v1/admin/audit",
    tag = "admin",
    params(AuditQuery),
    responses(
        (status = 200, body = Page<AuditEventOut>),
        (status = 403, description = "Neither operator nor auditor"),
        (status = 422, description = "A filter, the limit or the cursor is wrong"),
    )
)]
pub(super) async fn list_audit(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<AuditQuery>,
) -> Result<Json<Page<AuditEventOut>>, Problem> {
    let page = page_of(wanted.limit, wanted.cursor.as_deref())?;
    let time = between(wanted.from.as_deref(), wanted.to.as_deref())?;
    let filter = Filter { actor: wanted.actor, action: wanted.action, object: wanted.object, ..time };
    let events = audit::page(app.db.read(), &app.sealer, &filter, page).await?;
    Ok(Json(events.map(Into::into)))
}

/// Who did what as a file, the oldest first.
#[utoipa::path(
    get,
    path = "/v1/admin/audit/export",
    tag = "admin",
    params(ExportQuery),
    responses(
        (status = 200, description = "CSV with a header line, or one JSON object a line", content(
            (String = "text/csv"),
            (String = "application/jsonl"),
        )),
        (status = 403, description = "Neither operator nor auditor"),
        (status = 422, description = "A date or the format is wrong"),
    )
)]
pub(super) async fn export_audit(
    State(app): State<App>,
    ValidQuery(wanted): ValidQuery<ExportQuery>,
) -> Result<Response, Problem> {
    let mut filter = between(wanted.from.as_deref(), wanted.to.as_deref())?;
    // What is written meanwhile is left to the next export.
    filter.to.get_or_insert_with(|| app.now() + chrono::Duration::microseconds(1));
    Ok(export::stream(app, filter, wanted.format.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_ends_at_midnight_in_jakarta() {
        let at = |text, end| moment(text, end).unwrap().to_rfc3339();
        assert_eq!(at("2026-11-24", false), "2026-11-23T17:00:00+00:00");
        assert_eq!(at("2026-11-24", true), "2026-11-24T17:00:00+00:00");
        assert_eq!(at("2026-11-24T03:00:00+07:00", true), "2026-11-23T20:00:00+00:00");
        for wrong in ["", "2026", "24-11-2026", "2026-02-30", "+99999-01-01", "9999999999-01-01T00:00:00Z"] {
            assert!(moment(wrong, false).is_err(), "{wrong}");
        }
    }
}
