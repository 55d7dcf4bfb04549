//! What the office does between looking and deciding.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::office::{NoteIn, ReasonIn, decide};
use super::out::{Tagged, VendorOut, tagged};
use crate::app::App;
use crate::kernel::fields::{Fault, Fields, text};
use crate::kernel::{Problem, VendorId};
use crate::platform::audit::Who;
use crate::vendors::model::{Act, Decision, FieldReason, note};
use crate::vendors::service::{self, Word};
use crate::web::{Caller, IfMatch, PathId, ValidJson};

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

/// Find the facts in order that changed after the shop was verified; the owners are told.
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
    IfMatch(seen): IfMatch,
    body: Option<ValidJson<NoteIn>>,
) -> Result<Tagged<VendorOut>, Problem> {
    let word = Word { seen, confirmed: true, note: NoteIn::parse(body)? };
    let vendor = service::review_facts(&app, (&caller, &who), id, word).await?;
    Ok(tagged(&app, vendor, &caller))
}

/// Tell the owners what is to be put right of the facts that changed. The shop stays open, and the facts wait.
#[utoipa::path(
    post,
    path = "/v1/admin/vendors/{vendor_id}/facts/refuse",
    tag = "vendors",
    params(("vendor_id" = VendorId, Path)),
    request_body = ReasonIn,
    responses((status = 200, body = VendorOut), (status = 409, description = "`nothing-to-review`"))
)]
pub async fn refuse_vendor_facts(
    State(app): State<App>,
    caller: Caller,
    who: Who,
    PathId(id): PathId<VendorId>,
    IfMatch(seen): IfMatch,
    ValidJson(body): ValidJson<ReasonIn>,
) -> Result<Tagged<VendorOut>, Problem> {
    let word = Word { seen, confirmed: false, note: body.parse()? };
    let vendor = service::review_facts(&app, (&caller, &who), id, word).await?;
    Ok(tagged(&app, vendor, &caller))
}
