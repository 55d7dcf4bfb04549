//! Light stemming of Indonesian words into candidates for a low-weight shadow field.
//!
//! Full stemmers ruin product names (kemeja to meja, minuman to uman), so words are never replaced by their stem,
//! whole families of names are exempt, and a stem keeps at least four letters.

/// Names of goods that look like affixed words and are not.
const NEVER: &[&str] = &[
    "makanan",
    "minuman",
    "jajanan",
    "kerajinan",
    "anyaman",
    "sulaman",
    "manisan",
    "asinan",
    "rengginang",
    "sandal",
    "celana",
    "kalengan",
    "kain",
    "durian",
    "ikan",
    "papan",
    "santan",
    "bihun",
    "dodol",
    "kemeja",
    "kelapa",
    "peternakan",
    "permen",
    "pensil",
    "perak",
    "perca",
    "permata",
    "pernik",
    "serbet",
    "sepatu",
    "selai",
    "selimut",
    "sejadah",
    "sendok",
    "sekolah",
    "seragam",
    "semangka",
    "sepeda",
    "semen",
    "selendang",
    "seruni",
    "setelan",
    "kemasan",
    "kebaya",
    "kerudung",
    "kerupuk",
    "keripik",
    "ketan",
    "ketupat",
    "kecap",
    "keramik",
    "keranjang",
    "kertas",
    "kedelai",
    "kemiri",
    "kencur",
    "kentang",
    "kelengkeng",
    "terasi",
    "terigu",
    "terong",
    "teri",
    "teriyaki",
    "tenun",
    "berlian",
    "beras",
    "berkah",
    "bekasi",
    "bersih",
    "dinas",
    "dinding",
    "digital",
    "dimsum",
    "dingin",
    "mentega",
    "mentimun",
    "melon",
    "melati",
    "merah",
    "meja",
    "meter",
    "medan",
    "madu",
    "media",
    "melinjo",
    "pesan",
    "bulan",
    "taman",
    "tangan",
    "hutan",
    "jalan",
    "makan",
    "udang",
    "wangi",
    "roti",
    "kopi",
    "topi",
    "sapi",
    "api",
    "padi",
    "peci",
    "besi",
    "kursi",
    "lemari",
    "pelangi",
    "mandiri",
    "rejeki",
    "murni",
    "asli",
    "resmi",
    "pribadi",
    "buku",
    "paku",
    "susu",
    "kayu",
    "bambu",
    "lampu",
    "batu",
    "pintu",
    "tamu",
    "tahu",
    "biru",
    "baru",
    "bumbu",
    "suku",
    "saku",
    "semur",
    "sekat",
    "perekat",
    "permadani",
    "pewangi",
    "pengharum",
    "penggaris",
    "penghapus",
    "peniti",
    "pelepah",
    "peyek",
    "peti",
    "petis",
    "pempek",
    "pecel",
    "pepes",
    "peuyeum",
    "penjepit",
];

/// Up to three likely roots of a word, best first; empty when it should be left alone.
pub fn stems(word: &str) -> Vec<String> {
    if word.len() < 6 || !word.bytes().all(|b| b.is_ascii_lowercase()) || NEVER.contains(&word) {
        return Vec::new();
    }
    let bare = strip_particles(word);
    let mut found = Vec::new();
    let mut keep = |candidate: &str| {
        let long_enough = candidate.len() >= 4 && candidate != word;
        if long_enough && has_vowel(candidate) && !found.iter().any(|known| known == candidate) {
            found.push(candidate.to_owned());
        }
    };
    let prefixed = strip_prefix(bare);
    for root in &prefixed {
        strip_suffix(root).for_each(&mut keep);
        keep(root);
    }
    if prefixed.is_empty() {
        if !NEVER.contains(&bare) {
            strip_suffix(bare).for_each(&mut keep);
        }
        keep(bare);
    }
    found.truncate(3);
    found
}

/// `-lah -kah -pun` and the possessives, which never belong to a name.
fn strip_particles(word: &str) -> &str {
    for ending in ["lah", "kah", "pun", "nya"] {
        if let Some(short) = word.strip_suffix(ending)
            && short.len() >= 4
        {
            return short;
        }
    }
    word
}

/// `cetakan` is from cetak, `kirimkan` from kirim: whether the `k` belongs to the root is open, so both are candidates.
fn strip_suffix(word: &str) -> impl Iterator<Item = &str> {
    ["an", "kan", "i"].iter().filter_map(|ending| word.strip_suffix(ending).filter(|short| short.len() >= 4))
}

/// Roots behind a prefix. Where a sound was lost (menulis from tulis, memakai from pakai) both forms are candidates.
fn strip_prefix(word: &str) -> Vec<String> {
    const LOST: &[(&str, &str)] = &[
        ("meny", "s"),
        ("peny", "s"),
        ("meng", "k"),
        ("peng", "k"),
        ("mem", "p"),
        ("pem", "p"),
        ("men", "t"),
        ("pen", "t"),
    ];
    for (prefix, lost) in LOST {
        let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.len() >= 3) else {
            continue;
        };
        if rest.starts_with(['a', 'i', 'u', 'e', 'o']) {
            let nasal_kept = format!("{}{rest}", &prefix[2..]);
            return match *lost {
                "s" => vec![format!("s{rest}")],
                "k" => vec![rest.to_owned(), format!("k{rest}")],
                _ => vec![format!("{lost}{rest}"), nasal_kept],
            };
        }
        return vec![rest.to_owned()];
    }
    for prefix in ["ber", "ter", "per", "me", "pe", "di", "ke", "se"] {
        if let Some(rest) = word.strip_prefix(prefix).filter(|rest| rest.len() >= 4) {
            return vec![rest.to_owned()];
        }
    }
    Vec::new()
}

fn has_vowel(word: &str) -> bool {
    word.contains(['a', 'i', 'u', 'e', 'o'])
}

#[cfg(test)]
mod tests {
    use super::stems;

    #[test]
    fn affixed_words_meet_their_root() {
        for (word, root) in [
            ("menganyam", "anyam"),
            ("mencetak", "cetak"),
            ("percetakan", "cetak"),
            ("menjahit", "jahit"),
            ("membuat", "buat"),
            ("menulis", "tulis"),
            ("memakai", "pakai"),
            ("penjilidan", "jilid"),
            ("rajutan", "rajut"),
            ("sablonan", "sablon"),
            ("bukunya", "buku"),
            ("bermotif", "motif"),
            ("menyulam", "sulam"),
        ] {
            assert!(stems(word).iter().any(|stem| stem == root), "{word}: {:?}", stems(word));
        }
    }

    #[test]
    fn names_of_goods_are_left_alone() {
        for word in [
            "makanan",
            "minuman",
            "jajanan",
            "kerajinan",
            "anyaman",
            "sulaman",
            "manisan",
            "asinan",
            "rengginang",
            "sandal",
            "celana",
            "kalengan",
            "kain",
            "durian",
            "ikan",
            "papan",
            "santan",
            "bihun",
            "dodol",
            "kemeja",
            "kelapa",
        ] {
            assert_eq!(stems(word), Vec::<String>::new(), "{word}");
        }
    }
}
