//! What the industry office keeps, one of each kind.

use lapak::office::service::imports;
use serde_json::json;

use crate::support::TestApp;
use crate::support::shop::text;

/// Ids of what the office keeps.
pub struct Office {
    import: String,
    duplicate: String,
    training: String,
    template: String,
}

/// Two rows with one telephone.
const LIST: &str = "nama_usaha,nik,nib,npwp,kecamatan,alamat,telepon
Toko Daftar,3216105203979843,,,Cikarang Utara,Jl. Raya 1,081299990001
Kios Lain,3216056203839443,,,Cikarang Utara,Jl. Raya 2,081299990001
";

impl Office {
    pub async fn make(app: &TestApp) -> Self {
        let officer = app.officer().await;
        let sent = officer.post("/v1/admin/vendor-imports").file("x.csv", "text/csv", LIST.as_bytes());
        let import = text(&sent.send().await.expect(201).json()["id"]);
        imports::run(app, import.parse().unwrap(), 1).await.unwrap();
        let waiting = officer.get("/v1/admin/vendor-duplicates").send().await.expect(200).json();
        assert_eq!(waiting["items"][0]["status"], json!("pending"));
        let duplicate = text(&waiting["items"][0]["id"]);
        let body = json!({"name": "Foto produk", "year": 2026});
        let made = officer.post("/v1/admin/trainings").json(body).send().await.expect(201).json();
        let template = crate::office::reports::keep(app, &crate::office::reports::template()).await;
        Self { import, duplicate, training: text(&made["id"]), template }
    }

    /// An id for a path parameter, by the segment before it.
    pub fn id(&self, before: &str) -> Option<String> {
        match before {
            "vendor-imports" => Some(self.import.clone()),
            "reports" => Some(self.template.clone()),
            "trainings" => Some(self.training.clone()),
            "vendor-duplicates" => Some(self.duplicate.clone()),
            _ => None,
        }
    }
}
