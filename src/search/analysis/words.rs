//! Words with a part to play: stop words, fillers, papers.

/// Words that are never a reason to find something. "tanpa", "non" and "bebas" are not among them: they negate.
pub const STOP_WORDS: &[&str] = &[
    "jual", "beli", "murah", "harga", "yang", "untuk", "dan", "di", "ke", "dari", "buat", "dengan", "utk",
    "dgn", "yg", "atau", "termurah", "terlaris", "promo", "diskon", "ready", "stock", "stok", "cari",
    "butuh", "produk", "barang", "pesan", "order", "the", "for", "of", "and", "with", "mau", "ingin",
    "pengen", "dong", "kak", "gan", "nih", "tolong", "bgt", "banget", "hrg", "mrh",
];

/// Words as people shorten them while chatting, and what they stand for.
const CHAT: &[(&str, &str)] = &[
    ("tdk", "tidak"),
    ("gak", "tidak"),
    ("gk", "tidak"),
    ("nggak", "tidak"),
    ("enggak", "tidak"),
    ("tnp", "tanpa"),
    ("bju", "baju"),
    ("clna", "celana"),
    ("sptu", "sepatu"),
    ("spt", "sepatu"),
    ("sndal", "sandal"),
    ("sndl", "sandal"),
    ("krdg", "kerudung"),
    ("jlbb", "jilbab"),
    ("ank", "anak"),
    ("mkn", "makan"),
    ("mkanan", "makanan"),
    ("mnm", "minum"),
    ("mnuman", "minuman"),
    ("bsr", "besar"),
    ("kcl", "kecil"),
    ("pjg", "panjang"),
    ("pnjg", "panjang"),
    ("pndk", "pendek"),
    ("htm", "hitam"),
    ("pth", "putih"),
    ("kntr", "kantor"),
    ("sklh", "sekolah"),
    ("undgn", "undangan"),
    ("krpk", "keripik"),
    ("krpuk", "kerupuk"),
    ("smbl", "sambal"),
    ("nsi", "nasi"),
    ("aym", "ayam"),
];

/// The whole word for a shortened one.
pub fn whole(word: String) -> String {
    CHAT.iter().find(|(short, _)| *short == word).map_or(word, |(_, whole)| (*whole).to_owned())
}

/// Whether a word is no reason to find something.
pub fn is_stop_word(word: &str) -> bool {
    STOP_WORDS.contains(&word)
}

/// The token that marks a product as holding a paper; no user writes it.
pub fn paper_of_query(word: &str) -> Option<&'static str> {
    match word {
        "halal" => Some("adahalal"),
        "pirt" => Some("adapirt"),
        "tkdn" => Some("adatkdn"),
        "ekspor" | "export" => Some("adaekspor"),
        _ => None,
    }
}

/// The token for a fact of a product that is a paper, if it says yes.
pub fn paper_of_attribute(name: &str, value: &str) -> Option<&'static str> {
    let refused =
        matches!(value.trim().to_lowercase().as_str(), "" | "0" | "-" | "tidak" | "no" | "false" | "belum");
    if refused {
        return None;
    }
    match name.trim().to_lowercase().replace([' ', '-'], "_").as_str() {
        "halal" | "halal_number" | "no_halal" | "sertifikat_halal" => Some("adahalal"),
        "pirt" | "p_irt" | "pirt_number" | "no_pirt" => Some("adapirt"),
        "tkdn" | "tkdn_percent" | "nilai_tkdn" => Some("adatkdn"),
        "ekspor" | "export" | "siap_ekspor" | "export_ready" => Some("adaekspor"),
        _ => None,
    }
}

/// Whether a fact's name says that its values are sizes.
pub fn is_size_attribute(name: &str) -> bool {
    matches!(name.trim().to_lowercase().as_str(), "ukuran" | "size" | "uk" | "nomor")
}
