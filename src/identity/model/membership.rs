//! Who may give which role, what a membership is limited to, and when it holds.

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::clock::{business_date, start_of_business_day};
use crate::kernel::fields::Fault;
use crate::web::{Area, Role};

/// What somebody may be in a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VendorRole {
    /// Owns it.
    Owner,
    /// Runs it.
    Manager,
    /// Works in it.
    Staff,
}

/// What somebody may be on the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlatformRole {
    /// Industry office.
    Officer,
    /// Payments and payouts.
    Finance,
    /// Everything technical, roles, settings.
    Operator,
    /// Reads all, writes nothing.
    Auditor,
}

/// What somebody may be in a work unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnitRole {
    /// Pejabat Pengadaan.
    ProcurementOfficer,
    /// PPK.
    CommitmentOfficer,
    /// PPTK.
    ActivityOfficer,
    /// Receives goods.
    Receiver,
    /// Pays.
    Treasurer,
    /// Reads all.
    UnitAuditor,
}

/// A part of a shop's work that staff can be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StaffArea {
    /// Products and pictures.
    Catalog,
    /// Counts.
    Stock,
    /// Orders.
    Orders,
    /// The shop itself.
    Shop,
}

impl From<VendorRole> for Role {
    fn from(role: VendorRole) -> Self {
        match role {
            VendorRole::Owner => Self::VendorOwner,
            VendorRole::Manager => Self::VendorManager,
            VendorRole::Staff => Self::VendorStaff,
        }
    }
}

impl From<PlatformRole> for Role {
    fn from(role: PlatformRole) -> Self {
        match role {
            PlatformRole::Officer => Self::Officer,
            PlatformRole::Finance => Self::Finance,
            PlatformRole::Operator => Self::Operator,
            PlatformRole::Auditor => Self::Auditor,
        }
    }
}

impl From<UnitRole> for Role {
    fn from(role: UnitRole) -> Self {
        match role {
            UnitRole::ProcurementOfficer => Self::ProcurementOfficer,
            UnitRole::CommitmentOfficer => Self::CommitmentOfficer,
            UnitRole::ActivityOfficer => Self::ActivityOfficer,
            UnitRole::Receiver => Self::Receiver,
            UnitRole::Treasurer => Self::Treasurer,
            UnitRole::UnitAuditor => Self::UnitAuditor,
        }
    }
}

impl From<StaffArea> for Area {
    fn from(area: StaffArea) -> Self {
        match area {
            StaffArea::Catalog => Self::Catalog,
            StaffArea::Stock => Self::Stock,
            StaffArea::Orders => Self::Orders,
            StaffArea::Shop => Self::Shop,
        }
    }
}

/// True if whoever is `by` in a shop may make somebody who is `from` there (or nobody yet) to `to` (or nobody again).
pub fn may_make(by: Role, from: Option<Role>, to: Option<Role>) -> bool {
    let touched = [from, to].into_iter().flatten();
    match by {
        Role::VendorOwner => true,
        Role::VendorManager => touched.into_iter().all(|role| role == Role::VendorStaff),
        _ => false,
    }
}

/// Areas as they are stored, with blanks between. Nobody is a member who may do nothing.
pub fn stored_areas(areas: &[StaffArea]) -> Result<String, Fault> {
    let mut areas = areas.to_vec();
    areas.sort_unstable();
    areas.dedup();
    if areas.is_empty() {
        return Err(Fault::new(
            "required",
            "Pilih minimal satu bidang, atau null untuk semua.",
            "Name one area at least, or null for all.",
        ));
    }
    Ok(areas.into_iter().map(|area| Area::from(area).name()).collect::<Vec<_>>().join(" "))
}

/// When an appointment holds: from the start of one day in Jakarta to the end of another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// The first moment; nothing: since ever.
    pub from: Option<DateTime<Utc>>,
    /// The first moment at which it no longer holds; nothing: until further notice.
    pub to: Option<DateTime<Utc>>,
}

