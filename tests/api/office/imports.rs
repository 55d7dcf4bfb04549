//! Lists of shops: mapped, rehearsed, written in steps, reported row by row, decided about.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use lapak::kernel::VendorImportId;
use lapak::office::service::imports;
use rust_xlsxwriter::Workbook;
use serde_json::{Value, json};

use super::{LIST, import, notes, send};
use crate::support::shop::{list, text};
use crate::support::{TestApp, both, state};

both![
    every_clean_row_comes_in_and_every_faulty_one_is_reported,
    a_workbook_gives_the_same,
    a_killed_job_goes_on_where_it_was,
    a_rehearsal_writes_nothing,
    columns_are_guessed_or_told,
    what_may_be_a_shop_that_is_there_waits,
    the_report_is_a_harmless_file,
    what_is_no_list_is_refused,
];

pub(super) const HEADER: &str = "nama_usaha,pemilik,nik,nib,npwp,kbli,sektor,kecamatan,desa,alamat,kode_pos,telepon,email,omzet_per_bulan,esmart";

/// What the report says beside repairs.
const REPORT: [&str; 29] = [
    "66 asked tenaga_kerja_l unclear",
    "138 waiting  probable-duplicate",
    "150 refused npwp npwp",
    "177 refused nik nik",
    "263 refused nik nik",
    "393 skipped  repetition",
    "461 refused nik nik",
    "586 skipped  repetition",
    "608 refused kecamatan district",
    "642 refused desa village",
    "670 asked kbli unclear",
    "685 asked omzet_per_bulan unclear",
    "702 skipped  empty-row",
    "725 refused npwp npwp",
    "784 asked desa missing",
    "940 refused desa village",
    "955 refused nik nik",
    "1015 refused desa village",
    "1016 asked tahun_berdiri unclear",
    "1144 skipped  repetition",
    "1244 waiting  probable-duplicate",
    "1247 asked omzet_per_bulan unclear",
    "1286 refused kecamatan district",
    "1329 asked kbli unclear",
    "1361 refused nik nik",
    "1377 skipped  repetition",
    "1463 asked halal unclear",
    "1481 asked pirt unclear",
    "1502 skipped  total-row",
];

/// What becomes of the office's list: 1,500 rows.
fn counts() -> Value {
    json!({"created": 1480, "updated": 0, "unchanged": 0, "repaired": 47, "asked": 9, "waiting": 2, "skipped": 6, "refused": 12})
}

