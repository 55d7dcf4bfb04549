//! Rows of lists that look harmless and are not.

use lapak::kernel::VendorImportId;
use lapak::office::entity::import;
use lapak::platform::files::FileKey;
use sea_orm::EntityTrait;
use serde_json::json;

use super::imports::{HEADER, short, written};
use super::{import, notes};
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![
    who_has_the_number_of_a_shop_is_no_other_shop,
    what_no_year_of_a_training_can_be_is_asked_about,
    an_old_list_does_not_undo_what_the_owner_said,
];

async fn who_has_the_number_of_a_shop_is_no_other_shop(app: TestApp) {
    let rows = [
        "Mak Iis,Iis,3216105203979843,9926646254526,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,,081234567890,,5000000,2020",
        "Mak Iis 2,Iis,,9926646254526,,15201,kuliner,Setu,Burangkeng,Jl. Raya 2,,081234567891,,6000000,2021",
        "Kue Budi,Budi,3216056203839443,,,15201,kuliner,Setu,Burangkeng,Jl. Raya 3,,081234567892,,5000000,",
        "Kue Budi Dua,Budi,3216056203839443,,,15201,kuliner,Setu,Burangkeng,Jl. Raya 4,,081234567893,,6000000,",
    ];
    import(&app, "", format!("{HEADER}\n{}\n", rows.join("\n")).as_bytes()).await;
    let before = written(&app).await;
    let officer = app.officer().await;
    let waiting = officer.get("/v1/admin/vendor-duplicates").send().await.expect(200).json();
    let ids: Vec<String> = list(&waiting["items"]).iter().map(|row| text(&row["id"])).collect();
    assert_eq!(ids.len(), 2);
    for (id, code) in ids.iter().zip(["nib-taken", "nik-taken"]) {
        let decide = officer.post(&format!("/v1/admin/vendor-duplicates/{id}/decide"));
        decide.json(json!({"decision": "different"})).send().await.expect_problem(409, code);
    }
    assert!(written(&app).await == before, "a refused decision wrote something");
}

async fn what_no_year_of_a_training_can_be_is_asked_about(app: TestApp) {
    let rows = "Toko Ani,Ani,3216105203979843,,,15201,kuliner,Setu,Burangkeng,Jl. Raya 1,,081234567890,,12.500 rb,1985";
    let done = import(&app, "", format!("{HEADER}\n{rows}\n").as_bytes()).await;
    assert_eq!((&done["status"], &done["counts"]["created"]), (&json!("done"), &json!(1)));
    assert_eq!(
        short(&notes(&app, &done).await),
        ["2 asked esmart unclear", "2 asked omzet_per_bulan unclear"]
    );
}

async fn an_old_list_does_not_undo_what_the_owner_said(app: TestApp) {
    let rows =
        "Toko Ani,Ani,3216105203979843,,,15201,kuliner,Setu,Burangkeng,Jl. Raya 1,,081234567890,,5000000,";
    let rows = format!("{HEADER}\n{rows}\n");
    let done = import(&app, "?survey_period=2026-S2", rows.as_bytes()).await;
    let officer = app.officer().await;
    let shop = officer.get("/v1/admin/vendors?status=unclaimed").send().await.expect(200).json();
    let path = format!("/v1/admin/vendors/{}/surveys", text(&shop["items"][0]["id"]));
    let said = json!({"period": "2026-S2", "turnover": 9_000_000});
    officer.post(&path).json(said).send().await.expect(201);
    let before = written(&app).await;
    import(&app, "?survey_period=2026-S2", rows.as_bytes()).await;
    assert!(written(&app).await == before, "the old figure became the latest one");
    // What a list says of people is not kept as a file.
    let id: VendorImportId = text(&done["id"]).parse().unwrap();
    let row = import::Entity::find_by_id(id).one(app.db.read()).await.unwrap().unwrap();
    app.run_jobs().await;
    let key = FileKey::parse(&row.file_key).unwrap();
    assert!(app.files.get(&key).await.unwrap().is_none());
}
