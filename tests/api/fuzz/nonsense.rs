//! Strange values, drawn from a seed.

use serde_json::{Value, json};

use crate::support::openapi::Operation;

/// Draws the same nonsense every time for the same name.
pub struct Dice(u64);

/// Texts that have broken somebody's service.
const TEXTS: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "a\u{0}b",
    "\u{202e}terbalik",
    "\u{200b}",
    "\u{feff}",
    "e\u{301}e\u{301}",
    "\u{1f680}\u{1f469}\u{200d}\u{1f373}",
    "аni@contoh.id",
    "'; DROP TABLE users; --",
    "\" OR 1=1 --",
    "%' OR '1'='1",
    "../../etc/passwd",
    "..\\..\\x",
    "{{7*7}}${7*7}<%=7*7%>",
    "<script>alert(1)</script>",
    "\r\nSet-Cookie: x=1",
    "null",
    "undefined",
    "NaN",
    "-1",
    "1e400",
    "9223372036854775808",
    "0x1F",
    "1,5",
    "2026-02-30",
    "9999999999-01-01T00:00:00Z",
    "01900000-0000-7000-8000-000000000001",
    "00000000-0000-0000-0000-000000000000",
    "%00",
    "%ff%fe",
    "%",
    "a*b?c:d(e)[f]{g}^~\\",
    "AND OR NOT \"",
];

impl Dice {
    pub fn new(name: &str) -> Self {
        // FNV-1a; any spread will do.
        let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
        });
        Self(seed | 1)
    }

    /// The next random number (xorshift64*).
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.number() >> 33).unwrap() % limit.max(1)
    }

    pub fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    pub fn text(&mut self) -> String {
        match self.below(12) {
            0 => "x".repeat(70_000),
            1 => "\u{301}".repeat(3_000),
            _ => self.pick(TEXTS).to_owned(),
        }
    }

    /// A text that can stand in a path.
    pub fn segment(&mut self) -> String {
        let mut text = self.text();
        text.truncate(text.floor_char_boundary(5_000));
        let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        if encoded.is_empty() { "%20".to_owned() } else { encoded.replace('+', "%20") }
    }

    /// A query with parameters that the operation knows, and one that it does not.
    pub fn query(&mut self, operation: &Operation) -> String {
        let known = operation.value["parameters"].as_array();
        let mut names: Vec<&str> = known
            .into_iter()
            .flatten()
            .filter(|parameter| parameter["in"] == "query")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        if self.one_in(5) {
            names.push("tidak_dikenal");
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for name in names {
            if self.one_in(2) {
                let mut text = self.text();
                text.truncate(text.floor_char_boundary(3_000));
                query.append_pair(name, &text);
            }
        }
        format!("?{}", query.finish())
    }

    pub fn bytes(&mut self) -> Vec<u8> {
        let mut bytes = match self.below(4) {
            0 => Vec::new(),
            1 => crate::support::png(8, 8),
            2 => b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>".to_vec(),
            _ => (0..self.below(4_000)).map(|_| self.number().to_le_bytes()[3]).collect(),
        };
        // Cut somewhere, and one byte changed.
        bytes.truncate(self.below(bytes.len() + 1).max(bytes.len() / 2));
        if !bytes.is_empty() {
            let at = self.below(bytes.len());
            bytes[at] ^= 0x55;
        }
        bytes
    }

    fn value(&mut self) -> Value {
        match self.below(16) {
            0 => Value::Null,
            1 => json!(-1),
            2 => json!(0),
            3 => json!(i64::MAX),
            4 => json!(u64::MAX),
            5 => json!(i64::MIN),
            6 => json!(0.5),
            7 => json!(1e300),
            8 => json!(true),
            9 => json!([]),
            10 => json!({}),
            11 => json!([[[[[[[[]]]]]]]]),
            12 => Value::Array((0..2_000).map(|n| json!(n)).collect()),
            _ => json!(self.text()),
        }
    }

    /// Changes one place of a body: another value, a missing or an unknown member, or one twice.
    pub fn spoil(&mut self, body: &mut Value) {
        let places = places(body);
        let place = &places[self.below(places.len())];
        let value = self.value();
        let Some(target) = body.pointer_mut(place) else {
            return;
        };
        match target {
            Value::Object(members) if self.one_in(3) => {
                members.insert(self.pick(TEXTS).to_owned(), value);
            }
            Value::Object(members) if self.one_in(2) && !members.is_empty() => {
                let at = self.below(members.len());
                let name = members.keys().nth(at).cloned().unwrap_or_default();
                members.remove(&name);
            }
            Value::Array(items) if self.one_in(2) && !items.is_empty() => {
                let twin = items[0].clone();
                items.resize(1 + self.below(300), twin);
            }
            target => *target = value,
        }
    }
}

/// Every place of a value, as JSON pointers.
fn places(value: &Value) -> Vec<String> {
    let mut found = vec![String::new()];
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => (0_usize..).zip(items).map(|(at, value)| (at.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    for (name, value) in inner {
        found.extend(places(value).into_iter().map(|place| format!("/{name}{place}")));
    }
    found
}