/// The first rows of the office's list.
fn part(rows: usize) -> String {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(LIST.as_bytes());
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in reader.records().take(rows + 1) {
        writer.write_record(&row.unwrap()).unwrap();
    }
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The tables that a list writes shops into.
pub(super) async fn written(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let mut state = state::dump(app).await;
    let tables = [
        "vendors",
        "vendor_register",
        "vendor_profiles",
        "vendor_surveys",
        "trainings",
        "training_participants",
        "vendor_duplicates",
    ];
    state.retain(|table, _| tables.contains(&table.as_str()));
    state
}

/// The report without what was repaired: `line outcome column code`.
pub(super) fn short(notes: &[Value]) -> Vec<String> {
    let open = notes.iter().filter(|note| note["outcome"] != "repaired");
    let line = |note: &Value| {
        let [outcome, column, code] = ["outcome", "column", "code"].map(|member| text(&note[member]));
        format!("{} {outcome} {column} {code}", note["line"])
    };
    open.map(line).collect()
}

async fn every_clean_row_comes_in_and_every_faulty_one_is_reported(app: TestApp) {
    let first = import(&app, "?survey_period=2026-S2", LIST.as_bytes()).await;
    assert_eq!(
        (&first["status"], &first["rows"], &first["done"]),
        (&json!("done"), &json!(1500), &json!(1500))
    );
    assert_eq!(first["counts"], counts());
    let report = notes(&app, &first).await;
    assert_eq!(short(&report), REPORT);
    let of =
        |line: i64| report.iter().find(|note| note["line"] == line && note["outcome"] != "asked").unwrap();
    assert_eq!((&of(642)["value"], &of(642)["suggestion"]), (&json!("Sukarahayu"), &json!("Kec. Tambelang")));
    assert_eq!((&of(663)["value"], &of(663)["suggestion"]), (&json!("12.500.000"), &json!("12500000")));
    assert_eq!((&of(1262)["value"], &of(1262)["suggestion"]), (&json!("15 jt"), &json!("15000000")));
    assert_eq!(
        (&of(188)["value"], &of(188)["suggestion"]),
        (&json!("3216**********9649"), &json!("3216********9649"))
    );

    let before = written(&app).await;
    assert_eq!(before["vendors"].len(), 1480);
    assert_eq!(before["vendor_register"].len(), 1480);
    assert!(before["vendor_surveys"].len() > 1470 && before["training_participants"].len() > 100);
    // The public finds shops of the list by their branch.
    let food = app.get("/v1/vendors?sector=kuliner&limit=100").send().await.expect(200).json();
    assert_eq!((list(&food["items"]).len(), &food["items"][0]["status"]), (100, &json!("unclaimed")));
    let second = import(&app, "?survey_period=2026-S2", LIST.as_bytes()).await;
    let mut expected = counts();
    expected["created"] = 0.into();
    expected["unchanged"] = 1480.into();
    assert_eq!(second["counts"], expected);
    assert!(written(&app).await == before, "the same list sent again changed something");
}

/// The same table as a workbook, every cell a text.
fn workbook(csv_text: &str) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv_text.as_bytes());
    for (line, row) in (0_u32..).zip(reader.records()) {
        for (column, cell) in (0_u16..).zip(&row.unwrap()) {
            if !cell.is_empty() {
                sheet.write_string(line, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

async fn a_workbook_gives_the_same(app: TestApp) {
    let done = import(&app, "?survey_period=2026-S2", &workbook(LIST)).await;
    assert_eq!((&done["format"], &done["status"]), (&json!("xlsx"), &json!("done")));
    assert_eq!(done["counts"], counts());
    let before = written(&app).await;
    let again = import(&app, "?survey_period=2026-S2", LIST.as_bytes()).await;
    assert_eq!((&again["counts"]["created"], &again["counts"]["unchanged"]), (&json!(0), &json!(1480)));
    assert!(written(&app).await == before, "the list means something else as CSV");
    let without_line = |notes: Vec<Value>| -> Vec<Value> {
        let mut notes = notes;
        notes.iter_mut().for_each(|note| note["line"] = Value::Null);
        notes.retain(|note| note["outcome"] != "waiting");
        notes.sort_by_key(ToString::to_string);
        notes
    };
    let (one, other) = (notes(&app, &done).await, notes(&app, &again).await);
    // Lines of the workbook are its rows, and repetitions name them.
    let (one, other) = (without_line(one), without_line(other));
    let differ = |note: &&Value| note["code"] != "repetition";
    assert_eq!(
        one.iter().filter(differ).collect::<Vec<_>>(),
        other.iter().filter(differ).collect::<Vec<_>>()
    );
}

async fn a_killed_job_goes_on_where_it_was(app: TestApp) {
    let officer = app.officer().await;
    let list = part(700);
    let sent = send(&officer, "", "x.csv", list.as_bytes()).await;
    assert_eq!(sent["status"], "queued");
    let id: VendorImportId = text(&sent["id"]).parse().unwrap();
    // One step, and the worker dies.
    imports::run(&app, id, 1).await.unwrap();
    let path = format!("/v1/admin/vendor-imports/{id}");
    let stands = officer.get(&path).send().await.expect(200).json();
    assert_eq!((&stands["status"], &stands["done"]), (&json!("running"), &json!(200)));
    assert_eq!(written(&app).await["vendors"].len(), 197);
    // Two workers at once take it up again.
    let runs = join_all([imports::run(&app, id, 2), imports::run(&app, id, 2)]).await;
    assert!(runs.iter().all(Result::is_ok), "{runs:?}");
    app.run_jobs().await;
    let done = officer.get(&path).send().await.expect(200).json();
    assert_eq!((&done["status"], &done["done"]), (&json!("done"), &json!(700)));
    let interrupted = written(&app).await["vendors"].len();
    assert_eq!(done["counts"]["created"], interrupted);
    // The same as in one go.
    let again = import(&app, "", list.as_bytes()).await;
    assert_eq!(
        (&again["counts"]["created"], &again["counts"]["unchanged"]),
        (&json!(0), &json!(interrupted))
    );
    let report = |notes: Vec<Value>| {
        let lines = short(&notes).into_iter().filter(|line| !line.contains("waiting"));
        lines.collect::<Vec<_>>()
    };
    assert_eq!(report(notes(&app, &done).await), report(notes(&app, &again).await));
}

async fn a_rehearsal_writes_nothing(app: TestApp) {
    let before = written(&app).await;
    let rehearsed = import(&app, "?dry_run=true", part(450).as_bytes()).await;
    assert!(written(&app).await == before, "a rehearsal wrote something");
    let real = import(&app, "", part(450).as_bytes()).await;
    assert_eq!(rehearsed["counts"], real["counts"]);
    assert_eq!(short(&notes(&app, &rehearsed).await), short(&notes(&app, &real).await));
    let officer = app.officer().await;
    let lists = officer.get("/v1/admin/vendor-imports").send().await.expect(200).json();
    let rehearsals: Vec<_> = list(&lists["items"]).iter().map(|one| one["dry_run"].clone()).collect();
    assert_eq!(rehearsals, [json!(false), json!(true)]);
}

async fn columns_are_guessed_or_told(app: TestApp) {
    let officer = app.officer().await;
    let known = "No;Nama Toko;No. KTP;NIB;NPWP;Kec.;Desa;Alamat Usaha;No HP\n1;Toko Ani;3216105203979843;;;Cikarang Utara;Tanjungsari;Jl. Raya 1;081234567890\n";
    let done = import(&app, "", known.as_bytes()).await;
    assert_eq!((&done["status"], &done["counts"]["created"]), (&json!("done"), &json!(1)));

    let strange = known
        .replace("Nama Toko", "Merek")
        .replace("3216105203979843", "3216105203979844")
        .replace("081234567890", "081234567891")
        .replace("Toko Ani", "Kios Budi");
    let sent = send(&officer, "", "x.csv", strange.as_bytes()).await;
    assert_eq!((&sent["status"], &sent["missing"]), (&json!("needs_mapping"), &json!(["nama_usaha"])));
    assert_eq!(sent["columns"][1], json!({"header": "Merek", "field": null}));
    app.run_jobs().await;
    let path = format!("/v1/admin/vendor-imports/{}/start", text(&sent["id"]));
    let bad = officer.post(&path).json(json!({"mapping": {"Merek": "nama", "Nama": "nik"}})).send().await;
    let pointers: Vec<_> =
        list(&bad.expect(422).json()["errors"]).iter().map(|e| text(&e["pointer"])).collect();
    assert_eq!(pointers[..2], ["/mapping/Merek", "/mapping/Nama"]);
    let mapping = json!({"mapping": {
        "Merek": "nama_usaha", "No. KTP": "nik", "NIB": "nib", "NPWP": "npwp", "Kec.": "kecamatan",
        "Desa": "desa", "Alamat Usaha": "alamat", "No HP": "telepon",
    }});
    let started = officer.post(&path).json(mapping.clone()).send().await.expect(200).json();
    assert_eq!(started["status"], "queued");
    officer.post(&path).json(mapping).send().await.expect_problem(409, "import-started");
    app.run_jobs().await;
    assert_eq!(written(&app).await["vendors"].len(), 2);
    let waits = send(&officer, "?confirm_mapping=true", "x.csv", known.as_bytes()).await;
    assert_eq!(waits["status"], "needs_mapping");
    assert_eq!(app.audited("vendor_import.created").await.len(), 3);
}

async fn what_may_be_a_shop_that_is_there_waits(app: TestApp) {
    let officer = app.officer().await;
    let rows = [
        "Keripik Ani,Ani,3216105203979843,9926646254526,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,17534,081234567890,,5000000,2020",
        // The same telephone.
        "Kue Basah Budi,Budi,3216056203839443,,,15201,kuliner,Tambun Selatan,Tambun,Jl. Raya 2,,081234567890,,6000000,",
        // Nearly the same name in the same village, and nothing that says otherwise.
        "Keripik Anni,Ani,,,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,,081234567899,,7000000,",
        // The same NIK.
        "Warung Ani,Ani,3216105203979843,,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 1,,081234567898,,7000000,",
        // Two people, so two shops, however alike their names.
        "Keripik Anu,Anu,3216105203979844,9926646254527,,15201,kuliner,Cikarang Utara,Tanjungsari,Jl. Raya 9,,081234567897,,7000000,",
    ];
    let text_of = format!("{HEADER}\n{}\n", rows.join("\n"));
    let done = import(&app, "", text_of.as_bytes()).await;
    assert_eq!((&done["counts"]["created"], &done["counts"]["waiting"]), (&json!(2), &json!(3)));
    let waiting = officer.get("/v1/admin/vendor-duplicates?status=pending").send().await.expect(200);
    assert_eq!(waiting.statements, 3);
    let waiting = waiting.json();
    let kinds: Vec<_> = list(&waiting["items"]).iter().map(|one| text(&one["kind"])).collect();
    assert_eq!(kinds, ["same_phone", "similar_name", "same_number"]);
    assert_eq!(waiting["items"][0]["row"]["phone"], "0812***7890");
    assert_eq!(waiting["items"][0]["vendor"]["name"], "Keripik Ani");
    assert!(!waiting.to_string().contains("081234567890"));

    let decide = |index: usize, body: Value| {
        let path = format!("/v1/admin/vendor-duplicates/{}/decide", text(&waiting["items"][index]["id"]));
        officer.post(&path).json(body)
    };
    let other = decide(0, json!({"decision": "different"})).send().await.expect(200).json();
    assert_eq!(other["status"], "different");
    decide(0, json!({"decision": "same"})).send().await.expect_problem(409, "duplicate-decided");
    let same = decide(1, json!({"decision": "same", "merge": true})).send().await.expect(200).json();
    assert_eq!((&same["status"], &same["merged"]), (&json!("same"), &json!(true)));
    decide(2, json!({"decision": "different"})).send().await.expect_problem(409, "nik-taken");
    let twins = join_all([
        decide(2, json!({"decision": "same"})).send(),
        decide(2, json!({"decision": "same"})).send(),
    ])
    .await;
    let mut statuses: Vec<u16> = twins.iter().map(|reply| reply.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    assert_eq!(app.audited("vendor_duplicate.decided").await.len(), 3);

    let decided = officer.get("/v1/admin/vendor-duplicates?status=same").send().await.expect(200).json();
    assert_eq!((list(&decided["items"]).len(), &decided["items"][0]["row"]), (2, &Value::Null));
    nothing_is_asked_or_told_twice(&app, &text_of).await;
}

async fn nothing_is_asked_or_told_twice(app: &TestApp, text_of: &str) {
    let before = written(app).await;
    assert_eq!((before["vendors"].len(), before["vendor_surveys"].len()), (3, 3));
    let again = import(app, "", text_of.as_bytes()).await;
    assert_eq!(again["counts"]["created"], 0);
    assert_eq!((&again["counts"]["unchanged"], &again["counts"]["waiting"]), (&json!(5), &json!(0)));
    assert!(written(app).await == before);
    // The turnover of another time is another row, and a correction is one, too.
    let next = import(app, "?survey_period=2027-S1", text_of.as_bytes()).await;
    assert_eq!((&next["counts"]["updated"], &next["counts"]["created"]), (&json!(3), &json!(0)));
    let corrected = text_of.replace(",5000000,", ",5500000,");
    let next = import(app, "?survey_period=2027-S1", corrected.as_bytes()).await;
    assert_eq!(next["counts"]["updated"], 1);
    assert_eq!(written(app).await["vendor_surveys"].len(), 7);
}

async fn the_report_is_a_harmless_file(app: TestApp) {
    let rows = format!(
        "{HEADER}\nToko Ani,Ani Suryani,3216105203979843,,,15201,kuliner,=1+1,Tambun,Jl. Raya 1,,0812-3456-7890,ani@contoh.id,-,\n"
    );
    let done = import(&app, "", rows.as_bytes()).await;
    let path = format!("/v1/admin/vendor-imports/{}/report", text(&done["id"]));
    let officer = app.officer().await;
    let file = officer.get(&path).header("accept-language", "en").send().await.expect(200);
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("report.csv"));
    let csv_text = file.text();
    let lines: Vec<&str> = csv_text.lines().collect();
    assert_eq!(lines[0], "line,outcome,column,value,code,reason,suggestion");
    assert!(
        csv_text.contains(
            "2,refused,kecamatan,'=1+1,district,Not a district of Kabupaten Bekasi.,Tambun Selatan"
        ),
        "{csv_text}"
    );
    assert!(
        !csv_text.contains("3216105203979843")
            && !csv_text.contains("34567890")
            && !csv_text.contains("ani@")
    );
    let book = officer.get(&format!("{path}?format=xlsx")).send().await.expect(200);
    let sheet = lapak::catalog::import::Sheet::read(&book.body).unwrap();
    assert_eq!(sheet.headers(), ["line", "outcome", "column", "value", "code", "reason", "suggestion"]);
    assert_eq!(sheet.len(), lines.len() - 1);
    app.get(&path).send().await.expect(401);
}

async fn what_is_no_list_is_refused(app: TestApp) {
    let officer = app.officer().await;
    let send = |query: &str, bytes: &[u8]| {
        officer.post(&format!("/v1/admin/vendor-imports{query}")).file("x", "text/csv", bytes)
    };
    let problem = send("", b"PK\x03\x04nonsense").send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "/file");
    let problem = send("?survey_period=besok", b"a,b\n1,2\n").send().await.expect_problem(422, "invalid");
    assert_eq!(problem["errors"][0]["pointer"], "?survey_period");
    app.buyer("Eka").await.get("/v1/admin/vendor-imports").send().await.expect_problem(403, "role-missing");
    let auditor = app.platform("auditor").await;
    auditor.get("/v1/admin/vendor-imports").send().await.expect(200);
    auditor.post("/v1/admin/vendor-imports").file("x", "text/csv", b"a\n1\n").send().await.expect(403);
}
