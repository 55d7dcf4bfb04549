//! A rate as two fractions: of the price its base, and of the base the tax. One rounding, half up.

use serde::Serialize;

use crate::kernel::Rupiah;

/// Of the price its base, of the base the tax.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Rate {
    /// The base is this part of the price.
    pub base: (i64, i64),
    /// The tax is this part of the base.
    pub tax: (i64, i64),
}

impl Rate {
    /// A plain part of the price.
    pub fn plain(num: i64, den: i64) -> Self {
        Self { base: (1, 1), tax: (num, den) }
    }

    /// The same, so many times as high.
    #[must_use]
    pub fn times(self, factor: i64) -> Self {
        Self { tax: (self.tax.0 * factor, self.tax.1), ..self }
    }

    fn numerator(self) -> i128 {
        i128::from(self.base.0) * i128::from(self.tax.0)
    }

    fn denominator(self) -> i128 {
        (i128::from(self.base.1) * i128::from(self.tax.1)).max(1)
    }

    /// The base of a net price, for a document.
    pub fn base_of(self, net: Rupiah) -> Rupiah {
        rounded(i128::from(net.get()) * i128::from(self.base.0), i128::from(self.base.1))
    }

    /// The tax on a net price: the fractions are multiplied first, so the base is never rounded on the way.
    pub fn of(self, net: Rupiah) -> Rupiah {
        rounded(i128::from(net.get()) * self.numerator(), self.denominator())
    }

    /// The net price in a gross one; the tax is the rest, so both always add up.
    pub fn net_of(self, gross: Rupiah) -> Rupiah {
        let whole = self.denominator() + self.numerator();
        rounded(i128::from(gross.get()) * self.denominator(), whole)
    }
}

/// Half up to a whole rupiah.
fn rounded(numerator: i128, denominator: i128) -> Rupiah {
    let denominator = denominator.max(1);
    let quotient = (2 * numerator + denominator) / (2 * denominator);
    i64::try_from(quotient).ok().and_then(|amount| Rupiah::new(amount).ok()).unwrap_or(Rupiah::MAX)
}
