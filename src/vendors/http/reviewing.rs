//! What the office does between looking and deciding.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::office::{NoteIn, decide};
use super::out::{Tagged, VendorOut, tagged};
use crate::app::App;
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::model::{Act, Decision, FieldReason, note};
use crate::vendors::service;
use crate::web::{Caller, PathId, ValidJson};

/// Most fields that one answer names.
const MAX_REASONS: usize = 30;

/// What is to be put right, field by field; the owner reads it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FixIn {
    note: Option<String>,
    /// At least one.
    fields: Vec<FieldReason>,
}

impl FixIn {
    fn parse(self) -> Result<Decision, Problem> {
        let mut fields = Fields::new();
        let note = fields.take_opt("/note", self.note.as_deref().map(note)).flatten();
        if self.fields.is_empty() || self.fields.len() > MAX_REASONS {
            let fault = Fault::new(
                "reasons",
                format!("Sebutkan 1 sampai {MAX_REASONS} isian."),
                format!("Name 1 to {MAX_REASONS} fields."),
            );
            fields.push("/fields", fault);
        }
        let reasons = self.fields.iter().enumerate().filter_map(|(index, given)| {
            let at = |member: &str| format!("/fields/{index}/{member}");
            let pointer = fields.take(&at("pointer"), pointer(&given.pointer));
            let reason = fields.take(&at("reason"), text(&given.reason, 3, 500, true));
            pointer.zip(reason).map(|(pointer, reason)| FieldReason { pointer, reason })
        });
        let reasons = reasons.collect();
        fields.check()?;
        Ok(Decision { note, reasons, ..Decision::to(Act::NeedsFix) })
    }
}

fn pointer(value: &str) -> Result<String, Fault> {
    let value = text(value, 2, 80, false)?;
    if value.starts_with('/') {
        return Ok(value);
    }
    Err(Fault::new("pointer", "Diawali garis miring, misalnya /nib.", "Begins with a slash, such as /nib."))
}

/// Begin to look at a shop, so that colleagues see it is taken.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/review",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn review_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
) -> Result<Tagged<VendorOut>, Problem> {
    decide(&app, (&caller, &who), id, Act::Review, None).await
}

/// Name what the owner has to put right before the shop is verified.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/needs-fix",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = FixIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`vendor-state`"))
)]
pub async fn ask_vendor_to_fix(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    ValidJson(body): ValidJson<FixIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    let vendor = service::decide(&app, (&caller, &who), id, body.parse()?).await?;
    Ok(tagged(&app, vendor, &caller))
}

/// Find the facts in order that changed after the shop was verified.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/confirm",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = NoteIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`nothing-to-review`"))
)]
pub async fn confirm_vendor(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    let note = NoteIn::parse(body)?;
    let vendor = service::confirm(&app, (&caller, &who), id, note).await?;
    Ok(tagged(&app, vendor, &caller))
}
