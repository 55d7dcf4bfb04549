//! Filters as Meilisearch writes them, made from typed values only.

use crate::platform::search::{Facet, Filters, PriceHint, VendorKey};

/// All conditions but those of `without`, joined by AND; `None` if there are none.
pub fn filter(filters: &Filters, hint: Option<PriceHint>, without: Option<Facet>) -> Option<String> {
    let mut parts = Vec::new();
    let keeps = |facet| without != Some(facet);
    if let Some(slug) = filters.category.as_deref().filter(|_| keeps(Facet::Category)) {
        parts.push(equals("category_path", slug));
    }
    if let Some(code) = filters.district.as_deref().filter(|_| keeps(Facet::District)) {
        parts.push(equals("district_code", code));
    }
    if keeps(Facet::Price) {
        between(&mut parts, filters.price_min, filters.price_max);
    }
    if let Some(hint) = hint {
        between(&mut parts, hint.min, hint.max);
    }
    match &filters.vendor {
        Some(VendorKey::Id(id)) => parts.push(equals("vendor_id", &id.to_string())),
        Some(VendorKey::Slug(slug)) => parts.push(equals("vendor_slug", slug)),
        None => {}
    }
    if let Some(in_stock) = filters.in_stock {
        parts.push(format!("in_stock = {in_stock}"));
    }
    if let Some(moment) = filters.seen_until_ms {
        parts.push(format!("created_at_ms <= {moment}"));
    }
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

/// The dearest variant reaches the range and the cheapest does not pass it.
fn between(parts: &mut Vec<String>, low: Option<i64>, high: Option<i64>) {
    parts.extend(low.map(|low| format!("price_max >= {low}")));
    parts.extend(high.map(|high| format!("price_min <= {high}")));
}

fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} = \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::filter;
    use crate::platform::search::{Facet, Filters, PriceHint, VendorKey};

    #[test]
    fn values_cannot_leave_their_quotes() {
        let filters =
            Filters { category: Some("a\" OR in_stock = true OR x = \"\\".to_owned()), ..Filters::default() };
        let text = filter(&filters, None, None).unwrap();
        assert_eq!(text, r#"category_path = "a\" OR in_stock = true OR x = \"\\""#);
    }

    #[test]
    fn a_facet_sees_past_its_own_filter() {
        let filters = Filters {
            category: Some("batik".to_owned()),
            district: Some("32.16.09".to_owned()),
            vendor: Some(VendorKey::Slug("toko".to_owned())),
            price_min: Some(1_000),
            price_max: Some(9_000),
            in_stock: Some(true),
            seen_until_ms: Some(5),
        };
        let hint = Some(PriceHint { max: Some(7_000), ..PriceHint::default() });
        assert_eq!(
            filter(&filters, hint, Some(Facet::Price)).unwrap(),
            "category_path = \"batik\" AND district_code = \"32.16.09\" AND price_min <= 7000 AND \
             vendor_slug = \"toko\" AND in_stock = true AND created_at_ms <= 5"
        );
        assert_eq!(filter(&Filters::default(), None, None), None);
    }
}
