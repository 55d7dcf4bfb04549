//! The office's desk over HTTP.

mod activity;
mod claims;
mod duplicates;
mod files;
mod imports;
mod invitations;
mod merges;
mod queue;
mod reports;
mod surveys;
mod trainings;

use utoipa_axum::routes;

use crate::app::App;
use crate::kernel::fields::{Fields, number};
use crate::kernel::{Problem, VendorId};
use crate::web::{Api, Area, Policy, Role};

/// Officers write; auditors read along.
const READ: Policy = Policy::any_of(&[Role::Officer, Role::Auditor]).area(Area::Office);
const WRITE: Policy = Policy::any_of(&[Role::Officer]).area(Area::Office);

/// Most shops of one request.
const MOST_SHOPS: usize = 200;

/// A list of shops, each once.
fn shops(mut ids: Vec<VendorId>) -> Result<Vec<VendorId>, Problem> {
    let mut fields = Fields::new();
    fields.take("/vendor_ids", number(ids.len(), 1, MOST_SHOPS));
    fields.check()?;
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// All routes of this feature.
pub fn routes() -> Api<App> {
    Api::new()
        .route(imports::UPLOAD, routes!(imports::upload_vendor_import))
        .route(imports::LIST, routes!(imports::list_vendor_imports))
        .route(imports::GET, routes!(imports::get_vendor_import))
        .route(imports::START, routes!(imports::start_vendor_import))
        .route(imports::GET, routes!(imports::list_vendor_import_notes))
        .route(imports::GET, routes!(imports::get_vendor_import_report))
        .route(duplicates::LIST, routes!(duplicates::list_vendor_duplicates))
        .route(duplicates::DECIDE, routes!(duplicates::decide_vendor_duplicate))
        .route(claims::ASK, routes!(claims::request_claim_code))
        .route(claims::CLAIM, routes!(claims::claim_vendor))
        .route(claims::ON_THE_SPOT, routes!(claims::claim_vendor_on_the_spot))
        .route(claims::UNCLAIM, routes!(claims::unclaim_vendor))
        .route(claims::LETTERS, routes!(claims::draw_claim_letters))
        .route(claims::FUNNEL, routes!(claims::get_claim_funnel))
        .route(invitations::INVITE, routes!(invitations::invite_vendor))
        .route(invitations::AGAIN, routes!(invitations::invite_vendor_again))
        .route(merges::MERGE, routes!(merges::merge_vendor))
        .route(merges::LIST, routes!(merges::list_vendor_merges))
        .route(surveys::ANSWER, routes!(surveys::answer_survey))
        .route(surveys::ANSWERS, routes!(surveys::list_own_surveys))
        .route(surveys::RECORD, routes!(surveys::record_vendor_survey))
        .route(surveys::RECORDS, routes!(surveys::list_vendor_surveys))
        .route(surveys::COMPUTE, routes!(surveys::compute_turnover))
        .route(trainings::CREATE, routes!(trainings::create_training))
        .route(trainings::LIST, routes!(trainings::list_trainings))
        .route(trainings::ADD, routes!(trainings::add_training_participants))
        .route(trainings::SHOPS, routes!(trainings::list_training_participants))
        .route(activity::LIST, routes!(activity::list_vendor_activity))
        .route(queue::LIST, routes!(queue::list_vendor_queue))
        .route(queue::ASSIGN, routes!(queue::assign_vendors))
        .route(queue::DECIDE, routes!(queue::decide_vendors))
        .route(queue::FIGURES, routes!(queue::get_decision_times))
        .route(reports::FIGURES, routes!(reports::get_vendor_figures))
        .route(reports::KEEP, routes!(reports::keep_report_template))
        .route(reports::TEMPLATES, routes!(reports::list_report_templates))
        .route(reports::REPORT, routes!(reports::get_report))
}
