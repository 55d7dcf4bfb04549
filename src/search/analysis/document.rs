//! The index texts of a product.

use super::fold::fold;
use super::stem::stems;
use super::tokens::tokens;
use super::words::{is_size_attribute, paper_of_attribute};
use crate::platform::search::{DocFields, ProductDoc};

/// Builds all index texts of one product.
pub fn fields(product: &ProductDoc) -> DocFields {
    let vendor = tokens(&product.vendor_name);
    let mut title = without_shop(tokens(&product.title), &vendor);
    // Behind the words of the seller, so that what stands first still stands first.
    let translated = unique(product.translations.iter().flat_map(|(title, _)| tokens(title)));
    title.extend(translated.into_iter().filter(|word| !title.contains(word)).collect::<Vec<_>>());
    let described = product.translations.iter().flat_map(|(_, description)| tokens(description));
    let category = unique(product.category_names.iter().flat_map(|name| tokens(name)));
    let attributes = attributes(product);
    let named = || title.iter().chain(&category).chain(&attributes);
    let fold_words = unique(named().chain(&vendor).filter_map(|token| shadow(token)));
    let stem_words = unique(title.iter().chain(&category).flat_map(|token| stems(token)));
    DocFields {
        fold: fold_words.join(" "),
        stem: stem_words.join(" "),
        title: title.join(" "),
        category: category.join(" "),
        vendor: vendor.join(" "),
        attributes: attributes.join(" "),
        district: tokens(&product.district_name).join(" "),
        description: tokens(&product.description).into_iter().chain(described).collect::<Vec<_>>().join(" "),
    }
}

/// Sellers put their shop's name into titles; there it would make every product of "Toko Sandal" a sandal.
fn without_shop(title: Vec<String>, shop: &[String]) -> Vec<String> {
    if shop.is_empty() || title.len() <= shop.len() {
        return title;
    }
    if title.starts_with(shop) {
        return title[shop.len()..].to_vec();
    }
    if title.ends_with(shop) {
        return title[..title.len() - shop.len()].to_vec();
    }
    title
}

fn attributes(product: &ProductDoc) -> Vec<String> {
    let mut found = Vec::new();
    for (name, value) in &product.attributes {
        found.extend(paper_of_attribute(name, value).map(str::to_owned));
        if is_size_attribute(name) {
            value.split(['|', ';', ',']).for_each(|one| push_size(&mut found, one));
        } else {
            found.extend(tokens(value));
        }
    }
    product.options.iter().for_each(|option| push_size(&mut found, option));
    found.extend(product.sku.iter().map(|sku| sku.trim().to_lowercase()).filter(|sku| !sku.contains(' ')));
    found.extend(tokens(&product.unit));
    unique(found.into_iter())
}

/// A bare number among option values is a size: findable as `43` and as `uk 43`.
fn push_size(found: &mut Vec<String>, value: &str) {
    let bare = value.trim();
    if bare.starts_with(|c: char| c.is_ascii_digit()) && bare.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        found.extend(tokens(&format!("ukuran {bare}")));
    }
    found.extend(tokens(bare));
}

/// The shadow form of a token: spelling folded, or the bare number of a measure.
fn shadow(token: &str) -> Option<String> {
    if token.starts_with(|c: char| c.is_ascii_digit()) {
        let number: String = token.chars().take_while(char::is_ascii_digit).collect();
        return (number.len() < token.len()).then_some(number);
    }
    if let Some(size) = token.strip_prefix("uk").filter(|rest| rest.chars().all(|c| c.is_ascii_digit())) {
        return Some(size.to_owned()).filter(|size| !size.is_empty());
    }
    Some(fold(token))
}

fn unique<T: AsRef<str>>(words: impl Iterator<Item = T>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    words.map(|word| word.as_ref().to_owned()).filter(|word| seen.insert(word.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::{fields, without_shop};
    use crate::search::analysis::sample;

    fn list(text: &str) -> Vec<String> {
        text.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn the_shop_name_is_not_part_of_the_title() {
        let shop = list("otak bu karsih");
        assert_eq!(without_shop(list("otak bu karsih bebek ungkep"), &shop), list("bebek ungkep"));
        assert_eq!(without_shop(list("bebek ungkep otak bu karsih"), &shop), list("bebek ungkep"));
        assert_eq!(without_shop(list("otak bu karsih"), &shop), shop);
    }

    #[test]
    fn what_is_translated_is_findable() {
        let mut product = sample("Batik tulis", "Toko Kain");
        product.translations = vec![("Hand-drawn batik".into(), "Made in Bekasi".into())];
        let found = fields(&product);
        assert!(found.title.starts_with("batik tulis ") && found.title.contains("drawn"), "{}", found.title);
        assert_eq!(found.title.matches("batik").count(), 1);
        assert!(found.description.contains("bekasi"));
    }

    #[test]
    fn papers_sizes_and_spellings_are_findable() {
        let mut product = sample("Kripik Tempe 250gr", "Dapur Ibu");
        product.attributes = vec![
            ("halal".into(), "ID32110001".into()),
            ("siap_ekspor".into(), "tidak".into()),
            ("ukuran".into(), "39|40".into()),
        ];
        let found = fields(&product);
        assert_eq!(found.title, "kripik tempe 250gram");
        assert!(found.attributes.contains("adahalal"));
        assert!(!found.attributes.contains("adaekspor"));
        assert!(found.attributes.contains("uk39 39 uk40 40"));
        assert!(found.fold.split(' ').any(|word| word == "250"));
    }
}
