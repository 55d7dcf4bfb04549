//! What lines of a budget are made of.

use sea_orm::prelude::StringLen;
use sea_orm::{DeriveActiveEnum, EnumIter};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::fields::Fault;

/// Where the money comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize, Deserialize, ToSchema)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::None)", rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum FundSource {
    /// Budget of the regency.
    Apbd,
    /// The same, as changed within the year.
    Apbdp,
    /// Budget of the state.
    Apbn,
    /// The same, as changed within the year.
    Apbnp,
    /// Service agency of the state.
    Blu,
    /// Service agency of the regency.
    Blud,
    /// Operational help for schools.
    Bos,
    /// Anything else.
    Other,
}

/// Digits in each part of an account code (Permendagri 90/2019).
const PARTS: [usize; 6] = [1, 1, 2, 2, 2, 4];

/// An account code like `5.1.02.01.01.0052`.
pub fn account_code(given: &str) -> Result<String, Fault> {
    let given = given.trim();
    let mut parts = given.split('.');
    let right = PARTS.iter().all(|digits| {
        parts
            .next()
            .is_some_and(|part| part.len() == *digits && part.bytes().all(|byte| byte.is_ascii_digit()))
    });
    if right && parts.next().is_none() {
        return Ok(given.to_owned());
    }
    Err(Fault::new(
        "account-code",
        "Kode rekening harus seperti 5.1.02.01.01.0052.",
        "An account code looks like 5.1.02.01.01.0052.",
    ))
}

#[cfg(test)]
mod tests {
    use super::account_code;

    #[test]
    fn account_codes_have_six_parts() {
        assert_eq!(account_code(" 5.1.02.01.01.0052 ").ok().as_deref(), Some("5.1.02.01.01.0052"));
        let wrong = [
            "",
            "5.1.02.01.01",
            "5.1.02.01.01.52",
            "5.1.02.01.01.0052.1",
            "5.1.2.01.01.0052",
            "a.1.02.01.01.0052",
            "5.1.02.01.01.00\u{665}2",
        ];
        assert!(wrong.iter().all(|code| account_code(code).is_err()));
    }
}
