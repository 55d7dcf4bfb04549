//! Figures, and reports that are written into the office's own workbooks.

use calamine::{Data, Range, Reader as _, Xlsx, open_workbook_from_rs};
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use super::import;
use crate::support::shop::{list, text};
use crate::support::{TestApp, both};

both![figures_add_up, a_report_keeps_the_format_and_adds_up, a_template_asks_for_what_is_there];

const SHOPS: &str = "nama_usaha,nik,nib,npwp,sektor,kecamatan,desa,alamat,telepon,tenaga_kerja_l,tenaga_kerja_p,omzet_per_bulan,jual_online,ekspor,esmart
Keripik Ani,3216105203979843,,,kuliner,Cikarang Utara,Karangbaru,Jl. Raya 1,081299990001,1,2,15 jt,ya,,2026
Kue Budi,3216056203839443,,,kuliner,Cikarang Utara,Karangbaru,Jl. Raya 2,081299990002,0,1,5000000,tidak,,
Tas Cici,3216191406629710,,,fesyen,Tambun Selatan,Setiamekar,Jl. Raya 3,081299990003,3,0,300 jt,ya,Jerman;Belanda,2026
Lain,3216066802809670,,,,Setu,,Jl. Raya 4,081299990004,,,,,,
";

/// The sheet of a workbook.
pub fn sheet(bytes: &[u8]) -> Range<Data> {
    let mut book: Xlsx<_> = open_workbook_from_rs(std::io::Cursor::new(bytes)).unwrap();
    book.worksheet_range_at(0).unwrap().unwrap()
}

/// A template as an office makes it: a head, one row to repeat, a line below.
pub fn template() -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let money = Format::new().set_bold().set_num_format("#,##0");
    sheet.write_string(0, 0, "Laporan {{regency}}, {{period}}: {{shops}} usaha").unwrap();
    for (column, key) in
        (0_u16..).zip(["no", "name", "sector", "district", "turnover_month", "workers_female"])
    {
        sheet.write_string(1, column, key).unwrap();
        sheet.write_string_with_format(2, column, format!("{{{{row.{key}}}}}"), &money).unwrap();
    }
    sheet.write_string(3, 0, "Jumlah").unwrap();
    sheet.write_string_with_format(3, 4, "{{turnover_month}}", &money).unwrap();
    sheet.write_string_with_format(3, 5, "{{workers_female}}", &money).unwrap();
    book.save_to_buffer().unwrap()
}

/// Sends a template and returns its id.
pub async fn keep(app: &TestApp, bytes: &[u8]) -> String {
    let request = app.officer().await.post("/v1/admin/report-templates?name=Laporan%20kementerian");
    text(&request.file("x.xlsx", "application/octet-stream", bytes).send().await.expect(201).json()["id"])
}

async fn figures(app: &TestApp, by: &str, period: &str) -> Value {
    let path = format!("/v1/admin/vendor-figures?by={by}&period={period}");
    let reply = app.officer().await.get(&path).send().await.expect(200);
    assert_eq!(reply.statements, 7, "whatever is asked");
    reply.json()
}

fn keys(figures: &Value) -> Vec<(String, i64)> {
    let items = list(&figures["items"]).iter();
    items.map(|item| (text(&item["key"]), item["shops"].as_i64().unwrap())).collect()
}

fn pairs(pairs: &[(&str, i64)]) -> Vec<(String, i64)> {
    pairs.iter().map(|(key, count)| ((*key).to_owned(), *count)).collect()
}

async fn figures_add_up(app: TestApp) {
    import(&app, "?survey_period=2025", SHOPS.replace("15 jt", "10 jt").as_bytes()).await;
    import(&app, "?survey_period=2026-S2", SHOPS.as_bytes()).await;
    let sectors = figures(&app, "sector", "2026-S2").await;
    assert_eq!(keys(&sectors), pairs(&[("fesyen", 1), ("kuliner", 2), ("unknown", 1)]));
    assert_eq!(sectors["items"][1]["turnover_month"], 20_000_000);
    let total = &sectors["total"];
    assert_eq!((&total["shops"], &total["surveyed"], &total["active"]), (&json!(4), &json!(3), &json!(0)));
    assert_eq!((&total["turnover_month"], &total["workers_female"]), (&json!(320_000_000), &json!(3)));
    let districts = figures(&app, "district", "2026-S2").await;
    assert_eq!(districts["items"][0]["label"], "Tambun Selatan");
    let sizes = figures(&app, "size", "2026-S2").await;
    assert_eq!(keys(&sizes), pairs(&[("micro", 2), ("small", 1), ("unknown", 1)]));
    let online = figures(&app, "online", "2026-S2").await;
    assert_eq!(keys(&online), pairs(&[("no", 1), ("unknown", 1), ("yes", 2)]));
    let export = figures(&app, "export", "2026-S2").await;
    assert_eq!(keys(&export), pairs(&[("no", 2), ("unknown", 1), ("yes", 1)]));
    let training = figures(&app, "training", "2026-S2").await;
    assert_eq!(keys(&training), pairs(&[("no", 2), ("yes", 2)]));
    let yes = &training["items"][1];
    assert_eq!(
        (&yes["compared"], &yes["turnover_before"], &yes["turnover_after"]),
        (&json!(2), &json!(310_000_000), &json!(315_000_000))
    );
    let nothing = figures(&app, "size", "2024").await;
    assert_eq!(keys(&nothing), pairs(&[("unknown", 4)]));
    let officer = app.officer().await;
    let file =
        officer.get("/v1/admin/vendor-figures?by=sector&period=2026-S2&format=csv").send().await.expect(200);
    let lines: Vec<String> = file.text().lines().map(str::to_owned).collect();
    assert_eq!(
        (lines.len(), lines[2].as_str()),
        (5, "kuliner,,2,0,2,20000000,1,3,1,0,1,1,10000000,15000000")
    );
    assert!(lines[4].starts_with("total,,4,"));
    officer.get("/v1/admin/vendor-figures?by=umur").send().await.expect_problem(422, "invalid");
}