impl Term {
    /// From the first to the last day, both included.
    pub fn new(first: NaiveDate, last: Option<NaiveDate>) -> Result<Self, Fault> {
        Self::default().changed(Some(first), Some(last))
    }

    /// The same with another first or last day.
    pub fn changed(self, first: Option<NaiveDate>, last: Option<Option<NaiveDate>>) -> Result<Self, Fault> {
        let from = first.map(day).transpose()?.or(self.from);
        let to = match last {
            Some(last) => last.map(|last| day(last.succ_opt().unwrap_or(last))).transpose()?,
            None => self.to,
        };
        if from.zip(to).is_some_and(|(from, to)| to <= from) {
            return Err(Fault::new(
                "before-start",
                "Tanggal akhir mendahului tanggal mulai.",
                "The last day is before the first one.",
            ));
        }
        Ok(Self { from, to })
    }
}

/// The last day of a term that ends at this moment.
pub fn last_day(to: DateTime<Utc>) -> NaiveDate {
    business_date(to - Duration::microseconds(1))
}

fn day(date: NaiveDate) -> Result<DateTime<Utc>, Fault> {
    if (2000..=2200).contains(&date.year()) {
        return Ok(start_of_business_day(date));
    }
    Err(Fault::new(
        "out-of-range",
        "Tahun harus antara 2000 dan 2200.",
        "The year must be from 2000 to 2200.",
    ))
}

#[cfg(test)]
mod tests {
    use Role::{VendorManager, VendorOwner, VendorStaff};

    use super::*;

    #[test]
    fn nobody_gives_more_than_the_own_role_allows() {
        let all = [VendorOwner, VendorManager, VendorStaff];
        for role in all {
            assert!(may_make(VendorOwner, None, Some(role)) && may_make(VendorOwner, Some(role), None));
            assert_eq!(may_make(VendorManager, None, Some(role)), role == VendorStaff);
            assert_eq!(may_make(VendorManager, Some(role), None), role == VendorStaff);
            assert!(!may_make(VendorStaff, None, Some(role)) && !may_make(VendorStaff, Some(role), None));
            assert!(!may_make(Role::Operator, Some(role), None));
        }
        assert!(!may_make(VendorManager, Some(VendorStaff), Some(VendorManager)));
        assert!(!may_make(VendorManager, Some(VendorManager), Some(VendorStaff)));
    }

    #[test]
    fn areas_are_stored_once() {
        let stored = stored_areas(&[StaffArea::Stock, StaffArea::Catalog, StaffArea::Stock]);
        assert_eq!(stored.unwrap(), "catalog stock");
        assert!(stored_areas(&[]).is_err());
        let of_staff = [StaffArea::Catalog, StaffArea::Stock, StaffArea::Orders, StaffArea::Shop];
        assert_eq!(of_staff.map(Area::from), Area::OF_STAFF);
    }

    #[test]
    fn a_term_covers_whole_days_in_jakarta() {
        let date = |text: &str| text.parse::<NaiveDate>().unwrap();
        let term = Term::new(date("2026-12-01"), Some(date("2026-12-01"))).unwrap();
        assert_eq!(term.from.unwrap().to_rfc3339(), "2026-11-30T17:00:00+00:00");
        assert_eq!(term.to.unwrap().to_rfc3339(), "2026-12-01T17:00:00+00:00");
        assert_eq!(last_day(term.to.unwrap()), date("2026-12-01"));
        assert!(Term::new(date("2026-12-01"), None).unwrap().to.is_none());
        assert_eq!(Term::new(date("2026-12-02"), Some(date("2026-12-01"))).unwrap_err().code, "before-start");
        assert!(Term::new(date("1999-12-31"), None).is_err());
        let longer = term.changed(None, Some(None)).unwrap();
        assert_eq!((longer.from, longer.to), (term.from, None));
        assert!(term.changed(Some(date("2026-12-02")), None).is_err());
    }
}
