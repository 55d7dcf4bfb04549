//! What people may be, and where.

/// What a person may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Any signed-in person.
    Buyer,
    /// Owns a shop.
    VendorOwner,
    /// Runs a shop.
    VendorManager,
    /// Works in a shop.
    VendorStaff,
    /// Industry office: verifies, moderates, surveys.
    Officer,
    /// Payments and payouts.
    Finance,
    /// Everything technical, roles, settings.
    Operator,
    /// Reads all, writes nothing.
    Auditor,
    /// Pejabat Pengadaan of a work unit.
    ProcurementOfficer,
    /// PPK of a work unit.
    CommitmentOfficer,
    /// PPTK of a work unit.
    ActivityOfficer,
    /// Receives goods for a work unit.
    Receiver,
    /// Pays for a work unit.
    Treasurer,
    /// Reads all of a work unit.
    UnitAuditor,
}

/// Where a role holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everywhere.
    Platform,
    /// In one shop.
    Vendor,
    /// In one work unit.
    Unit,
}

impl Role {
    /// Every role, for the tests and the command line.
    pub const ALL: [Self; 14] = [
        Self::Buyer,
        Self::VendorOwner,
        Self::VendorManager,
        Self::VendorStaff,
        Self::Officer,
        Self::Finance,
        Self::Operator,
        Self::Auditor,
        Self::ProcurementOfficer,
        Self::CommitmentOfficer,
        Self::ActivityOfficer,
        Self::Receiver,
        Self::Treasurer,
        Self::UnitAuditor,
    ];

    /// Where the role holds.
    pub const fn scope(self) -> Scope {
        match self {
            Self::Buyer | Self::Officer | Self::Finance | Self::Operator | Self::Auditor => Scope::Platform,
            Self::VendorOwner | Self::VendorManager | Self::VendorStaff => Scope::Vendor,
            _ => Scope::Unit,
        }
    }

    /// The name inside its scope, as stored: `owner`, `officer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Buyer => "buyer",
            Self::VendorOwner => "owner",
            Self::VendorManager => "manager",
            Self::VendorStaff => "staff",
            Self::Officer => "officer",
            Self::Finance => "finance",
            Self::Operator => "operator",
            Self::Auditor => "auditor",
            Self::ProcurementOfficer => "procurement_officer",
            Self::CommitmentOfficer => "commitment_officer",
            Self::ActivityOfficer => "activity_officer",
            Self::Receiver => "receiver",
            Self::Treasurer => "treasurer",
            Self::UnitAuditor => "unit_auditor",
        }
    }

    /// The name as OpenAPI's `x-authz` has it: `vendor:owner`, `officer`, `unit:receiver`.
    pub fn label(self) -> String {
        match self.scope() {
            Scope::Platform => self.name().to_owned(),
            Scope::Vendor => format!("vendor:{}", self.name()),
            Scope::Unit => format!("unit:{}", self.name()),
        }
    }

    /// The role of a scope by its stored name.
    pub fn parse(scope: Scope, name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.scope() == scope && role.name() == name)
    }
}

impl Scope {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Platform => "platform",
            Self::Vendor => "vendor",
            Self::Unit => "unit",
        }
    }

    /// By its stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Platform, Self::Vendor, Self::Unit].into_iter().find(|scope| scope.name() == name)
    }
}

/// Every member of a shop.
pub const VENDOR_MEMBERS: &[Role] = &[Role::VendorOwner, Role::VendorManager, Role::VendorStaff];
/// Those who decide in a shop.
pub const VENDOR_LEADS: &[Role] = &[Role::VendorOwner, Role::VendorManager];

/// Part of the work: what staff of a shop may be limited to, and what a key of a program is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Area {
    /// Products and pictures.
    Catalog,
    /// Counts.
    Stock,
    /// Orders of buyers and of shops.
    Orders,
    /// Payments and refunds.
    Payments,
    /// The shop itself.
    Shop,
    /// The caller's own account.
    Account,
    /// What the industry office does.
    Office,
    /// What operators see.
    Operation,
}

impl Area {
    /// Every area.
    pub const ALL: [Self; 8] = [
        Self::Catalog,
        Self::Stock,
        Self::Orders,
        Self::Payments,
        Self::Shop,
        Self::Account,
        Self::Office,
        Self::Operation,
    ];
    /// The areas that staff of a shop can be limited to.
    pub const OF_STAFF: [Self; 4] = [Self::Catalog, Self::Stock, Self::Orders, Self::Shop];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Stock => "stock",
            Self::Orders => "orders",
            Self::Payments => "payments",
            Self::Shop => "shop",
            Self::Account => "account",
            Self::Office => "office",
            Self::Operation => "operation",
        }
    }

    /// By its name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|area| area.name() == name)
    }
}

/// What a key of a program may do: read or write in one area. Writing includes reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyScope {
    /// Where.
    pub area: Area,
    /// Not only read.
    pub write: bool,
}

impl KeyScope {
    /// `orders:read`, `orders:write`.
    pub fn label(self) -> String {
        format!("{}:{}", self.area.name(), if self.write { "write" } else { "read" })
    }

    /// By its label.
    pub fn parse(label: &str) -> Option<Self> {
        let (area, act) = label.split_once(':')?;
        let write = match act {
            "read" => false,
            "write" => true,
            _ => return None,
        };
        Some(Self { area: Area::parse(area)?, write })
    }

    /// True if whoever has this scope may do what the other one names.
    pub fn covers(self, wanted: Self) -> bool {
        self.area == wanted.area && (self.write || !wanted.write)
    }
}
