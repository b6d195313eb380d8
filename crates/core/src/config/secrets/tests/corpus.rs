//! The labelled corpus of docs/QUALITY.md S4. Every text is assembled here from a template and a seeded generator: no secret,
//! and nothing that looks like one, stands in the repository.
//!
//! In a template `|` is nothing (it keeps prefixes apart), and `{h32}` is 32 characters of the class `h`: see [`Maker`].

/// One text of the corpus.
pub struct Sample {
    /// What it is one of.
    pub family: &'static str,
    /// The name it stands under.
    pub key: Option<&'static str>,
    /// The text.
    pub text: String,
}

/// Makes `times` samples of each `(family, key, template)`.
pub fn samples(table: &[(&'static str, Option<&'static str>, &'static str)], times: usize) -> Vec<Sample> {
    let mut maker = Maker::new();
    let mut samples = Vec::new();
    for (family, key, template) in table {
        for _ in 0..times {
            samples.push(Sample { family, key: *key, text: maker.fill(template) });
        }
    }
    samples
}

/// A seeded generator (splitmix64): the same corpus in every run.
pub struct Maker(u64);

const WORDS: [&str; 40] = [
    "customer",
    "order",
    "product",
    "invoice",
    "payment",
    "shipment",
    "inventory",
    "account",
    "region",
    "store",
    "supplier",
    "employee",
    "campaign",
    "session",
    "event",
    "metric",
    "forecast",
    "budget",
    "contract",
    "ticket",
    "warehouse",
    "returns",
    "catalog",
    "segment",
    "analytics",
    "reporting",
    "archive",
    "staging",
    "history",
    "daily",
    "monthly",
    "summary",
    "fact",
    "dimension",
    "lookup",
    "snapshot",
    "profile",
    "address",
    "currency",
    "tax",
];
const PASSWORDS: [&str; 16] = [
    "hunter|2",
    "let|mein",
    "adm|in",
    "Passw|0rd!",
    "qwe|rty",
    "summer|2024",
    "S3cr|et!",
    "trust|no1",
    "dragon|99",
    "ab|c123",
    "iloveyou",
    "Welcome|1",
    "p@ss|word",
    "root|toor",
    "monkey|7",
    "Tr0ub4dor&|3",
];

impl Maker {
    pub fn new() -> Self {
        Self(0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick<'t, T: ?Sized>(&mut self, from: &[&'t T]) -> &'t T {
        let at = usize::try_from(self.next() % from.len() as u64).expect("an index");
        from[at]
    }

    fn characters(&mut self, alphabet: &str, count: usize) -> String {
        let bytes = alphabet.as_bytes();
        (0..count)
            .map(|_| char::from(bytes[usize::try_from(self.next() % bytes.len() as u64).expect("an index")]))
            .collect()
    }

    /// Fills the holes of a template.
    pub fn fill(&mut self, template: &str) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(&before.replace('|', ""));
            match after.split_once('}') {
                Some((hole, behind)) if is_hole(hole) => {
                    text.push_str(&self.hole(hole));
                    rest = behind;
                }
                _ => {
                    text.push('{');
                    rest = after;
                }
            }
        }
        text.push_str(&rest.replace('|', ""));
        text
    }

    fn hole(&mut self, hole: &str) -> String {
        let (class, count) = hole.split_at(1);
        let count: usize = count.parse().unwrap_or(1);
        match class {
            "h" => self.characters("0123456789abcdef", count),
            "H" => self.characters("0123456789ABCDEF", count),
            "w" => self.characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", count),
            "u" => self.characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", count),
            "b" => self.characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", count),
            "B" => self.characters("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", count),
            "i" => self.characters("abcdefghijklmnopqrstuvwxyz0123456789", count),
            "d" => self.characters("0123456789", count),
            "n" => self.characters("123456789", count),
            "l" => self.characters("abcdefghijklmnopqrstuvwxyz", count),
            "L" => self.characters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", count),
            "W" => self.pick(&WORDS).to_owned(),
            "C" => capitalised(self.pick(&WORDS)),
            "P" => self.pick(&PASSWORDS).replace('|', ""),
            "U" => self.fill("{h8}-{h4}-4{h3}-a{h3}-{h12}"),
            "E" => self.encoded(count),
            "%" => self.credentials(count).bytes().map(|byte| format!("%{byte:02X}")).collect(),
            "x" => self.credentials(count).bytes().map(|byte| format!("{byte:02x}")).collect(),
            "&" => self.credentials(count).bytes().map(|byte| format!("&#{byte};")).collect(),
            "z" => self.credentials(count).chars().map(|c| format!("{c}\u{200b}")).collect(),
            "A" => encode(&self.fill("{l5}:{w10}")),
            _ => unreachable!("no such class: {class}"),
        }
    }

    /// A connection string with a password of `length` characters.
    fn credentials(&mut self, length: usize) -> String {
        self.fill(&format!("postgresql://app:{{w{length}}}@db.internal/shop"))
    }

    /// `count` words in Base64.
    fn encoded(&mut self, count: usize) -> String {
        let words: Vec<&str> = (0..count).map(|_| self.pick(&WORDS)).collect();
        encode(&words.join(" "))
    }
}

fn encode(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

fn is_hole(hole: &str) -> bool {
    let mut characters = hole.chars();
    characters.next().is_some_and(|class| "hHwubBidnlLWCPUEA%x&z".contains(class))
        && characters.all(|c| c.is_ascii_digit())
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}
