//! Rust sources as text: what of them is code, and what of that is built into the product.

/// The text without what stands in comments and string literals: a document may name anything.
#[must_use]
pub fn code_of(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = raw_string(rest, code.chars().next_back()) {
            length
        } else if c == '"' {
            quoted(rest, '"')
        } else if c == '\'' && is_char_literal(rest) {
            quoted(rest, '\'')
        } else {
            code.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        };
        code.push(' ');
        rest = &rest[skipped..];
    }
    code
}

fn block_comment(text: &str) -> usize {
    text[2..].find("*/").map_or(text.len(), |at| at + 4)
}

fn raw_string(text: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|before| (before.is_alphanumeric() && before != 'b') || before == '_') {
        return None;
    }
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let body = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(1 + hashes + 1 + length)
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `'a'` and `'\n'` are literals, `'a` alone is a lifetime.
fn is_char_literal(text: &str) -> bool {
    let mut chars = text.chars().skip(1);
    match chars.next() {
        Some('\\') => true,
        Some(_) => chars.next() == Some('\''),
        None => false,
    }
}

/// The text without the modules and functions under `#[cfg(test)]`.
#[must_use]
pub fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("#[cfg(test)]") {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        let (open, semicolon) = (rest.find('{'), rest.find(';'));
        let inline = open.is_some_and(|open| semicolon.is_none_or(|semicolon| open < semicolon));
        rest = if inline { after_block(rest) } else { &rest[semicolon.map_or(rest.len(), |at| at + 1)..] };
    }
    kept.push_str(rest);
    kept
}

/// What follows the block at the beginning of `text`: rustfmt puts the brace that closes it alone at the beginning of a line.
fn after_block(text: &str) -> &str {
    text.find("\n}\n").map_or("", |at| &text[at + 3..])
}
