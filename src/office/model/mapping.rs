//! Which column of a list is which: offices have their own headers.

use serde::{Deserialize, Serialize};

use crate::catalog::import::{VENDOR_COLUMNS, VENDOR_FIELDS};
use crate::kernel::FieldError;
use crate::kernel::fields::Fault;

/// Other names of our fields, folded to letters and digits.
const SYNONYMS: &[(&str, &[&str])] = &[
    (
        "nama_usaha",
        &["namatoko", "namaumkm", "namaukm", "namaikm", "usaha", "toko", "merekusaha", "namaperusahaan"],
    ),
    ("pemilik", &["namapemilik", "namapelakuusaha", "penanggungjawab", "owner"]),
    ("nik", &["nonik", "nomornik", "ktp", "noktp", "nomorktp", "nomorindukkependudukan"]),
    ("nib", &["nonib", "nomornib", "nomorindukberusaha"]),
    ("npwp", &["nonpwp", "nomornpwp"]),
    ("kbli", &["kodekbli", "kbli2020"]),
    ("sektor", &["bidangusaha", "jenisusaha", "sektorusaha", "kategori"]),
    ("kecamatan", &["kec", "namakecamatan"]),
    ("desa", &["kelurahan", "kel", "desakelurahan", "kelurahandesa", "namadesa"]),
    ("alamat", &["alamatusaha", "alamatlengkap", "alamattoko", "jalan"]),
    ("kode_pos", &["pos", "zip"]),
    (
        "telepon",
        &[
            "telp",
            "hp",
            "nohp",
            "nomorhp",
            "notelp",
            "notelepon",
            "nomortelepon",
            "handphone",
            "nowa",
            "wa",
            "whatsapp",
        ],
    ),
    ("email", &["surel", "alamatemail"]),
    ("tahun_berdiri", &["berdiri", "tahunmulai", "thnberdiri", "mulaiusaha"]),
    ("tenaga_kerja_l", &["tenagakerjalakilaki", "tkl", "tklakilaki", "pekerjalakilaki", "karyawanl"]),
    ("tenaga_kerja_p", &["tenagakerjaperempuan", "tkp", "tkperempuan", "pekerjaperempuan", "karyawanp"]),
    (
        "omzet_per_bulan",
        &["omzet", "omset", "omsetperbulan", "omzetbulanan", "omsetbulanan", "penjualanperbulan"],
    ),
    ("jual_online", &["online", "jualanonline", "penjualanonline"]),
    ("ekspor", &["negaraekspor", "tujuanekspor", "export"]),
    ("esmart", &["pelatihanesmart", "esmartikm", "tahunesmart"]),
    ("pirt", &["nopirt", "spirt", "sppirt"]),
    ("halal", &["nohalal", "sertifikathalal", "nosertifikathalal"]),
];

/// The header of a list, each with the field it is, if it is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Mapping(Vec<(String, Option<String>)>);

impl Mapping {
    /// Guesses by name. Two headers that would be the same field: the first one is.
    pub fn guess(headers: &[String]) -> Self {
        let mut taken = Vec::new();
        let guessed = headers.iter().map(|header| {
            let field = field_of(header).filter(|field| !taken.contains(field));
            taken.extend(field);
            (header.clone(), field.map(str::to_owned))
        });
        Self(guessed.collect())
    }

    /// What somebody says; every header that is not named is left out. Faults name the entry.
    pub fn told(&self, told: &[(String, String)]) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        for (header, field) in told {
            let at = format!("/mapping/{}", header.replace('~', "~0").replace('/', "~1"));
            if !self.0.iter().any(|(known, _)| known == header) {
                faults.push(no_header().at(at));
            } else if !VENDOR_FIELDS.contains(&field.as_str()) {
                faults.push(no_field().at(at));
            } else if told.iter().filter(|(_, other)| other == field).count() > 1 {
                faults.push(twice().at(at));
            }
        }
        let of =
            |header: &String| told.iter().find(|(named, _)| named == header).map(|(_, field)| field.clone());
        let mapping = Self(self.0.iter().map(|(header, _)| (header.clone(), of(header))).collect());
        let missing = mapping.missing();
        faults.extend(missing.iter().map(|field| unnamed(field).at("/mapping")));
        if faults.is_empty() { Ok(mapping) } else { Err(faults) }
    }

    /// Fields without which a list says nothing, and which no header is.
    pub fn missing(&self) -> Vec<&'static str> {
        let named = |field: &&str| self.pairs().any(|(_, known)| known == *field);
        VENDOR_COLUMNS.into_iter().filter(|field| !named(field)).collect()
    }

    /// Each header that is a field.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(header, field)| Some((header.as_str(), field.as_deref()?)))
    }

    /// Every header, with its field if it is one.
    pub fn all(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.0.iter().map(|(header, field)| (header.as_str(), field.as_deref()))
    }
}

fn field_of(header: &str) -> Option<&'static str> {
    let folded = folded(header);
    let exact = VENDOR_FIELDS.into_iter().find(|field| self::folded(field) == folded);
    exact.or_else(|| {
        let named = SYNONYMS.iter().find(|(_, names)| names.contains(&folded.as_str()));
        named.map(|(field, _)| *field)
    })
}

fn folded(name: &str) -> String {
    name.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

fn no_header() -> Fault {
    Fault::new("header", "Kolom ini tidak ada di berkas.", "The file has no such column.")
}

fn no_field() -> Fault {
    Fault::new("field", "Isian ini tidak dikenal.", "There is no such field.")
}

fn twice() -> Fault {
    Fault::new("repeated", "Isian ini dipakai dua kali.", "This field is named twice.")
}

fn unnamed(field: &str) -> Fault {
    Fault::new("missing", format!("Kolom untuk {field} belum ditentukan."), format!("No column is {field}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn offices_have_their_own_headers() {
        let list =
            headers(&["No", "Nama Toko", "No. KTP", "NIB", "NPWP", "Kec.", "Alamat Usaha", "No HP", "WA"]);
        let mapping = Mapping::guess(&list);
        let pairs: Vec<_> = mapping.pairs().collect();
        let expected = [
            ("Nama Toko", "nama_usaha"),
            ("No. KTP", "nik"),
            ("NIB", "nib"),
            ("NPWP", "npwp"),
            ("Kec.", "kecamatan"),
            ("Alamat Usaha", "alamat"),
            ("No HP", "telepon"),
        ];
        assert_eq!(pairs, expected);
        assert!(mapping.missing().is_empty());
        assert_eq!(Mapping::guess(&headers(&["Nama", "NIK"])).missing().len(), 6);
    }

    #[test]
    fn what_is_told_is_checked() {
        let mapping = Mapping::guess(&headers(&["Nama", "NIK"]));
        let told = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
            let faults = mapping.told(&pairs).unwrap_err();
            faults.into_iter().map(|fault| (fault.pointer, fault.code)).take(2).collect::<Vec<_>>()
        };
        assert_eq!(told(&[("Nama/x", "nik")])[0], ("/mapping/Nama~1x".to_owned(), "header"));
        assert_eq!(told(&[("Nama", "umur")])[0].1, "field");
        assert_eq!(told(&[("Nama", "nik"), ("NIK", "nik")])[1].1, "repeated");
        assert_eq!(told(&[("Nama", "nama_usaha")])[0], ("/mapping".to_owned(), "missing"));
    }
}