async fn a_report_keeps_the_format_and_adds_up(app: TestApp) {
    import(&app, "?survey_period=2026-S2", SHOPS.as_bytes()).await;
    let id = keep(&app, &template()).await;
    let officer = app.officer().await;
    let file = officer.get(&format!("/v1/admin/reports/{id}?period=2026-S2")).send().await.expect(200);
    assert!(file.header("content-disposition").contains("report-2026-S2.xlsx"));
    let rows = sheet(&file.body);
    let cell = |row: u32, column: u32| rows.get_value((row, column)).cloned().unwrap_or_default();
    assert_eq!(cell(0, 0), Data::String("Laporan Kabupaten Bekasi, 2026-S2: 4 usaha".to_owned()));
    let names: Vec<Data> = (2..6).map(|row| cell(row, 1)).collect();
    let expected = ["Tas Cici", "Keripik Ani", "Kue Budi", "Lain"].map(|name| Data::String(name.to_owned()));
    assert_eq!(names, expected);
    assert_eq!((cell(2, 0), cell(2, 4)), (Data::Float(1.0), Data::Float(300_000_000.0)));
    assert_eq!(cell(5, 4).to_string(), "");
    assert_eq!((cell(6, 0), cell(6, 4)), (Data::String("Jumlah".to_owned()), Data::Float(320_000_000.0)));
    let path = format!("/v1/admin/reports/{id}?period=2026-S2&format=csv");
    let lines = officer.get(&path).send().await.expect(200).text();
    let mut reader = csv::Reader::from_reader(lines.as_bytes());
    let lines: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let named: Vec<&str> = lines.iter().map(|line| &line[1]).collect();
    assert_eq!(named, ["Tas Cici", "Keripik Ani", "Kue Budi", "Lain"]);
    let sum: i64 = lines.iter().filter_map(|line| line[7].parse::<i64>().ok()).sum();
    assert_eq!(sum, 320_000_000, "the same as the workbook says");
    let book =
        umya_spreadsheet::reader::xlsx::read_reader(std::io::Cursor::new(file.body.to_vec()), true).unwrap();
    for cell in ["E3", "E6", "E7"] {
        let style = book.sheet(0).unwrap().style(cell);
        assert_eq!(style.font().map(umya_spreadsheet::Font::bold), Some(true), "{cell}");
        assert_eq!(
            style.number_format().map(umya_spreadsheet::NumberingFormat::format_code),
            Some("#,##0"),
            "{cell}"
        );
    }
    let empty = app.officer().await.get("/v1/admin/report-templates").send().await.expect(200).json();
    assert_eq!(empty["items"][0]["name"], "Laporan kementerian");
}

async fn a_template_asks_for_what_is_there(app: TestApp) {
    let officer = app.officer().await;
    let keep = |bytes: &[u8]| {
        let request = officer.post("/v1/admin/report-templates?name=Laporan");
        request.file("x.xlsx", "application/octet-stream", bytes)
    };
    let mut book = Workbook::new();
    book.add_worksheet().write_string(0, 0, "{{omzet}} {{row.umur}}").unwrap();
    let unknown = keep(&book.save_to_buffer().unwrap()).send().await.expect_problem(422, "invalid");
    assert_eq!(unknown["errors"][0]["code"], "placeholders");
    assert!(unknown["errors"][0]["detail"].as_str().unwrap().contains("omzet, row.umur"));
    keep(b"PK\x03\x04nonsense").send().await.expect_problem(422, "invalid");
    let path = "/v1/admin/reports/01900000-0000-7000-8000-00000000dead";
    officer.get(path).send().await.expect_problem(404, "not-found");
}
