//! Region codes of the Ministry of Home Affairs, `PP.KK.CC.DDDD` (never the look-alike BPS codes).

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::fields::Fault;

/// Kabupaten Bekasi: 23 districts and 187 villages, Kepmendagri 300.2.2-2430/2025.
const REGIONS: &str = include_str!("../../config/regions/3216.csv");

/// One region of the shipped list.
#[derive(Clone, Debug)]
pub struct Region {
    /// Dotted code.
    pub code: &'static str,
    /// Name without its level.
    pub name: &'static str,
    /// `kabupaten`, `kecamatan`, `desa` or `kelurahan`.
    pub level: &'static str,
    /// Post code where the whole region has one.
    pub post_code: Option<&'static str>,
}

static BY_CODE: LazyLock<HashMap<&'static str, Region>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut cells = line.trim_end().split(',');
        let (code, name, level) = (cells.next()?, cells.next()?, cells.next()?);
        let post_code = cells.nth(1).filter(|cell| !cell.is_empty());
        Some((code, Region { code, name, level, post_code }))
    };
    REGIONS.lines().skip(1).filter_map(row).collect()
});

/// All regions, in no order.
pub fn all() -> impl Iterator<Item = &'static Region> {
    BY_CODE.values()
}

/// A code that is in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegionCode(&'static str);

impl RegionCode {
    /// A district (kecamatan), e.g. `32.16.09`.
    pub fn district(code: &str) -> Result<Self, Fault> {
        Self::known(code, |level| level == "kecamatan")
            .ok_or_else(|| Fault::new("district", "Kode kecamatan tidak dikenal.", "Unknown district code."))
    }

    /// A village (desa or kelurahan) of this district.
    pub fn village(self, code: &str) -> Result<Self, Fault> {
        Self::known(code, |level| matches!(level, "desa" | "kelurahan"))
            .filter(|village| village.0.starts_with(self.0))
            .ok_or_else(|| {
                Fault::new(
                    "village",
                    "Desa tidak dikenal di kecamatan ini.",
                    "Unknown village in this district.",
                )
            })
    }

    fn known(code: &str, level: impl Fn(&str) -> bool) -> Option<Self> {
        BY_CODE.get(code.trim()).filter(|region| level(region.level)).map(|region| Self(region.code))
    }

    /// The dotted code.
    pub fn as_str(self) -> &'static str {
        self.0
    }

    /// The name of the region.
    pub fn name(self) -> &'static str {
        BY_CODE.get(self.0).map_or("", |region| region.name)
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// The post code of a region, where the whole region has one.
pub fn post_code_of(code: &str) -> Option<&'static str> {
    BY_CODE.get(code).and_then(|region| region.post_code)
}

/// A post code: five digits.
pub fn post_code(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.len() == 5 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err(Fault::new("post-code", "Kode pos terdiri dari 5 angka.", "A post code has 5 digits."))
    }
}

/// The name of a region by its code, if it is in the list.
pub fn name_of(code: &str) -> Option<&'static str> {
    BY_CODE.get(code).map(|region| region.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        assert_eq!(all().filter(|region| region.level == "kecamatan").count(), 23);
        assert_eq!(all().filter(|region| region.level == "desa").count(), 179);
        assert_eq!(all().filter(|region| region.level == "kelurahan").count(), 8);
    }

    #[test]
    fn home_affairs_codes_not_statistics_codes() {
        // BPS numbers districts differently: 32.16.07 is Cibitung here, not Cikarang Utara.
        assert_eq!(RegionCode::district("32.16.07").unwrap().name(), "Cibitung");
        assert_eq!(RegionCode::district("32.16.09").unwrap().name(), "Cikarang Utara");
        assert!(RegionCode::district("32.75.01").is_err());
        assert!(RegionCode::district("32.16").is_err());
    }

    #[test]
    fn a_village_belongs_to_its_district() {
        let tarumajaya = RegionCode::district("32.16.01").unwrap();
        assert!(tarumajaya.village("32.16.01.1007").is_ok());
        assert!(RegionCode::district("32.16.09").unwrap().village("32.16.01.1007").is_err());
    }
}
